"""The two workflows of every batch: the batch itself, and each of its items."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSClient
from dbos._error import DBOSAwaitedWorkflowCancelledError
from sqlmodel import Session

from service.db import transaction
from service.jobs.batch import Batch
from service.jobs.checkpoints import Checkpoints
from service.jobs.fence import Dropped, Fence
from service.jobs.outages import is_outage
from service.jobs.queue import ATTEMPTS, ITEMS_QUEUE, JOBS_VERSION, ended_items, item_priority
from service.jobs.slots import Slots
from service.jobs.window import WINDOW, Window

_log = logging.getLogger(__name__)


class Execution:
    """Runs the workflows of batches in this process, each under the lease it was begun with."""

    def __init__(
        self,
        engine: sa.Engine,
        client: DBOSClient,
        checkpoints: Checkpoints,
        fence: Fence,
        slots: Slots,
        *,
        lanes: int,
        item_timeout_s: float,
    ) -> None:
        self._engine = engine
        self._client = client
        self._checkpoints = checkpoints
        self._fence = fence
        self._slots = slots
        self._item_timeout_s = item_timeout_s
        # An item that does not end in time keeps its thread; the others go on.
        self._lanes = ThreadPoolExecutor(2 * lanes, thread_name_prefix="lane")
        self._running: dict[str, threading.Event] = {}
        self._windows: dict[str, Window] = {}
        self._runs: dict[str, _Run] = {}
        self._prepared: dict[str, Any] = {}

    def register(self, batch: Batch) -> None:
        """Before the launch. What runs under these names may be older than this process."""

        def run_item(item_id: str) -> None:
            self._run_item(batch, item_id)

        async def run_batch(job_id: str, rank: int = 0) -> None:
            await self._run_batch(batch, job_id, rank)

        DBOS.workflow(name=f"{batch.name}: item", max_recovery_attempts=ATTEMPTS - 1)(run_item)
        # A batch goes on after any number of lost processes; it is items that may bring them down.
        DBOS.workflow(name=batch.name, max_recovery_attempts=None)(run_batch)

    def drop(self) -> None:
        """End now what runs; it stays pending, for whoever recovers it."""
        self._fence.shut()
        for cancelled in list(self._running.values()):
            cancelled.set()
        for window in list(self._windows.values()):
            window.close()

    def close(self) -> None:
        self._lanes.shutdown(wait=True)

    def runs(self, workflow_id: str) -> bool:
        """Whether this batch or item is under way in this process, or waits to be begun in it."""
        return (
            workflow_id in self._running
            or workflow_id in self._runs
            or self._slots.has(workflow_id)
        )

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
            lease_id = self._fence.lease()
            outcome = self._fence.persist(
                lease_id, "work", lambda: self._work(lease_id, batch, item_id, cancelled)
            )
            self._slots.only_stores(workflow_id)
            self._write(lease_id, batch.store, item_id, batch.read(outcome))
        except Exception as error:  # noqa: BLE001 - whatever broke it is its outcome
            self._write(lease_id, batch.abandon, item_id, f"{type(error).__name__}: {error}")
        finally:
            if self._running.get(workflow_id) is cancelled:
                del self._running[workflow_id]
            self._slots.leave(workflow_id)
        if window := self._windows.get(workflow_id.removesuffix(f":{item_id}")):
            window.left(item_id)

    def _work(self, lease_id: str, batch: Batch, item_id: str, cancelled: threading.Event) -> Any:
        """The outcome of an item. Raises `TimeoutError` when its own deadlines did not hold."""
        self._fence.check(lease_id)
        working = self._lanes.submit(batch.work, item_id, cancelled)
        try:
            outcome = working.result(self._item_timeout_s)
        except TimeoutError:
            if working.done():
                raise
            cancelled.set()
            raise TimeoutError(f"it did not end within {self._item_timeout_s:g} s") from None
        self._fence.check(lease_id)
        return outcome

    def _write(self, lease_id: str, function: Callable[..., None], *arguments: Any) -> None:
        def write() -> None:
            with transaction(self._engine) as session:
                self._fence.hold(session, lease_id)
                function(session, *arguments)

        self._fence.persist(lease_id, "store", write)

    # Batches

    async def _run_batch(self, batch: Batch, job_id: str, rank: int) -> None:
        run = _Run(batch=batch, job_id=job_id, rank=rank, lease_id=self._fence.lease())
        self._runs[job_id] = run
        try:
            await self._plan(run)
            await self._go_through_items(run)
            await self._commit(run, "finish", batch.finish, job_id)
        except DBOSAwaitedWorkflowCancelledError:
            raise
        except sa.exc.OperationalError as error:
            if not is_outage(error):
                await self._fail(run, error)
                raise
            # Its next step may not be counted as another one: begin it again from its checkpoints.
            _log.error("The database cannot be used, %s is dropped: %s", job_id, error.orig)
            self._fence.lose(run.lease_id)
            raise Dropped from error
        except Exception as error:
            await self._fail(run, error)
            raise
        finally:
            # Under a new lease another execution of the batch may be under way by now.
            if self._runs.get(job_id) is run:
                del self._runs[job_id]

    async def _fail(self, run: "_Run", error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"
        await self._commit(run, "fail", run.batch.fail, run.job_id, reason)

    async def _plan(self, run: "_Run") -> None:
        # A crash between the two steps loses what was prepared, which is in memory only; the
        # plan then answers False and it is prepared again.
        while True:
            if run.batch.prepare is not None:
                await DBOS.run_step_async(
                    {"name": "prepare", "preemptible": True}, self._prepare, run
                )
            if await self._commit(run, "plan", self._call_plan, run):
                self._prepared.pop(run.job_id, None)
                return

    async def _prepare(self, run: "_Run") -> None:
        prepare = run.batch.prepare
        assert prepare is not None
        cancelled = threading.Event()
        self._running[run.job_id] = cancelled
        try:
            prepared = await asyncio.to_thread(
                self._fence.persist,
                run.lease_id,
                "prepare",
                lambda: prepare(run.job_id, cancelled),
            )
            self._fence.check(run.lease_id)
            self._prepared[run.job_id] = prepared
        finally:
            cancelled.set()
            if self._running.get(run.job_id) is cancelled:
                del self._running[run.job_id]

    def _call_plan(self, session: Session, run: "_Run") -> bool:
        if run.batch.prepare is not None and run.job_id not in self._prepared:
            return False
        run.batch.plan(session, run.job_id, self._prepared.get(run.job_id))
        return True

    async def _go_through_items(self, run: "_Run") -> None:
        window = Window(
            lambda items: self._fence.persist(
                run.lease_id, "look", lambda: ended_items(self._client, run.job_id, items)
            )
        )
        self._windows[run.job_id] = window
        handed_out = 0
        try:
            while True:
                found = await window.ended()
                self._fence.check(run.lease_id)
                ended, taken = await self._commit(
                    run, "take", self._take, run, window, found, handed_out
                )
                window.move(ended, taken)
                self._slots.wake()
                handed_out += len(taken)
                if not window.in_flight:
                    return
        finally:
            if self._windows.get(run.job_id) is window:
                del self._windows[run.job_id]

    def _take(
        self,
        session: Session,
        run: "_Run",
        window: Window,
        ended: Mapping[str, str],
        handed_out: int,
    ) -> tuple[Sequence[str], Sequence[str]]:
        for item_id, reason in ended.items():
            if reason:
                run.batch.abandon(session, item_id, reason)
        items = run.batch.take(session, run.job_id, WINDOW - len(window.in_flight) + len(ended))
        for number, item in enumerate(items, start=handed_out):
            self._client.enqueue_in_transaction(
                session,
                {
                    "queue_name": ITEMS_QUEUE,
                    "workflow_name": f"{run.batch.name}: item",
                    "workflow_id": f"{run.job_id}:{item.id}",
                    "app_version": JOBS_VERSION,
                    "queue_partition_key": item.partition,
                    "priority": item_priority(run.rank, number),
                },
                item.id,
            )
        return list(ended), [item.id for item in items]

    async def _commit(
        self, run: "_Run", name: str, function: Callable[..., Any], *arguments: Any
    ) -> Any:
        """One transaction that commits together with the engine's checkpoint of this step."""

        def step(session: Session) -> Any:
            self._fence.hold(session, run.lease_id)
            return function(session, *arguments)

        return await asyncio.to_thread(self._checkpoints.run, name, step)


@dataclass(frozen=True, kw_only=True)
class _Run:
    """One execution of one batch in this process."""

    batch: Batch
    job_id: str
    rank: int
    lease_id: str
