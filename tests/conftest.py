"""Databases for tests: every test gets a fresh, migrated one, on SQLite and on PostgreSQL."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import sqlalchemy as sa
from postgres import PostgresServer
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from service import db
from service.jobs import migrate as migrate_jobs

# Until the tests are collected; see below.
gc.disable()
# How long an example takes says more of the machine than of the code.
hypothesis.settings.register_profile("luiska", deadline=None)
hypothesis.settings.load_profile("luiska")

# What waits for deadlines, leases and lost nodes begins first, beside what computes.
_LONGEST_FIRST = ("grid", "faults", "hostile", "attacks", "e2e", "browser", "cli", "scans")
# What these start for all their tests is dear.
_ON_ONE = ("grid", "e2e")
_TESTS = Path(__file__).parent


# Where the databases could differ, CI tries both; what stands above them is tried on SQLite there,
# and on PostgreSQL by `make torture`.
_ABOVE_THE_STORE = ("api", "ledger", "scans")
_ON_BOTH = (
    "test_api_idempotency",
    "test_engine",
    "test_jobs",
    "test_machine_evidence",
    "test_research_forgetting",
    "test_research_live",
    "test_research_writers",
    "test_schema",
    "test_storing",
    "test_turns",
    "test_writes_together",
)


def _is_repeated(item: pytest.Item) -> bool:
    """Whether it is tried on PostgreSQL what CI tries on SQLite."""
    case = getattr(item, "callspec", None)
    return (
        case is not None
        and "postgresql" in case.params.values()
        and item.path.relative_to(_TESTS).parts[0] in _ABOVE_THE_STORE
        and not item.path.stem.startswith(_ON_BOTH)
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest first; a scheduler that keeps this order begins with them.

    Those that `make torture` alone runs are left out of any other run.
    """
    for item in filter(_is_repeated, items):
        item.add_marker(pytest.mark.long)
    if not os.environ.get("LUISKA_TORTURE"):
        left_out = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]

    def rank(item: pytest.Item) -> int:
        folder = item.path.relative_to(_TESTS).parts[0]
        return _LONGEST_FIRST.index(folder) if folder in _LONGEST_FIRST else len(_LONGEST_FIRST)

    items.sort(key=rank)


def pytest_collection_finish() -> None:
    """What was imported and collected stays: nobody looks for garbage in it again."""
    gc.freeze()
    gc.enable()


class FileOrFolder(LoadFileScheduling):
    """Where two processes share the tests, a file stays on one of them; so do some folders.

    The marks of `--dist loadgroup` are lost between pytest 9.2 and pytest-xdist 3.8:
    https://github.com/pytest-dev/pytest-xdist/issues/1386
    """

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        _tests, folder, *_rest = file.split("/")
        return folder if folder in _ON_ONE else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FileOrFolder:
    return FileOrFolder(config, log)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One real PostgreSQL for the whole run, started when the first test needs it."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> str:
    """The name of a migrated database to copy."""
    url = postgres_server.create_database("migrated")
    _migrate(url)
    return "migrated"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy."""
    path = tmp_path_factory.mktemp("migrated") / "luiska.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A fresh migrated SQLite database."""
    path = tmp_path / "luiska.db"
    shutil.copy(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, migrated_postgres: str) -> Iterator[str]:
    """A fresh migrated PostgreSQL database."""
    with postgres_server.temporary_database(template=migrated_postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh migrated database; each test that asks for one runs on both kinds."""
    return str(
        request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    )


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """An engine over a fresh migrated database, on both kinds."""
    engine = db.make_engine(database_url)
    yield engine
    db.close_engine(engine)


def _migrate(url: str) -> None:
    engine = db.make_engine(url)
    with db.setup_lock(engine):
        db.upgrade(engine)
        migrate_jobs(engine)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
