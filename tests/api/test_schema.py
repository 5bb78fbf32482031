"""Models and migrations say the same, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel, select

import service.app  # noqa: F401 - every table is known after this
from migrations.new_sqlite import migrated_schema
from service import db
from service.db.schema import NEW_SQLITE, NEWEST
from service.projects import Project
from service.store import prepare_store


def differences(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": lambda name, kind, _: (
                    kind != "table" or name in SQLModel.metadata.tables
                ),
            },
        )
        return compare_metadata(context, SQLModel.metadata)


def test_the_migrated_schema_is_what_the_models_say(engine):
    assert differences(engine) == []


def test_a_new_sqlite_store_is_made_as_the_migrations_would_make_it():
    assert ScriptDirectory("migrations").get_heads() == [NEWEST]
    assert NEW_SQLITE.read_text(encoding="utf-8") == migrated_schema(), "run: make schema"


def test_the_migrations_put_no_rows_into_an_empty_store(tmp_path):
    engine = db.make_engine(f"sqlite:///{tmp_path / 'migrated.db'}")
    db.upgrade(engine, NEWEST)
    with engine.connect() as connection:
        counts = {
            name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name)))
            for name in sa.inspect(connection).get_table_names()
        }
    engine.dispose()
    assert counts.pop("alembic_version") == 1
    assert set(counts.values()) == {0}


def test_migrating_again_changes_nothing(engine):
    db.upgrade(engine)
    assert db.is_current(engine)
    assert differences(engine) == []


@pytest.fixture
def older_engine(request: pytest.FixtureRequest, postgres_server, tmp_path: Path):
    """A database with the first schema, on each kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'older.db'}"
    else:
        url = postgres_server.create_database(f"older_{request.node.originalname[-20:]}")
    engine = db.make_engine(url)
    db.upgrade(engine, "0001")
    yield engine
    engine.dispose()


@pytest.mark.parametrize("older_engine", ["sqlite", "postgresql"], indirect=True)
def test_an_upgrade_keeps_every_row_of_an_older_database(older_engine):
    rows = {
        "project": {"id": "p", "slug": "s", "name": "n", "origins": "[]", "languages": "[]"},
        "page": {"id": "g", "project_id": "p", "key": "/", "url": "https://example.fi/"},
        "scan": {"id": "c", "project_id": "p", "viewports": "[]", "checks": "[]"},
        "page_visit": {"id": "c-0", "scan_id": "c", "page_id": "g", "timings_ms": "{}"},
        "finding": {"id": "c-0-0", "scan_id": "c", "visit_id": "c-0", "criteria": "[]"},
    }
    with older_engine.begin() as connection:
        tables = sa.MetaData()
        tables.reflect(connection, only=list(rows))
        for name, given in rows.items():
            table = tables.tables[name]
            lacking = {
                column.name: _some_value(column)
                for column in table.columns
                if not column.nullable and column.name not in given
            }
            values = {key: sa.literal_column(f"'{value}'") for key, value in given.items()}
            connection.execute(table.insert().values({**lacking, **values}))
    db.upgrade(older_engine)
    assert db.is_current(older_engine)
    with older_engine.connect() as connection:
        for name in rows:
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar() == 1
        if older_engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def _some_value(column: sa.Column) -> object:
    if isinstance(column.type, sa.DateTime):
        return datetime(2026, 11, 22, tzinfo=UTC)
    if isinstance(column.type, sa.JSON):
        return []
    if isinstance(column.type, sa.Boolean):
        return False
    return 0 if isinstance(column.type, sa.Integer) else "x"


def test_a_database_of_another_version_is_told(engine):
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    assert not db.is_current(engine)


def test_processes_that_start_at_once_on_an_empty_postgresql_prepare_it_once(postgres_server):
    engine = db.make_engine(postgres_server.create_database("prepared_at_once"))
    now = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    with ThreadPoolExecutor(3) as processes:
        list(processes.map(lambda _: prepare_store(engine, now), range(3)))
    with db.transaction(engine, writes=False) as session:
        assert [project.slug for project in session.exec(select(Project))] == ["default"]
    assert db.is_current(engine)
    engine.dispose()


@pytest.mark.parametrize("older_engine", ["sqlite", "postgresql"], indirect=True)
def test_an_upgrade_keeps_what_people_agreed_to_and_took_back(older_engine):
    given_at = datetime(2026, 9, 1, tzinfo=UTC)
    taken_back = datetime(2026, 9, 8, tzinfo=UTC)
    agreed = {"notes": True, "quotes": False, "given_at": given_at, "text_version": "1"}
    words = {"language": "fi", "channel": "paper"}
    rows = {
        "project": [{"id": "p", "slug": "s", "name": "n", "origins": [], "languages": []}],
        "study": [{"id": "t", "project_id": "p", "name": "n", "aliases": {}, "names": []}],
        "participant": [
            {"id": "a", "study_id": "t", "pseudonym": "P01", "segment": "elderly"},
            {"id": "b", "study_id": "t", "pseudonym": "P02", "segment": "elderly"},
        ],
        "consent": [
            {"id": "ca", "participant_id": "a", "recording": True, **agreed, **words},
            {"id": "cb", "participant_id": "b", "recording": False, **agreed, **words},
        ],
    }
    rows["consent"][0]["withdrawn_at"] = taken_back
    with older_engine.begin() as connection:
        tables = sa.MetaData()
        tables.reflect(connection, only=list(rows))
        for name, given in rows.items():
            _insert(connection, tables.tables[name], given)
    db.upgrade(older_engine)
    with older_engine.begin() as connection:
        new = sa.MetaData()
        new.reflect(connection, only=["consent", "consent_withdrawal", "segment"])
        consent, withdrawal = new.tables["consent"], new.tables["consent_withdrawal"]
        assert connection.execute(
            sa.select(consent.c.id, consent.c.audio, consent.c.video, consent.c.reuse).order_by(
                "id"
            )
        ).all() == [("ca", True, True, False), ("cb", False, False, False)]
        (row,) = connection.execute(sa.select(withdrawal)).all()
        assert (row.consent_id, "audio" in row.permissions) == ("ca", True)
        assert connection.execute(sa.select(new.tables["segment"].c.name)).all() == [("elderly",)]


def _insert(connection, table, rows):
    """Insert rows with a plain value in every column that must have one and was not given."""
    for given in rows:
        row = dict(given)
        for column in table.columns:
            if column.name not in row and not column.nullable:
                row[column.name] = _some_value(column)
        connection.execute(table.insert().values(row))
