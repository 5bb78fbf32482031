"""Durable jobs on DBOS Transact: what was asked for is finished, whatever process dies.

A `Batch` is the one shape of job: planned once, worked on item by item, finished once. This room
takes registered callables and knows no feature.

JobQueue asks for batches, beside any executor. JobRuntime executes them under a lease (`leases`):
the `dispatch`er claims what is most urgent, `execution` runs it, a `window` of items at a time.
"""

from service.jobs.batch import NO_LIMIT, Batch, Item
from service.jobs.queue import JobQueue, migrate
from service.jobs.runtime import ExecutorIsTaken, JobRuntime

__all__ = ["NO_LIMIT", "Batch", "ExecutorIsTaken", "Item", "JobQueue", "JobRuntime", "migrate"]
