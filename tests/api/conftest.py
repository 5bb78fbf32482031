"""The real application under test, on both databases, and tokens of every role."""

import pytest
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


@pytest.fixture
def sign_in(client):
    """Signs the client's browser in with the token of these headers."""

    def go(headers):
        secret = headers["Authorization"].removeprefix("Bearer ")
        same_site = {"Sec-Fetch-Site": "same-origin"}
        assert client.post("/sign-in", data={"token": secret}, headers=same_site).is_redirect

    return go
