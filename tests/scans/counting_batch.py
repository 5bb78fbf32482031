"""A batch that counts: for tests of jobs without scans."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

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


def run(
    engine: sa.Engine,
    batch: Batch,
    ended: threading.Event,
    *,
    within_s: float = 60,
    on_lease: Callable[[bool], None] = lambda _held: None,
) -> None:
    """Have a job of the batch executed until it has ended."""
    runtime = JobRuntime(
        engine, [batch], executor_id="test", lanes=4, item_timeout_s=30, on_lease=on_lease
    )
    queue = JobQueue(engine)
    try:
        with db.transaction(engine) as session:
            queue.enqueue(session, batch.name, f"job-{time.monotonic_ns()}")
        runtime.start()
        assert ended.wait(within_s)
    finally:
        runtime.stop()
        queue.close()
