"""What becomes of PostgreSQL's connections when a process stands still, or the server goes away."""

from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import event


def end_frozen_transactions(engine: sa.Engine, after_s: float) -> None:
    """Have PostgreSQL end a transaction whose process stands still, with every lock it holds."""
    if engine.dialect.name != "postgresql":
        return

    def configure(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET idle_in_transaction_session_timeout = {int(after_s * 1000)}")
        connection.commit()

    event.listen(engine, "connect", configure)
    engine.dispose()


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
