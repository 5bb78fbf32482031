"""The executing side: DBOS with our batches on it. One per process, as DBOS is."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from dbos import DBOS, DBOSClient
from dbos._error import DBOSAwaitedWorkflowCancelledError

from service.db import close_engine, make_engine
from service.jobs.batch import Batch
from service.jobs.checkpoints import Checkpoints
from service.jobs.connections import end_frozen_transactions, know_lost_connections
from service.jobs.dispatch import Dispatcher
from service.jobs.execution import Execution
from service.jobs.executor_lock import ExecutorIsTaken, ExecutorLock
from service.jobs.fence import Fence
from service.jobs.leases import Leases
from service.jobs.outages import Outages, is_outage
from service.jobs.queue import JOBS_VERSION
from service.jobs.slots import Slots

__all__ = ["ExecutorIsTaken", "JobRuntime"]

_APPLICATION = "luiska"
# How soon a page that is called off is told so.
_SUPERVISE_S = 0.5
_RENEWALS_PER_LEASE = 3
_REAPS_PER_LEASE = 2
# How long something may be claimed without being begun.
_STRAY_S = 5
# How long a browser that was told to end may take.
_LAST_ITEM_S = 10
_log = logging.getLogger(__name__)


class JobRuntime:
    """Executes batches from `start` to `stop`, and recovers what dead executors left.

    `lanes` items run at once in this process, and `items_per_partition` of one partition in all
    processes. `item_timeout_s` is the last resort behind the deadlines that an item's work keeps
    itself. Another process takes over within three times `lease_s` after this one died. While
    `gives_way` holds, items are begun for half of the lanes only.
    """

    def __init__(
        self,
        engine: sa.Engine,
        batches: Sequence[Batch],
        *,
        executor_id: str,
        lanes: int,
        item_timeout_s: float,
        lease_s: float = 15,
        items_per_partition: int = 2,
        on_lease: Callable[[bool], None] = lambda _held: None,
        gives_way: Callable[[], bool] = lambda: False,
    ) -> None:
        self._url = engine.url.render_as_string(hide_password=False)
        self._engine = engine
        self._batches = tuple(batches)
        self._executor_id = executor_id
        self._lanes = lanes
        self._item_timeout_s = item_timeout_s
        self._lease_s = lease_s
        self._items_per_partition = items_per_partition
        self._on_lease = on_lease
        self._gives_way = gives_way
        self._stopping = threading.Event()
        self._has_started = False
        self._strays: dict[str, float] = {}
        self.outages = Outages()
        self._execution: Execution | None = None
        self._dispatcher: Dispatcher | None = None

    def start(self) -> None:
        """Take the executor's lock and a lease, launch. Raises `ExecutorIsTaken`."""
        self._lock = ExecutorLock(self._engine, self._executor_id)
        self._has_started = True
        self._own_engine = make_engine(self._url, pool_size=10)
        for engine in (self._engine, self._own_engine):
            end_frozen_transactions(engine, self._lease_s)
            know_lost_connections(engine)
        self._leases = Leases(self._own_engine, self._executor_id, self._lease_s)
        self._slots = Slots(self._lanes, self._gives_way)
        self._fence = Fence(self._leases, self._slots, self.outages)
        try:
            self._launch()
        except BaseException:
            self.stop()
            raise
        self._on_lease(True)

    def stop(self) -> None:
        """End now: running items are dropped unfinished and will be taken up elsewhere, or at the
        next start.

        Nothing when it does not run.
        """
        if not self._has_started or self._stopping.is_set():
            return
        self._stopping.set()
        lease_id = self._slots.lease_id
        self._slots.close()
        self._fence.shut()
        if self._dispatcher is not None:
            self._dispatcher.stop()
        if self._execution is not None:
            self._execution.drop()
            # What the engine writes while the database is away would wait for it for ever.
            self._dbos._sys_db._retry_connection_errors = False
            self._supervisor.join()
            self._slots.wait_until_empty(_LAST_ITEM_S)
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=0)
        logging.getLogger("dbos").removeFilter(self._is_news)
        if self._execution is not None:
            self._execution.close()
        if lease_id is not None:
            with contextlib.suppress(sa.exc.SQLAlchemyError):
                # One that cannot be given back ends by itself.
                self._leases.release(lease_id)
            self._on_lease(False)
        close_engine(self._own_engine)
        self._lock.release()

    def look(self) -> None:
        """Look at once for what was asked for; nothing before `start`."""
        if self._has_started:
            self._slots.wake()

    def check(self) -> None:
        """Return when jobs are being executed; raise `RuntimeError` when not."""
        if not self._is_executing():
            raise RuntimeError("jobs are not being executed in this process")

    def _is_executing(self) -> bool:
        if not self._has_started or self._stopping.is_set() or self._dispatcher is None:
            return False
        return self._supervisor.is_alive() and self._dispatcher.is_alive()

    def _launch(self) -> None:
        logging.getLogger("dbos").addFilter(self._is_news)
        self._leases.end_predecessors()
        lease_id = self._leases.take()
        self._dbos = DBOS(
            config={
                "name": _APPLICATION,
                "system_database_url": self._url,
                "system_database_engine": self._own_engine,
                "application_version": JOBS_VERSION,
                "executor_id": lease_id,
                "log_level": "WARNING",
                "use_listen_notify": False,
                # Nothing is ever listened for; stopping waits for the next look.
                "notification_listener_polling_interval_sec": 0.1,
            }
        )
        # The dispatcher does it.
        DBOS.listen_queues([])
        checkpoints = Checkpoints(self._engine, self._fence, self.outages)
        # Supervisor and dispatcher must see at once that the database is back, or that they are to
        # end; the engine's own waiting grows to a minute, and does not end with the process.
        self._client = DBOSClient(
            system_database_engine=self._own_engine,
            application_name=_APPLICATION,
            retry_connection_errors=False,
        )
        execution = Execution(
            self._engine,
            self._client,
            checkpoints,
            self._fence,
            self._slots,
            lanes=self._lanes,
            item_timeout_s=self._item_timeout_s,
        )
        for batch in self._batches:
            execution.register(batch)
        DBOS.launch()
        self._fence.open(lease_id)
        self._dispatcher = Dispatcher(
            self._dbos,
            self._client,
            self._fence,
            self._slots,
            self.outages,
            items_per_partition=self._items_per_partition,
        )
        self._supervisor = threading.Thread(
            target=self._supervise, args=(lease_id,), name="jobs-supervisor"
        )
        self._execution = execution
        self._dispatcher.start()
        self._supervisor.start()

    def _supervise(self, lease_id: str) -> None:
        """Keep the lease, recover what nobody executes, end what was called off."""
        assert self._execution is not None
        assert self._dispatcher is not None
        renew_at = reap_at = time.monotonic()
        while not self._stopping.is_set() and self._dispatcher.is_alive():
            now = time.monotonic()
            try:
                if self._fence.has_lost(lease_id) or (
                    now >= renew_at and not self._leases.renew(lease_id)
                ):
                    lease_id = self._begin_again(lease_id)
                    reap_at = now
                if now >= renew_at:
                    renew_at = now + self._lease_s / _RENEWALS_PER_LEASE
                if now >= reap_at:
                    self._reap(lease_id)
                    reap_at = now + self._lease_s / _REAPS_PER_LEASE
                self._execution.cancel_cancelled()
                self.outages.worked("lease")
            except sa.exc.SQLAlchemyError as error:
                self.outages.failed("lease", error)
                self._stopping.wait(_SUPERVISE_S)
            self._fence.wait_for_loss(_SUPERVISE_S)

    def _begin_again(self, lease_id: str) -> str:
        """Drop what runs under a lease that is lost, and go on under a new one."""
        assert self._execution is not None
        # While the database is away this is tried more than once.
        if self._slots.lease_id is not None:
            _log.error("The lease %s is lost: what runs is dropped and begun again.", lease_id)
            self._on_lease(False)
            self._execution.drop()
        self._slots.wait_until_empty(_LAST_ITEM_S)
        self._leases.release(lease_id)
        taken = self._leases.take()
        self._fence.open(taken)
        self._on_lease(True)
        return taken

    def _reap(self, lease_id: str) -> None:
        """Have everything begun again that is pending and that nobody executes.

        Nobody does where nobody holds the lease. Something pending under this process's own lease
        that is not running here has ended while the database was away: the lease is given up.
        """
        pending = self._client.list_workflows(status="PENDING", load_input=False, load_output=False)
        executors = {each.executor_id for each in pending if each.executor_id is not None}
        dead = self._leases.without_lease(executors)
        if dead:
            DBOS._recover_pending_workflows(dead)
            self._slots.wake()
        assert self._execution is not None
        now = time.monotonic()
        own = {each.workflow_id for each in pending if each.executor_id == lease_id}
        strays = {each for each in own if not self._execution.runs(each)}
        self._strays = {each: self._strays.get(each, now) for each in strays}
        patience_s = max(self._lease_s, _STRAY_S)
        if any(now - seen >= patience_s for seen in self._strays.values()):
            _log.error("%d jobs are pending and run nowhere.", len(self._strays))
            self._strays.clear()
            self._fence.lose(lease_id)

    def _is_news(self, record: logging.LogRecord) -> bool:
        """Whether DBOS is to say so: a cancelled batch is no fault, an outage is told in a line."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and is_outage(error):
            self.outages.tell(error)
            return False
        if "OperationalError" in record.getMessage() and self.outages.longest() is not None:
            # Its threads put the whole traceback into their message.
            return False
        return not isinstance(error, DBOSAwaitedWorkflowCancelledError) and not any(
            word in record.getMessage()
            for word in ("was cancelled", "task cancelled", "no longer owned")
        )
