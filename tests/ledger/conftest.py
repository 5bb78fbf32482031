"""A ledger on both databases, and the application over it."""

import pytest
import sqlalchemy as sa
from application import (
    app,
    ci,
    client,
    clock,
    make_token,
    owner,
    researcher,
    settings,
    viewer,
)
from ledger_words import Ledger

__all__ = [
    "app", "ci", "client", "clock", "make_token", "owner", "researcher", "settings", "viewer",
]  # fmt: skip


@pytest.fixture
def ledger(engine: sa.Engine) -> Ledger:
    """An empty ledger of the project `library`."""
    return Ledger(engine)
