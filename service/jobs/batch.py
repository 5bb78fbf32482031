"""The shape of a job: prepare, plan, take items and work on them, finish."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

NO_LIMIT = ""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One piece of a batch. A few items of one `partition` (a host) run at once, out of politeness.

    Of the partition `NO_LIMIT` as many run as there are lanes. Ids are kept by the jobs engine:
    they must be opaque, never personal.
    """

    id: str
    partition: str


@dataclass(frozen=True, kw_only=True)
class Batch:
    """A job's callables, in the order of its life. Any of them may run again after a crash.

    `prepare(job_id, cancelled)` may block on the network: it runs outside any transaction, at
    least once. Its outcome stays in memory and must come soon after `cancelled` is set.
    `plan(session, job_id, prepared)` begins the job, in a transaction. Exactly once; `prepared`
    is None for a batch that prepares nothing.
    `take(session, job_id, limit)` answers the next items, at most `limit`, and hands out each
    once: what it keeps of that commits together with the engine's checkpoint. It is asked again
    as items end, since items may appear while others are worked on (in `store`); the job ends
    when nothing is in flight and `take` answers nothing.
    `work(item_id, cancelled)` blocks and answers an outcome that stays in memory; it must return
    soon after `cancelled` is set. At least once.
    `read(outcome)` makes of an outcome what `store` gets, on no lane and in no transaction, so that
    what takes long keeps nobody waiting; it must answer the same when it is asked again.
    `store(session, item_id, outcome)` keeps the outcome, in a transaction. It may be called again
    for an item that was stored just before a crash, and must then change nothing.
    `abandon(session, item_id, reason)` keeps that an item could not be worked on; nothing for an
    item that has ended.
    `finish(session, job_id)` sums up, in a transaction. Exactly once.
    `fail(session, job_id, reason)` keeps that the job itself broke.
    """

    name: str
    plan: Callable[[Session, str, Any], None]
    take: Callable[[Session, str, int], list[Item]]
    work: Callable[[str, threading.Event], Any]
    store: Callable[[Session, str, Any], None]
    abandon: Callable[[Session, str, str], None]
    finish: Callable[[Session, str], None]
    fail: Callable[[Session, str, str], None]
    prepare: Callable[[str, threading.Event], Any] | None = None
    read: Callable[[Any], Any] = lambda outcome: outcome
