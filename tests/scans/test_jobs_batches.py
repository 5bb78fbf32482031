"""The shape of a batch, tried with one that counts: prepared, planned, taken window by window."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from counting_batch import Counting, run

from service import db
from service.jobs import JobQueue, JobRuntime


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[sa.Engine]:
    engine = db.make_engine(sqlite_url)
    yield engine
    engine.dispose()


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
    counting = Counting(total=250)
    run(engine, counting.batch(), counting.ended, within_s=300)
    assert counting.calls.count("store") == 250
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


def test_what_is_asked_for_in_the_process_that_works_is_begun_at_once(engine, monkeypatch):
    monkeypatch.setattr("service.jobs.dispatch._POLL_S", 600)
    counting = Counting(total=1)
    batch = counting.batch()
    runtime = JobRuntime(engine, [batch], executor_id="test", lanes=4, item_timeout_s=30)
    queue = JobQueue(engine, runtime.look)
    try:
        runtime.start()
        # Long enough for the first look, which finds nothing.
        assert not counting.ended.wait(0.5)
        with db.transaction(engine) as session:
            queue.enqueue(session, batch.name, "job")
        assert counting.ended.wait(30)
    finally:
        runtime.stop()
        queue.close()
