"""The store's edge: engines, sessions, ids and columns. Tables live with their features."""

from service.db.columns import json_column, new_id
from service.db.engine import make_engine, transaction
from service.db.schema import SchemaIsBehind, is_current, upgrade

__all__ = [
    "SchemaIsBehind",
    "is_current",
    "json_column",
    "make_engine",
    "new_id",
    "transaction",
    "upgrade",
]
