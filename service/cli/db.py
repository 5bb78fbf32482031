"""`luiska db`: upgrade, backup, restore."""

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
import typer

from service.cli.console import CannotRun, opened_store, say, shown
from service.config import Settings
from service.db import make_engine
from service.jobs.executor_lock import ExecutorLock

app = typer.Typer(help="The database.", no_args_is_help=True)


@app.command("upgrade")
def upgrade() -> None:
    """Bring the schema to this version. Doing it again does nothing."""
    settings = Settings()
    with opened_store(settings):
        say(f"{shown(settings.database_url)} has the schema of this version.")


@app.command("backup")
def backup(target: Path) -> None:
    """Copy the database to a new file, also while a service uses it."""
    source = _sqlite_file("pg_dump --format=custom")
    if target.exists():
        raise CannotRun(f"{target} is there already; name a file that is not.")
    if not source.exists():
        raise CannotRun(f"There is no database at {source}.")
    try:
        _copy(source, target)
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise CannotRun(f"{target}: {error}") from error
    say(f"Copied {source} to {target}.")


@app.command("restore")
def restore(source: Path) -> None:
    """Put a backup in the database's place. Refused while a service runs on it."""
    target = _sqlite_file("pg_restore --clean")
    _require_backup(source)
    engine = make_engine(Settings().database_url)
    lock = ExecutorLock(engine, "restore")
    try:
        _copy(source, target)
    finally:
        lock.release()
        engine.dispose()
    with opened_store(Settings()):
        say(f"{target} is now what {source} was.")


def _sqlite_file(instead: str) -> Path:
    url = sa.make_url(Settings().database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise CannotRun(f"This is for SQLite. For PostgreSQL use {instead}.")
    return Path(url.database)


def _require_backup(path: Path) -> None:
    try:
        with closing(_opened_to_read(path)) as database:
            sound = database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            ours = database.execute("SELECT 1 FROM alembic_version").fetchone() is not None
    except sqlite3.Error as error:
        raise CannotRun(f"{path} is no backup of Luiska: {error}") from error
    if not (sound and ours):
        raise CannotRun(f"{path} is damaged.")


def _copy(source: Path, target: Path) -> None:
    with closing(_opened_to_read(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _opened_to_read(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
