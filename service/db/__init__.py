"""The store's edge: engines, sessions, ids and columns. Tables live with their features."""

from service.db.after_commit import after_commit
from service.db.bulk import insert_all
from service.db.columns import json_column, new_id
from service.db.engine import UnusableUrl, close_engine, empty_log, make_engine, transaction
from service.db.schema import is_current, setup_lock, upgrade
from service.db.together import Together

__all__ = [
    "Together",
    "UnusableUrl",
    "after_commit",
    "close_engine",
    "empty_log",
    "insert_all",
    "is_current",
    "json_column",
    "make_engine",
    "new_id",
    "setup_lock",
    "transaction",
    "upgrade",
]
