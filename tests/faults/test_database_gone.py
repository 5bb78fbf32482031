"""The database restarts, is full, or may only be read: nothing half-stored, and it is told."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from evidence import (
    IS_TORTURE,
    ask,
    assert_none_lost_none_doubled,
    assert_nothing_half_stored,
    ended_visits,
    pages,
    pending_under,
    wait_until,
)
from postgres import PostgresServer
from program import luiska

from service import db
from service.jobs import migrate

PAGES, RESTARTS = (400, 8) if IS_TORTURE else (40, 2)
LEASE = ("--lease", "3")


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A PostgreSQL that no other test uses."""
    with PostgresServer() as server:
        yield server


@pytest.fixture
def own_engine(own_server: PostgresServer) -> Iterator[sa.Engine]:
    engine = db.make_engine(own_server.create_database("luiska"))
    db.upgrade(engine)
    migrate(engine)
    yield engine
    engine.dispose()


def test_a_scan_goes_on_when_the_database_is_restarted(own_server, own_engine, make_worker):
    scan_id = ask(own_engine, *pages(PAGES))
    worker = make_worker(own_engine, "--until", scan_id, "--page-s", "0.1", *LEASE)
    for turn in range(RESTARTS):
        moment = (turn + 1) * PAGES // (RESTARTS + 2)
        wait_until(lambda m=moment: ended_visits(own_engine, scan_id) >= m)
        own_server.restart()
    assert worker.end(300) == 0, worker.said
    assert_none_lost_none_doubled(own_engine, scan_id)


@pytest.mark.long
def test_a_worker_ends_when_it_is_told_to_while_the_database_is_away(
    own_server, own_engine, make_worker
):
    scan_id = ask(own_engine, *pages(40))
    worker = make_worker(own_engine, "--page-s", "0.1", *LEASE)
    wait_until(lambda: ended_visits(own_engine, scan_id) >= 4)
    own_server.stop()
    wait_until(lambda: "cannot be used, trying again" in worker.said)
    worker.signal(signal.SIGTERM)
    assert worker.end(60) == 0, worker.said
    own_server.serve()
    assert make_worker(own_engine, "--until", scan_id, *LEASE).end() == 0
    assert_none_lost_none_doubled(own_engine, scan_id)


@pytest.mark.long
def test_recovery_goes_on_when_the_database_is_restarted(own_server, own_engine, make_worker):
    for _ in range(3 if IS_TORTURE else 1):
        scan_id = ask(own_engine, *pages(12))
        dying = make_worker(own_engine, "--name", "dying", "--page-s", "0.3", *LEASE)
        wait_until(lambda s=scan_id: ended_visits(own_engine, s) >= 2)
        dying.kill()
        living = make_worker(
            own_engine, "--name", "living", "--until", scan_id, "--page-s", "0.3", *LEASE
        )
        wait_until(lambda: pending_under(own_engine, "living"))
        own_server.restart()
        assert living.end(300) == 0, living.said
        assert_none_lost_none_doubled(own_engine, scan_id)


@pytest.mark.parametrize("room", range(0, 200, 10) if IS_TORTURE else [40])
def test_a_full_disk_is_told_stores_nothing_by_halves_and_loses_nothing(
    sqlite_engine, make_worker, room
):
    # More than fits into the largest room.
    scan_id = ask(sqlite_engine, *pages(300 if IS_TORTURE else 40))
    with sqlite_engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        size = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    starved = make_worker(sqlite_engine, "--until", scan_id, "--max-pages", str(size + room))
    wait_until(lambda: "database or disk is full" in starved.said)
    wait_until(lambda: starved.said.count("database or disk is full") > 2)
    assert not starved.has_ended
    starved.kill()
    with db.transaction(sqlite_engine, writes=False) as session:
        assert_nothing_half_stored(session, scan_id)
    assert make_worker(sqlite_engine, "--until", scan_id).end() == 0
    assert_none_lost_none_doubled(sqlite_engine, scan_id)


def test_a_database_that_may_only_be_read_is_told(sqlite_url, tmp_path: Path):
    file = sqlite_url.removeprefix("sqlite:///")
    before = Path(file).read_bytes()
    ended = luiska(
        "serve", "--port", "0",
        folder=tmp_path,
        settings={"LUISKA_DATABASE_URL": f"sqlite:///file:{file}?mode=ro&uri=true"},
    )  # fmt: skip
    assert ended.code == 1
    assert ended.err.splitlines()[-1] == (
        "luiska: The database cannot be used: attempt to write a readonly database"
    )
    assert "Traceback" not in ended.err
    assert Path(file).read_bytes() == before
