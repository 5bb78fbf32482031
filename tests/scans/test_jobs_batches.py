"""The shape of a batch, tried with one that counts: prepared, planned, taken window by window."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from service import db
from service.jobs import Batch, Item, JobQueue, JobRuntime


@dataclass
class Counting:
    """Items `0`, `1`, … up to `total`; keeps what was called, in order."""

    total: int = 3
    children: int = 0
    """How many items each of the first ones adds when it is stored."""
    calls: list[str] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    taken: int = 0

    def batch(self) -> Batch:
        return Batch(
            name="counting",
            plan=self.plan,
            take=self.take,
            work=lambda item_id, _: item_id,
            store=self.store,
            abandon=lambda _session, item_id, reason: self.calls.append(f"abandon {reason}"),
            finish=lambda _session, _job: self.end("finish"),
            fail=lambda _session, _job, reason: self.end(f"fail {reason}"),
        )

    def plan(self, _session: Session, _job: str, prepared: Any) -> None:
        self.calls.append(f"plan {prepared}")

    def take(self, _session: Session, _job: str, limit: int) -> list[Item]:
        items = range(self.taken, min(self.taken + limit, self.total))
        self.taken += len(items)
        self.in_flight += len(items)
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        return [Item(id=str(number), partition="") for number in items]

    def store(self, _session: Session, item_id: str, outcome: str) -> None:
        assert outcome == item_id
        self.in_flight -= 1
        if int(item_id) < 3:
            self.total += self.children
        self.calls.append("store")

    def end(self, call: str) -> None:
        self.calls.append(call)
        self.ended.set()


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[sa.Engine]:
    engine = db.make_engine(sqlite_url)
    yield engine
    engine.dispose()


def run(engine: sa.Engine, batch: Batch, ended: threading.Event, within_s: float = 60) -> None:
    runtime = JobRuntime(engine, [batch], executor_id="test", lanes=4, item_timeout_s=30)
    queue = JobQueue(engine)
    try:
        with db.transaction(engine) as session:
            queue.enqueue(session, batch.name, f"job-{time.monotonic_ns()}")
        runtime.start()
        assert ended.wait(within_s)
    finally:
        runtime.stop()
        queue.close()


def test_what_is_prepared_outside_a_transaction_is_planned_with(engine):
    counting = Counting(total=0)

    def prepare(_job: str, cancelled: threading.Event) -> list[str]:
        # Another transaction may write meanwhile.
        with db.transaction(engine) as session:
            session.execute(sa.text("UPDATE project SET name = name"))
        assert not cancelled.is_set()
        return ["a", "b"]

    run(engine, replace(counting.batch(), prepare=prepare), counting.ended)
    assert counting.calls == ["plan ['a', 'b']", "finish"]


def test_a_preparation_that_breaks_is_the_end_of_the_job(engine):
    counting = Counting()

    def prepare(_job: str, _cancelled: threading.Event) -> None:
        raise ValueError("no sitemap there")

    run(engine, replace(counting.batch(), prepare=prepare), counting.ended)
    assert counting.calls == ["fail ValueError: no sitemap there"]


def test_without_a_preparation_the_plan_gets_nothing(engine):
    counting = Counting()
    run(engine, counting.batch(), counting.ended)
    assert counting.calls == ["plan None", "store", "store", "store", "finish"]


def test_items_that_appear_while_others_are_stored_belong_to_the_job(engine):
    counting = Counting(total=1, children=2)
    run(engine, counting.batch(), counting.ended)
    assert counting.calls.count("store") == 7
    assert counting.calls[-1] == "finish"


def test_a_long_plan_is_handed_out_window_by_window(engine):
    counting = Counting(total=350)
    run(engine, counting.batch(), counting.ended, within_s=300)
    assert counting.calls.count("store") == 350
    assert counting.most_in_flight <= 100


def test_an_item_that_breaks_is_abandoned_and_the_others_are_stored(engine):
    counting = Counting(total=3)

    def work(item_id: str, _cancelled: threading.Event) -> str:
        if item_id == "1":
            raise ValueError("broken")
        return item_id

    run(engine, replace(counting.batch(), work=work), counting.ended)
    assert counting.calls.count("store") == 2
    assert "abandon ValueError: broken" in counting.calls
    assert counting.calls[-1] == "finish"
