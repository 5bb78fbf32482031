"""One executor per name: a lock that ends with its process, however that ends."""

import contextlib
import fcntl
import hashlib
from pathlib import Path
from typing import IO

import sqlalchemy as sa


class ExecutorIsTaken(Exception):
    """Another process executes jobs under this name. Says how to work beside it."""


class ExecutorLock:
    """Held from construction until `release`. Two holders of one name would run a job twice.

    SQLite: an flock beside the database file. PostgreSQL: an advisory lock of a connection.
    """

    def __init__(self, engine: sa.Engine, executor_id: str) -> None:
        self._file: IO[bytes] | None = None
        self._connection: sa.Connection | None = None
        if engine.dialect.name == "sqlite":
            database = engine.url.database or ""
            self._file = Path(f"{Path(database).resolve()}.executor.lock").open("ab")  # noqa: SIM115
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                self._file.close()
                raise ExecutorIsTaken(
                    f"Another process is running jobs on {database}. Use that one (--server, with "
                    "the address that it serves on), or stop it, or name another database."
                ) from error
            return
        number = int.from_bytes(hashlib.sha256(executor_id.encode()).digest()[:8], signed=True)
        # Out of the pool, so that closing it ends the session and the lock with it.
        self._connection = engine.connect()
        self._connection.detach()
        if not self._connection.scalar(sa.select(sa.func.pg_try_advisory_lock(number))):
            self._connection.close()
            raise ExecutorIsTaken(
                f"Another process is running jobs as {executor_id!r} on this database. "
                "Give this one a name of its own: LUISKA_EXECUTOR_ID=…"
            )
        self._connection.commit()

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
        if self._connection is not None:
            # The server may notice a closed connection only after the next holder has asked.
            with contextlib.suppress(sa.exc.SQLAlchemyError):
                self._connection.execute(sa.select(sa.func.pg_advisory_unlock_all()))
            self._connection.close()
