"""A batch whose database or lease goes away at its worst moments, tried with one that counts."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from counting_batch import Counting, run
from dbos import DBOS
from dbos._utils import retriable_postgres_exception
from sqlmodel import Session

from service import db
from service.jobs import Item, JobQueue, JobRuntime, migrate
from service.jobs.checkpoints import Checkpoints
from service.jobs.connections import know_lost_connections
from service.jobs.fence import Dropped, Fence
from service.jobs.leases import Leases
from service.jobs.outages import Outage, Outages
from service.jobs.slots import Slots


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[sa.Engine]:
    engine = db.make_engine(sqlite_url)
    yield engine
    engine.dispose()


def unusable_at_first(function: Callable[..., Any]) -> Callable[..., Any]:
    """Raises once what a database raises that cannot be used, as the jobs engine knows it not."""
    faults = iter([sqlite3.OperationalError("disk I/O error")])

    def unusable(*arguments: Any) -> Any:
        for fault in faults:
            raise sa.exc.OperationalError("SELECT", {}, fault)
        return function(*arguments)

    return unusable


def test_the_jobs_engine_waits_for_a_server_that_is_not_there(tmp_path):
    away = db.make_engine(f"postgresql://postgres@/luiska?host={tmp_path}")
    know_lost_connections(away)
    with pytest.raises(sa.exc.OperationalError, match="No such file") as raised:
        away.connect()
    assert retriable_postgres_exception(raised.value)


@pytest.mark.parametrize("step", ["prepare", "plan", "take", "finish"])
def test_an_outage_of_the_database_is_no_outcome_of_a_step(engine, step):
    counting = Counting(total=2)
    batch = replace(counting.batch(), prepare=lambda _job, _cancelled: "prepared")
    run(engine, replace(batch, **{step: unusable_at_first(getattr(batch, step))}), counting.ended)
    assert counting.calls == ["plan prepared", "store", "store", "finish"]


def test_a_lease_that_was_lost_is_lost_once(engine):
    counting = Counting(total=120)
    leases: list[bool] = []
    stored: list[str] = []

    def work(item_id: str, cancelled: threading.Event) -> str:
        if item_id == "10" and leases == [True]:
            with db.transaction(engine) as session:
                session.execute(sa.text("DELETE FROM executor"))
        if int(item_id) >= 100:
            assert not cancelled.wait(0.1)
        return item_id

    def take(session: Session, job_id: str, limit: int) -> list[Item]:
        if counting.taken == 100:
            # Long enough for what is left of the old lease to want the same.
            time.sleep(1.5)
        return counting.take(session, job_id, limit)

    def store(session: Session, item_id: str, outcome: str) -> None:
        counting.store(session, item_id, outcome)
        db.after_commit(session, lambda: stored.append(item_id))

    batch = replace(counting.batch(), work=work, take=take, store=store)
    run(engine, batch, counting.ended, on_lease=leases.append)
    assert leases == [True, False, True, False]
    # What is being stored when its lease is lost is taken back, and stored under the new one.
    assert sorted(stored, key=int) == [str(number) for number in range(120)]
    assert counting.calls[-1] == "finish"


def test_a_claim_under_a_lease_that_is_lost_meanwhile_is_not_begun():
    slots = Slots(2)
    slots.lease_id = "new"
    assert not slots.enter("again", lease_id="old", attempt=2)
    assert slots.has_room()
    assert slots.enter("again", lease_id="new", attempt=2)


def test_a_step_is_not_tried_again_in_a_process_that_ends(engine):
    fence = Fence(Leases(engine, "test", 15), Slots(1), Outages())
    fence.open("lease")

    def step(_session: Session) -> None:
        fence.shut()
        raise sa.exc.OperationalError("SELECT", {}, sqlite3.OperationalError("disk I/O error"))

    checkpoints = Checkpoints(engine, fence, Outages())
    try:
        with pytest.raises(Dropped):
            checkpoints.run("plan", step)
    finally:
        DBOS.destroy(destroy_registry=True)


def unusable(words: str) -> sa.exc.OperationalError:
    return sa.exc.OperationalError("INSERT", {}, sqlite3.OperationalError(words))


def test_an_outage_lasts_until_what_failed_works():
    now = 0.0
    outages = Outages(lambda: now)
    assert outages.longest() is None
    outages.failed("store", unusable("database or disk is full"))
    now = 4.0
    outages.failed("lease", unusable("database is locked"))
    outages.failed("store", unusable("disk I/O error"))
    outages.worked("claim")
    now = 9.0
    assert outages.longest() == Outage(9.0, "disk I/O error")
    outages.worked("store")
    assert outages.longest() == Outage(5.0, "database is locked")
    outages.worked("lease")
    assert outages.longest() is None


def test_what_is_not_tried_again_is_no_outage_for_long():
    now = 0.0
    outages = Outages(lambda: now)
    for moment in (0.0, 5.0, 20.0):
        now = moment
        outages.failed("store", unusable("server closed the connection"))
    now = 29.0
    assert outages.longest() == Outage(29.0, "server closed the connection")
    now = 31.0
    assert outages.longest() is None
    now = 50.0
    outages.failed("store", unusable("still closed"))
    assert outages.longest() == Outage(50.0, "still closed")
    now = 111.0
    outages.failed("store", unusable("closed again"))
    assert outages.longest() == Outage(0.0, "closed again")


class TooLarge(Exception):
    """As psycopg tells of a row that no index of PostgreSQL can hold: an OperationalError, too."""

    sqlstate = "54000"


def too_large(*_: object) -> None:
    raise sa.exc.OperationalError("INSERT", {}, TooLarge("index row size 3568 exceeds 2704"))


def test_what_a_database_will_never_do_is_not_tried_for_ever(engine):
    counting = Counting(total=2)
    run(engine, replace(counting.batch(), store=too_large), counting.ended)
    (first, *rest) = counting.calls
    assert first == "plan None"
    assert sorted(rest)[-1] == "finish"
    assert all("index row size 3568 exceeds 2704" in call for call in sorted(rest)[:-1])
    assert len(rest) == 3


@pytest.mark.parametrize("step", ["plan", "take"])
def test_a_batch_that_a_database_will_never_take_fails_and_says_why(engine, step):
    counting = Counting(total=2)
    run(engine, replace(counting.batch(), **{step: too_large}), counting.ended)
    assert counting.calls[-1].startswith("fail OperationalError: ")
    assert "index row size 3568 exceeds 2704" in counting.calls[-1]


def test_a_batch_goes_on_after_any_number_of_lost_processes(engine):
    migrate(engine)
    counting = Counting(total=2)
    queue = JobQueue(engine)
    with db.transaction(engine) as session:
        queue.enqueue(session, "counting", "job")
    with db.transaction(engine) as session:
        session.execute(sa.text("UPDATE workflow_status SET recovery_attempts = 500"))
    queue.close()
    runtime = JobRuntime(engine, [counting.batch()], executor_id="test", lanes=4, item_timeout_s=30)
    try:
        runtime.start()
        assert counting.ended.wait(30)
    finally:
        runtime.stop()
    assert counting.calls == ["plan None", "store", "store", "finish"]


def test_an_outage_is_told_once_in_a_while_and_at_once_when_it_is_a_new_one(caplog):
    now = 0.0
    outages = Outages(lambda: now)
    for now in (0.0, 1.0, 4.9, 5.0, 6.0):
        outages.failed("store", unusable(f"full at {now}"))
    outages.worked("store")
    outages.failed("store", unusable("full again"))
    assert [record.getMessage().partition(": ")[2] for record in caplog.records] == [
        "full at 0.0",
        "full at 5.0",
        "full again",
    ]


def test_the_runtime_knows_that_the_database_cannot_be_used_and_forgets_it(engine):
    counting = Counting(total=2)
    is_full = threading.Event()
    is_full.set()

    def store(session: Session, item_id: str, outcome: str) -> None:
        if is_full.is_set():
            raise unusable("database or disk is full")
        counting.store(session, item_id, outcome)

    runtime = JobRuntime(
        engine,
        [replace(counting.batch(), store=store)],
        executor_id="test",
        lanes=4,
        item_timeout_s=30,
    )
    queue = JobQueue(engine)
    try:
        with db.transaction(engine) as session:
            queue.enqueue(session, "counting", "job")
        runtime.start()
        end = time.monotonic() + 30
        while (seen := runtime.outages.longest()) is None or seen.lasts_s < 1:
            assert time.monotonic() < end
            time.sleep(0.05)
        assert seen.reason == "database or disk is full"
        assert not counting.ended.is_set()
        is_full.clear()
        assert counting.ended.wait(30)
        assert runtime.outages.longest() is None
    finally:
        runtime.stop()
        queue.close()


def test_items_give_way_on_half_of_the_lanes():
    is_busy = False
    slots = Slots(4, lambda: is_busy)
    slots.lease_id = "lease"
    for number in range(2):
        assert slots.has_room()
        assert slots.enter(f"item-{number}", lease_id="lease", attempt=1)
    is_busy = True
    assert not slots.has_room()
    is_busy = False
    assert slots.has_room()
