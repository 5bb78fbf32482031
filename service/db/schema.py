"""The schema's version; only Alembic's migrations ever change the schema."""

import sqlite3
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
# What the migrations make of an empty SQLite file; `make schema` writes it.
NEW_SQLITE = _MIGRATIONS / "new_sqlite.sql"
NEWEST = "0009"
"""The last migration."""


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
    """Migrate to the newest schema, all of it or nothing. Doing it again does nothing.

    A new SQLite file gets the newest schema as it is written down, at once.
    """
    if revision == "head" and is_current(engine):
        return
    with engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            # A table that is changed is made anew and the old one dropped: what refers to its rows
            # would be deleted with them. Nothing refers to nothing afterwards: that is checked.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            # pysqlite would run DDL outside any transaction: take the write lock ourselves.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            if is_sqlite and revision == "head" and not sqlite_schema(connection):
                for statement in statements(NEW_SQLITE.read_text(encoding="utf-8")):
                    connection.exec_driver_sql(statement)
            else:
                _migrate(connection, revision)
            connection.commit()
        finally:
            if is_sqlite:
                connection.rollback()
                connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def _migrate(connection: sa.Connection, revision: str) -> None:
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    if connection.dialect.name == "sqlite" and (
        lost := connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    ):
        raise sa.exc.DatabaseError("the migration", {}, ValueError(f"lost rows: {lost[:3]}"))


def sqlite_schema(connection: sa.Connection) -> list[str]:
    """The statements that made this SQLite file's tables and indexes."""
    found = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
    return [f"{statement};" for statement in found.scalars()]


def statements(script: str) -> Iterator[str]:
    """The statements of an SQL script, each of which ends with a line's end."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""


def is_current(engine: sa.Engine) -> bool:
    """Whether the database has exactly this version's schema."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return False
        versions = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars()
        return list(versions) == [NEWEST]
