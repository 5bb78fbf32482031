"""What becomes of PostgreSQL's connections when a process stands still, or the server goes away."""

from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import event

_LIMIT = "idle_in_transaction_session_timeout"


def end_frozen_transactions(engine: sa.Engine, after_s: float) -> None:
    """Have PostgreSQL end a transaction whose process stands still, with every lock it holds."""
    if engine.dialect.name != "postgresql":
        return

    def configure(connection: Any, record: Any, _proxy: Any) -> None:
        # Not when it connects: some connections are there already.
        if record.info.get(_LIMIT) == after_s:
            return
        with connection.cursor() as cursor:
            cursor.execute(f"SET {_LIMIT} = {int(after_s * 1000)}")
        connection.commit()
        record.info[_LIMIT] = after_s

    event.listen(engine, "checkout", configure)


def know_lost_connections(engine: sa.Engine) -> None:
    """Have an error that the server did not raise count as a lost connection.

    The jobs engine tries again after those that it knows by their wording, and for the others,
    such as "connection is bad: connection to server on socket … failed", leaves a job as it is.
    """
    if engine.dialect.name == "postgresql":
        event.listen(engine, "handle_error", _know)


def _know(context: sa.engine.ExceptionContext) -> None:
    error = context.original_exception
    if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
        context.is_disconnect = True
