"""The shape of a job: plan, items, finish."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session


@dataclass(frozen=True, kw_only=True)
class Item:
    """One piece of a batch. Items of one `partition` (a host) run two at a time, out of politeness.

    Ids are kept by the jobs engine: they must be opaque, never personal.
    """

    id: str
    partition: str


@dataclass(frozen=True, kw_only=True)
class Batch:
    """A job's callables. Each may run again after a crash; only its transaction counts once.

    `plan(session, job_id)` answers the items, in a transaction.
    `work(item_id, cancelled)` blocks and answers an outcome that stays in memory; it must return
    soon after `cancelled` is set. At least once.
    `store(session, item_id, outcome)` keeps the outcome. Exactly once: it commits together with
    the engine's checkpoint.
    `abandon(session, item_id, reason)` keeps that an item could not be worked on.
    `finish(session, job_id)` sums up, in a transaction, when every item has ended.
    `fail(session, job_id, reason)` keeps that the job itself broke.
    """

    name: str
    plan: Callable[[Session, str], list[Item]]
    work: Callable[[str, threading.Event], Any]
    store: Callable[[Session, str, Any], None]
    abandon: Callable[[Session, str, str], None]
    finish: Callable[[Session, str], None]
    fail: Callable[[Session, str, str], None]
