"""The real application under test, on both databases, and tokens of every role."""

from application import (
    app,
    ci,
    client,
    clock,
    make_token,
    owner,
    project,
    researcher,
    settings,
    viewer,
)

__all__ = [
    "app",
    "ci",
    "client",
    "clock",
    "make_token",
    "owner",
    "project",
    "researcher",
    "settings",
    "viewer",
]
