"""The executing side: DBOS with our batches on it. One per process, as DBOS is."""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, SetEnqueueOptions, SetWorkflowID, SQLAlchemyDatasource
from dbos._datasource import DatasourceOptions, IsolationLevel
from dbos._error import DBOSAwaitedWorkflowCancelledError
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from service.db import make_engine
from service.jobs.batch import Batch, Item
from service.jobs.executor_lock import ExecutorIsTaken, ExecutorLock
from service.jobs.queue import BATCHES_QUEUE, ITEMS_QUEUE, JOBS_VERSION

__all__ = ["ExecutorIsTaken", "JobRuntime"]

_APPLICATION = "luiska"
# Items are taken up often, so that no lane waits between two; new batches may wait a little.
_POLLING_S = 0.1
_BATCH_POLLING_S = 0.4
_LAST_ITEM_S = 5
_ITEMS_PER_PARTITION = 2
_ATTEMPTS_AFTER_CRASHES = 5


class JobRuntime:
    """Executes batches from `start` to `stop`; what a killed predecessor left is taken up again.

    `lanes` items run at once in this process. `item_timeout_s` is the last resort behind the
    deadlines that an item's work keeps itself.
    """

    def __init__(
        self,
        engine: sa.Engine,
        batches: Sequence[Batch],
        *,
        executor_id: str,
        lanes: int,
        item_timeout_s: float,
    ) -> None:
        self._url = engine.url.render_as_string(hide_password=False)
        self._engine = engine
        self._batches = tuple(batches)
        self._executor_id = executor_id
        self._lanes = lanes
        self._item_timeout_s = item_timeout_s
        self._stopping = threading.Event()
        self._running: set[threading.Event] = set()
        self._outcomes: dict[str, Any] = {}
        self._threads: ThreadPoolExecutor | None = None
        self._dbos: DBOS | None = None

    def start(self) -> None:
        """Take the executor's lock, register the batches, launch. Raises `ExecutorIsTaken`."""
        self._lock = ExecutorLock(self._engine, self._executor_id)
        self._own_engine = make_engine(self._url, pool_size=10)
        self._threads = ThreadPoolExecutor(self._lanes, thread_name_prefix="lane")
        try:
            self._launch()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End now: running items are dropped unfinished and will be taken up at the next start.

        Nothing when it does not run.
        """
        if self._threads is None or self._stopping.is_set():
            return
        self._stopping.set()
        for cancelled in list(self._running):
            cancelled.set()
        if self._dbos is not None:
            self._stop_taking_items()
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=0)
        self._threads.shutdown(wait=True)
        self._own_engine.dispose()
        self._lock.release()

    def check(self) -> None:
        """Return when jobs are being executed; raise `RuntimeError` when not."""
        if self._threads is None or self._stopping.is_set():
            raise RuntimeError("jobs are not being executed in this process")

    def _launch(self) -> None:
        logging.getLogger("dbos").addFilter(_is_news)
        self._dbos = DBOS(
            config={
                "name": _APPLICATION,
                "system_database_url": self._url,
                "system_database_engine": self._own_engine,
                "application_version": JOBS_VERSION,
                "executor_id": self._executor_id,
                "log_level": "WARNING",
                "use_listen_notify": False,
            }
        )
        self._datasource = SQLAlchemyDatasource.create(
            self._url,
            engine=self._engine,
            sessionmaker=sessionmaker(class_=Session, expire_on_commit=False),
        )
        for batch in self._batches:
            self._register(batch)
        self._register_queues()
        DBOS.launch()

    def _register_queues(self) -> None:
        """Before the launch, which looks for new queues only once a second."""
        client = DBOSClient(system_database_engine=self._own_engine)
        try:
            client.register_queue(
                BATCHES_QUEUE, polling_interval_sec=_BATCH_POLLING_S, application_name=_APPLICATION
            )
            client.register_queue(
                ITEMS_QUEUE,
                worker_concurrency=self._lanes,
                partition_concurrency=_ITEMS_PER_PARTITION,
                polling_interval_sec=_POLLING_S,
                application_name=_APPLICATION,
            )
        finally:
            client.destroy()

    def _stop_taking_items(self) -> None:
        """Or an item that is taken while the event loop closes is begun by nobody, with an error.

        Destroying DBOS does the two things in the other order.
        """
        assert self._dbos is not None
        for event in self._dbos.background_thread_stop_events:
            event.set()
        workers = {f"queue-worker-{name}" for name in (BATCHES_QUEUE, ITEMS_QUEUE)}
        for thread in threading.enumerate():
            if thread.name in workers:
                thread.join(_LAST_ITEM_S)

    def _register(self, batch: Batch) -> None:
        attempt = DBOS.step(
            name=f"{batch.name}: work", preemptible=True, timeout_seconds=self._item_timeout_s
        )(self._attempt(batch))

        @DBOS.workflow(name=f"{batch.name}: item", max_recovery_attempts=_ATTEMPTS_AFTER_CRASHES)
        async def run_item(item_id: str) -> None:
            # A crash between the two steps loses the outcome, which is in memory only; `store`
            # then answers False and the item is worked on again.
            while True:
                await attempt(item_id)
                if await self._commit("store", self._store, batch, item_id):
                    self._outcomes.pop(item_id, None)
                    return

        @DBOS.workflow(name=batch.name)
        async def run_batch(job_id: str) -> None:
            try:
                items = await self._commit("plan", self._plan, batch, job_id)
                handles = []
                for item_id, partition in items:
                    with (
                        SetWorkflowID(f"{job_id}:{item_id}"),
                        SetEnqueueOptions(queue_partition_key=partition),
                    ):
                        handles.append(
                            await DBOS.enqueue_workflow_async(ITEMS_QUEUE, run_item, item_id)
                        )
                for (item_id, _), handle in zip(items, handles, strict=True):
                    try:
                        await handle.get_result(polling_interval_sec=_POLLING_S)
                    except DBOSAwaitedWorkflowCancelledError:
                        raise
                    except Exception as error:  # noqa: BLE001 - whatever broke it is its outcome
                        reason = f"{type(error).__name__}: {error}"
                        await self._commit("abandon", self._call, batch.abandon, item_id, reason)
                await self._commit("finish", self._call, batch.finish, job_id)
            except DBOSAwaitedWorkflowCancelledError:
                raise
            except Exception as error:
                reason = f"{type(error).__name__}: {error}"
                await self._commit("fail", self._call, batch.fail, job_id, reason)
                raise

    def _attempt(self, batch: Batch) -> Callable[[str], Any]:
        async def attempt(item_id: str) -> None:
            cancelled = threading.Event()
            self._running.add(cancelled)
            try:
                assert self._threads is not None
                loop = asyncio.get_running_loop()
                outcome = await loop.run_in_executor(self._threads, batch.work, item_id, cancelled)
                if self._stopping.is_set():
                    # Not an outcome of the item: leave it pending for the next start.
                    await asyncio.Event().wait()
                self._outcomes[item_id] = outcome
            finally:
                cancelled.set()
                self._running.discard(cancelled)

        return attempt

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

    def _plan(self, batch: Batch, job_id: str) -> list[tuple[str, str]]:
        items: list[Item] = batch.plan(self._session(), job_id)
        return [(item.id, item.partition) for item in items]

    def _store(self, batch: Batch, item_id: str) -> bool:
        if item_id not in self._outcomes:
            return False
        batch.store(self._session(), item_id, self._outcomes[item_id])
        return True

    def _call(self, function: Callable[..., None], *arguments: str) -> None:
        function(self._session(), *arguments)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a log line of DBOS tells of trouble: a cancelled batch is an answer, not a fault."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, DBOSAwaitedWorkflowCancelledError) and not any(
        word in record.getMessage()
        for word in ("was cancelled", "task cancelled", "no longer owned")
    )
