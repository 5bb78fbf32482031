"""Many rows in one statement."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel


def insert_all(session: Session, table: type[SQLModel], rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows that nobody goes on working with as objects, which would cost ten times as much.

    What the session has pending is written first. A column that is left out is null.
    """
    given = list(rows)
    if given:
        session.flush()
        session.execute(sa.insert(sa.inspect(table).local_table), given)
