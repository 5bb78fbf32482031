"""Engines for SQLite and PostgreSQL with the same behaviour."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import Session

from service.db.turns import take_turns

_DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg"}


class UnusableUrl(ValueError):
    """No address of a store; says why, after the name of what held it."""


def make_engine(url: str, *, pool_size: int = 20) -> sa.Engine:
    """Build an engine. SQLite: WAL, writers take turns and wait up to 30 s, foreign keys hold.

    Errors never show the values of a statement: what people said must not reach a log.
    A plain `postgresql://` is read with psycopg 3. Raises `UnusableUrl`.
    """
    try:
        address = sa.make_url(url)
        if address.drivername in {"postgresql", "postgres"}:
            address = address.set(drivername="postgresql+psycopg")
        address.get_dialect()
    except sa.exc.ArgumentError as error:
        raise UnusableUrl("is not a database URL") from error
    backend = address.get_backend_name()
    if backend not in _DRIVERS:
        raise UnusableUrl(f"names {backend}, which is neither sqlite nor postgresql")
    if address.get_driver_name() != _DRIVERS[backend]:
        raise UnusableUrl(f"names another driver than {_DRIVERS[backend]}; leave it out")
    if backend != "sqlite":
        return sa.create_engine(
            address, pool_size=pool_size, pool_pre_ping=True, hide_parameters=True
        )
    if address.database in {None, "", ":memory:"}:
        raise UnusableUrl("names no file")
    if address.query and address.query.get("uri") != "true":
        # They would be left out without an error: a store for reading only would be written.
        raise UnusableUrl("has a ? that SQLite reads only in sqlite:///file:…?…&uri=true")
    engine = sa.create_engine(address, pool_size=pool_size, hide_parameters=True)

    take_turns(engine)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        # IMMEDIATE: a transaction takes the write lock with its first write, so it waits its
        # turn instead of failing half-way when another one has written meanwhile.
        connection.isolation_level = "IMMEDIATE"
        connection.execute("PRAGMA busy_timeout=30000")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        # What is deleted is overwritten: people have a right to be forgotten.
        connection.execute("PRAGMA secure_delete=ON")

    return engine


def empty_log(engine: sa.Engine) -> None:
    """Write SQLite's write-ahead log into the database and empty it; nothing on PostgreSQL.

    What was deleted stands in the log until then. Whoever reads is waited for two seconds; then
    the log stays until the next time.
    """
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        database = connection.connection.driver_connection
        assert database is not None
        database.execute("PRAGMA busy_timeout=2000")
        try:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            database.execute("PRAGMA busy_timeout=30000")


def close_engine(engine: sa.Engine) -> None:
    """Close every connection: the idle ones now, one that is at work as soon as it is given back.

    `Engine.dispose` alone leaves the latter open until they are collected.
    """
    event.listen(engine, "checkin", lambda _connection, record: record.invalidate())
    engine.dispose()


@contextmanager
def transaction(engine: sa.Engine, *, writes: bool = True) -> Iterator[Session]:
    """One session in one transaction: committed at the end, rolled back when anything raises.

    On SQLite a writing one takes the write lock before it reads, so what it read stays true, and
    a reading one sees one snapshot throughout.
    """
    with Session(engine, expire_on_commit=False) as session, session.begin():
        if engine.dialect.name == "sqlite":
            session.connection().exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
        yield session
