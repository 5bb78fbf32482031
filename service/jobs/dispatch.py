"""Which job runs next in this process: claims from the jobs engine's queues, one at a time.

The engine's own queue threads would poll at a fixed rate, share one number of lanes among all
processes and go through hosts at random. This uses the two private functions they are made of.
"""

import logging
import secrets
import threading
from collections.abc import Iterator
from concurrent.futures import Future

import sqlalchemy as sa
from dbos import DBOS, DBOSClient
from dbos._core import WorkflowHandleFuture, execute_dequeued_workflow
from dbos._queue import _INTERNAL_QUEUE_CONSTRUCTION, Queue

from service.jobs.batch import NO_LIMIT
from service.jobs.fence import Dropped, Fence
from service.jobs.outages import Outages
from service.jobs.queue import BATCHES_QUEUE, ITEMS_QUEUE, JOBS_VERSION
from service.jobs.slots import Slots

# How soon something is begun that another process asked for; own needs wake it at once.
_POLL_S = 0.4
_log = logging.getLogger(__name__)


class Dispatcher:
    """A thread that claims batches as they come, and items while lanes are free."""

    def __init__(
        self,
        dbos: DBOS,
        client: DBOSClient,
        fence: Fence,
        slots: Slots,
        outages: Outages,
        *,
        items_per_partition: int,
    ) -> None:
        """`client` must not wait for a database that is away: nothing would be begun or stopped."""
        self._dbos = dbos
        self._queues = client._sys_db
        self._fence = fence
        self._slots = slots
        self._outages = outages
        self._batches = _queue(BATCHES_QUEUE)
        self._polite = _queue(ITEMS_QUEUE, partition_concurrency=items_per_partition)
        self._own = _queue(ITEMS_QUEUE)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs-dispatcher")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Nothing is begun any more after this."""
        self._stopping.set()
        self._slots.wake()
        if self._thread.is_alive():
            self._thread.join()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                if not self._has_begun():
                    self._slots.wait(_POLL_S)
        except Exception:  # noqa: BLE001 - whatever it is, it is told and ends here
            # The lease is not kept without it, so that what waits is done elsewhere.
            _log.exception("No more jobs are begun in this process.")

    def _has_begun(self) -> bool:
        """Begin the next one; whether there was one, and a database to have it from."""
        try:
            began = self._begin_next()
        except Dropped:
            return False
        except sa.exc.SQLAlchemyError as error:
            self._outages.failed("claim", error)
            return False
        self._outages.worked("claim")
        return began

    def _begin_next(self) -> bool:
        """Begin the most urgent one that there is room for; whether there was one."""
        lease_id = self._slots.lease_id
        if lease_id is None:
            return False
        for queue_name, partition in self._waiting():
            if self._stopping.is_set():
                return False
            if queue_name == BATCHES_QUEUE:
                queue = self._batches
            elif self._slots.has_room():
                queue = self._own if partition == NO_LIMIT else self._polite
            else:
                return False
            if self._begin(queue, lease_id, partition):
                # What is most urgent may be another one now.
                return True
        return False

    def _waiting(self) -> Iterator[tuple[str, str | None]]:
        """The queues, and hosts of the items' queue, with something in them; most urgent first."""
        row = self._queues.tables.workflow_status.c
        with self._queues.engine.connect() as connection:
            found = connection.execute(
                sa.select(row.queue_name, row.queue_partition_key)
                .where(
                    row.status == "ENQUEUED",
                    row.queue_name.in_([BATCHES_QUEUE, ITEMS_QUEUE]),
                    row.application_version == JOBS_VERSION,
                )
                .group_by(row.queue_name, row.queue_partition_key)
                .order_by(row.queue_name, sa.func.min(row.priority), sa.func.min(row.created_at))
            ).all()
        return iter([(name, partition) for name, partition in found])

    def _begin(self, queue: Queue, lease_id: str, partition: str | None) -> bool:
        """Claim and begin one workflow; whether there was one."""
        owner = secrets.token_hex(16)
        try:
            claimed, _ = self._queues.start_queued_workflows(
                queue,
                lease_id,
                JOBS_VERSION,
                partition,
                owner_xid=owner,
                is_latest_version=True,
            )
        except sa.exc.DBAPIError as error:
            # Another process is claiming from the same host.
            if self._queues.is_lock_conflict(error):
                return False
            if self._queues.is_serialization_conflict(error):
                return False
            raise
        for status in self._fence.persist(
            lease_id, "claim", lambda: self._queues.get_workflow_statuses(claimed)
        ):
            workflow_id = status["workflow_uuid"]
            is_item = queue is not self._batches
            attempt = status["recovery_attempts"] or 1
            if is_item and not self._slots.enter(workflow_id, lease_id=lease_id, attempt=attempt):
                continue
            try:
                handle = execute_dequeued_workflow(self._dbos, status, owner)
            except Exception as error:  # noqa: BLE001 - the engine has kept why it is not begun
                _log.warning("%s is not begun: %s", workflow_id, error)
                self._slots.leave(workflow_id)
            else:
                if is_item:
                    self._leave_with(handle, workflow_id)
        return bool(claimed)

    def _leave_with(self, handle: object, workflow_id: str) -> None:
        if not isinstance(handle, WorkflowHandleFuture):
            self._slots.leave(workflow_id)
            return
        future: Future[object] = handle.future
        future.add_done_callback(lambda _: self._slots.leave(workflow_id))


def _queue(name: str, *, partition_concurrency: int | None = None) -> Queue:
    """A queue as this process alone sees it: it claims one workflow at a time."""
    return Queue(
        name,
        worker_concurrency=1,
        partition_concurrency=partition_concurrency,
        token=_INTERNAL_QUEUE_CONSTRUCTION,
    )
