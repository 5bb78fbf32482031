"""Durable jobs on DBOS Transact: what was asked for is finished, whatever process dies.

A `Batch` is the one shape of job: planned once, worked on item by item, finished once. This room
takes registered callables and knows no feature.
"""

from service.jobs.batch import Batch, Item
from service.jobs.queue import JobQueue, migrate
from service.jobs.runtime import ExecutorIsTaken, JobRuntime

__all__ = ["Batch", "ExecutorIsTaken", "Item", "JobQueue", "JobRuntime", "migrate"]
