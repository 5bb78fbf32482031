"""Models and migrations say the same, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlmodel import SQLModel, select

import service.app  # noqa: F401 - every table is known after this
from service import db
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


def test_migrating_again_changes_nothing(engine):
    db.upgrade(engine)
    assert db.is_current(engine)
    assert differences(engine) == []


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
