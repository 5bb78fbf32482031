"""The two workflows of every batch: the batch itself, and each of its items."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, SQLAlchemyDatasource
from dbos._datasource import DatasourceOptions, IsolationLevel
from dbos._error import DBOSAwaitedWorkflowCancelledError
from sqlmodel import Session

from service.db import transaction
from service.jobs.batch import Batch
from service.jobs.queue import ITEMS_QUEUE, JOBS_VERSION, ended_items, item_priority
from service.jobs.window import WINDOW, Window

ATTEMPTS = 5
_RETRY_S = 0.2
_LONGEST_RETRY_S = 5.0
_log = logging.getLogger(__name__)


class Dropped(BaseException):
    """What runs is to be left as it is, pending: no outcome of it may be recorded.

    Not an `Exception`, so that neither a batch nor the jobs engine takes it for its failure.
    """


class Execution:
    """Runs the workflows of batches in this process. `lanes` items at once."""

    def __init__(
        self,
        engine: sa.Engine,
        client: DBOSClient,
        datasource: SQLAlchemyDatasource,
        *,
        lanes: int,
        item_timeout_s: float,
    ) -> None:
        self._engine = engine
        self._client = client
        self._datasource = datasource
        self._item_timeout_s = item_timeout_s
        self._lanes = ThreadPoolExecutor(lanes, thread_name_prefix="lane")
        self._stopping = threading.Event()
        self._running: dict[str, threading.Event] = {}
        self._windows: dict[str, Window] = {}
        self._prepared: dict[str, Any] = {}

    def register(self, batch: Batch) -> None:
        """Before the launch. What runs under these names may be older than this process."""

        def run_item(item_id: str) -> None:
            self._run_item(batch, item_id)

        async def run_batch(job_id: str, rank: int = 0) -> None:
            await self._run_batch(batch, job_id, rank)

        DBOS.workflow(name=f"{batch.name}: item", max_recovery_attempts=ATTEMPTS - 1)(run_item)
        DBOS.workflow(name=batch.name)(run_batch)

    def drop(self) -> None:
        """End now what runs; it stays pending. Nothing runs here any more afterwards."""
        self._stopping.set()
        for cancelled in list(self._running.values()):
            cancelled.set()

    def close(self) -> None:
        self._lanes.shutdown(wait=True)

    def cancel_cancelled(self) -> None:
        """End those running items that were called off."""
        running = list(self._running)
        if not running:
            return
        for status in self._client.list_workflows(
            workflow_ids=running, status="CANCELLED", load_input=False, load_output=False
        ):
            if cancelled := self._running.get(status.workflow_id):
                cancelled.set()

    # Items

    def _run_item(self, batch: Batch, item_id: str) -> None:
        workflow_id = str(DBOS.workflow_id)
        cancelled = threading.Event()
        self._running[workflow_id] = cancelled
        try:
            outcome = self._persistently(lambda: self._work(batch, item_id, cancelled))
            self._persistently(lambda: self._write(batch.store, item_id, outcome))
        except Exception as error:  # noqa: BLE001 - whatever broke it is its outcome
            reason = f"{type(error).__name__}: {error}"
            self._persistently(lambda: self._write(batch.abandon, item_id, reason))
        finally:
            del self._running[workflow_id]
        if window := self._windows.get(workflow_id.removesuffix(f":{item_id}")):
            window.left(item_id)

    def _work(self, batch: Batch, item_id: str, cancelled: threading.Event) -> Any:
        """The outcome of an item. Raises `TimeoutError` when its own deadlines did not hold."""
        self._refuse_when_stopping()
        working = self._lanes.submit(batch.work, item_id, cancelled)
        try:
            outcome = working.result(self._item_timeout_s)
        except TimeoutError:
            if working.done():
                raise
            cancelled.set()
            raise TimeoutError(f"it did not end within {self._item_timeout_s:g} s") from None
        self._refuse_when_stopping()
        return outcome

    def _persistently(self, act: Callable[[], Any]) -> Any:
        """Do it, again and again while the database cannot be used."""
        pause_s = _RETRY_S
        while True:
            try:
                return act()
            except sa.exc.OperationalError as error:
                self._refuse_when_stopping()
                _log.error("The database cannot be used, trying again: %s", error.orig)
            self._stopping.wait(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_RETRY_S)

    def _write(self, function: Callable[..., None], *arguments: Any) -> None:
        with transaction(self._engine) as session:
            function(session, *arguments)

    def _refuse_when_stopping(self) -> None:
        if self._stopping.is_set():
            raise Dropped

    # Batches

    async def _run_batch(self, batch: Batch, job_id: str, rank: int) -> None:
        try:
            await self._plan(batch, job_id)
            await self._go_through_items(batch, job_id, rank)
            await self._commit("finish", self._call, batch.finish, job_id)
        except DBOSAwaitedWorkflowCancelledError:
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            await self._commit("fail", self._call, batch.fail, job_id, reason)
            raise

    async def _plan(self, batch: Batch, job_id: str) -> None:
        # A crash between the two steps loses what was prepared, which is in memory only; the
        # plan then answers False and it is prepared again.
        while True:
            if batch.prepare is not None:
                await DBOS.run_step_async(
                    {"name": "prepare", "preemptible": True}, self._prepare, batch, job_id
                )
            if await self._commit("plan", self._call_plan, batch, job_id):
                self._prepared.pop(job_id, None)
                return

    async def _prepare(self, batch: Batch, job_id: str) -> None:
        cancelled = threading.Event()
        self._running[job_id] = cancelled
        try:
            assert batch.prepare is not None
            prepared = await asyncio.to_thread(batch.prepare, job_id, cancelled)
            self._refuse_when_stopping()
            self._prepared[job_id] = prepared
        finally:
            cancelled.set()
            self._running.pop(job_id, None)

    def _call_plan(self, batch: Batch, job_id: str) -> bool:
        if batch.prepare is not None and job_id not in self._prepared:
            return False
        batch.plan(self._session(), job_id, self._prepared.get(job_id))
        return True

    async def _go_through_items(self, batch: Batch, job_id: str, rank: int) -> None:
        window = Window(lambda items: ended_items(self._client, job_id, items))
        self._windows[job_id] = window
        handed_out = 0
        try:
            while True:
                found = await window.ended()
                ended, taken = await self._commit(
                    "take", self._take, batch, job_id, window, found, (rank, handed_out)
                )
                window.move(ended, taken)
                handed_out += len(taken)
                if not window.in_flight:
                    return
        finally:
            self._windows.pop(job_id, None)

    def _take(
        self,
        batch: Batch,
        job_id: str,
        window: Window,
        ended: Mapping[str, str],
        rank: tuple[int, int],
    ) -> tuple[Sequence[str], Sequence[str]]:
        session = self._session()
        for item_id, reason in ended.items():
            if reason:
                batch.abandon(session, item_id, reason)
        room = WINDOW - len(window.in_flight) + len(ended)
        items = batch.take(session, job_id, room)
        for number, item in enumerate(items):
            self._client.enqueue_in_transaction(
                session,
                {
                    "queue_name": ITEMS_QUEUE,
                    "workflow_name": f"{batch.name}: item",
                    "workflow_id": f"{job_id}:{item.id}",
                    "app_version": JOBS_VERSION,
                    "queue_partition_key": item.partition,
                    "priority": item_priority(rank[0], rank[1] + number),
                },
                item.id,
            )
        return list(ended), [item.id for item in items]

    async def _commit(self, name: str, function: Callable[..., Any], *arguments: Any) -> Any:
        # READ COMMITTED with row locks: under SERIALIZABLE a waiter would go on with the
        # snapshot from before it waited. SQLite has one writer at a time anyway.
        is_sqlite = self._engine.dialect.name == "sqlite"
        isolation: IsolationLevel = "SERIALIZABLE" if is_sqlite else "READ COMMITTED"
        return await asyncio.to_thread(
            self._datasource.run_tx_step,
            DatasourceOptions(name=name, isolation_level=isolation),
            function,
            *arguments,
        )

    def _session(self) -> Session:
        session = self._datasource.sql_session()
        if not isinstance(session, Session):
            raise TypeError("the datasource was not made with SQLModel sessions")
        if self._engine.dialect.name == "sqlite":
            # The write lock before the first read, so that what was read stays true.
            session.connection().exec_driver_sql("BEGIN IMMEDIATE")
        return session

    def _call(self, function: Callable[..., None], *arguments: str) -> None:
        function(self._session(), *arguments)
