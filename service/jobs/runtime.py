"""The executing side: DBOS with our batches on it. One per process, as DBOS is."""

import logging
import threading
from collections.abc import Sequence

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, SQLAlchemyDatasource
from dbos._error import DBOSAwaitedWorkflowCancelledError
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from service.db import make_engine
from service.jobs.batch import Batch
from service.jobs.execution import Execution
from service.jobs.executor_lock import ExecutorIsTaken, ExecutorLock
from service.jobs.queue import BATCHES_QUEUE, ITEMS_QUEUE, JOBS_VERSION

__all__ = ["ExecutorIsTaken", "JobRuntime"]

_APPLICATION = "luiska"
# Items are taken up often, so that no lane waits between two; new batches may wait a little.
_POLLING_S = 0.1
_BATCH_POLLING_S = 0.4
_LAST_ITEM_S = 5
_ITEMS_PER_PARTITION = 2
_SUPERVISE_S = 0.5


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
        self._has_started = False
        self._execution: Execution | None = None
        self._dbos: DBOS | None = None

    def start(self) -> None:
        """Take the executor's lock, register the batches, launch. Raises `ExecutorIsTaken`."""
        self._lock = ExecutorLock(self._engine, self._executor_id)
        self._has_started = True
        self._own_engine = make_engine(self._url, pool_size=10)
        try:
            self._launch()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End now: running items are dropped unfinished and will be taken up at the next start.

        Nothing when it does not run.
        """
        if not self._has_started or self._stopping.is_set():
            return
        self._stopping.set()
        if self._execution is not None:
            self._execution.drop()
            self._supervisor.join()
        if self._dbos is not None:
            self._stop_taking_items()
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=0)
        if self._execution is not None:
            self._execution.close()
        self._own_engine.dispose()
        self._lock.release()

    def check(self) -> None:
        """Return when jobs are being executed; raise `RuntimeError` when not."""
        if not self._has_started or self._stopping.is_set():
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
        datasource = SQLAlchemyDatasource.create(
            self._url,
            engine=self._engine,
            sessionmaker=sessionmaker(class_=Session, expire_on_commit=False),
        )
        client = DBOSClient(system_database_engine=self._own_engine)
        self._register_queues(client)
        execution = Execution(
            self._engine,
            client,
            datasource,
            lanes=self._lanes,
            item_timeout_s=self._item_timeout_s,
        )
        for batch in self._batches:
            execution.register(batch)
        self._supervisor = threading.Thread(target=self._supervise, name="jobs-supervisor")
        self._execution = execution
        self._supervisor.start()
        DBOS.launch()

    def _register_queues(self, client: DBOSClient) -> None:
        """Before the launch, which looks for new queues only once a second."""
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

    def _supervise(self) -> None:
        assert self._execution is not None
        while not self._stopping.wait(_SUPERVISE_S):
            try:
                self._execution.cancel_cancelled()
            except sa.exc.DBAPIError as error:
                logging.getLogger(__name__).error("The database cannot be used: %s", error.orig)

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


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a log line of DBOS tells of trouble: a cancelled batch is an answer, not a fault."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, DBOSAwaitedWorkflowCancelledError) and not any(
        word in record.getMessage()
        for word in ("was cancelled", "task cancelled", "no longer owned")
    )
