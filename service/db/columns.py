"""Ids and column types that every table shares."""

import secrets
import time
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

# Named constraints, so that a later migration can change one on either database.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> str:
    """An opaque id whose order is roughly that of creation: 48 bits of time, 80 of chance (hex)."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def json_column(factory: type) -> Any:
    """A JSON column that is never null and starts as an empty `factory()`."""
    return Field(default_factory=factory, sa_type=JSON, nullable=False)
