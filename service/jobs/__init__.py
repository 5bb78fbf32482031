"""Durable jobs on DBOS Transact: what was asked for is finished, whatever process dies.

A `Batch` is the one shape of job: planned once, worked on item by item, finished once. This room
takes registered callables and knows no feature. What needs DBOS is imported when it is first
asked for: a scan without a store never pays for it.

JobQueue asks for batches, beside any executor. JobRuntime executes them under a lease (`leases`):
the `dispatch`er claims what is most urgent, `execution` runs it inside the `fence`, a `window` of
items at a time, each step of a batch with its `checkpoints`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from service.jobs.batch import NO_LIMIT, Batch, Item
from service.jobs.executor_lock import ExecutorIsTaken

if TYPE_CHECKING:
    from service.jobs.queue import JobQueue, migrate
    from service.jobs.runtime import JobRuntime

__all__ = ["NO_LIMIT", "Batch", "ExecutorIsTaken", "Item", "JobQueue", "JobRuntime", "migrate"]

_NEEDS_DBOS = {
    "JobQueue": "service.jobs.queue",
    "JobRuntime": "service.jobs.runtime",
    "migrate": "service.jobs.queue",
}


def __getattr__(name: str) -> Any:
    if name not in _NEEDS_DBOS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_NEEDS_DBOS[name]), name)
