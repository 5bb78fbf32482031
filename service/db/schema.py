"""The schema's version; only Alembic's migrations ever change the schema."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

# Alembic is imported where it is used: a scan without a store has no schema to look after.
if TYPE_CHECKING:
    from alembic.config import Config

_SETUP_LOCK = 0x4C7569736B61  # "Luiska"
_SETUP_POLL_S = 0.2
_MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


@contextmanager
def setup_lock(engine: sa.Engine) -> Iterator[None]:
    """Held by the one process that prepares a PostgreSQL database; others wait for it.

    On SQLite every migration takes the file's write lock by itself.
    """
    if engine.dialect.name == "sqlite":
        yield
        return
    with engine.connect() as connection:
        # Asking again and again, each time in a transaction that ends at once: one that waits, or
        # stays open, would hold up the CREATE INDEX CONCURRENTLY of whoever holds the lock.
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        while not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_SETUP_LOCK))):
            time.sleep(_SETUP_POLL_S)
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(_SETUP_LOCK)))


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Migrate to the newest schema, all of it or nothing. Doing it again does nothing."""
    from alembic import command

    with engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            # A table that is changed is made anew and the old one dropped: what refers to its rows
            # would be deleted with them. Nothing refers to nothing afterwards: that is checked.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            # pysqlite would run DDL outside any transaction: take the write lock ourselves.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            if is_sqlite and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                raise sa.exc.DatabaseError(
                    "the migration", {}, ValueError(f"lost rows: {lost[:3]}")
                )
            connection.commit()
        finally:
            if is_sqlite:
                connection.rollback()
                connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def is_current(engine: sa.Engine) -> bool:
    """Whether the database has exactly this version's schema."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with engine.connect() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    return set(heads) == set(ScriptDirectory.from_config(_config()).get_heads())
