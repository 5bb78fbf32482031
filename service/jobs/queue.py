"""Asking for jobs: enqueue in the caller's own transaction, cancel. Works beside any executor."""

from collections.abc import Callable, Mapping, Sequence

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, SQLAlchemyDatasource
from sqlmodel import Session

from service.db import after_commit, close_engine, make_engine
from service.jobs.upgrade import begin_old_jobs_anew

# Jobs enqueued by one release run on the next: the default, a hash of the source, strands them.
JOBS_VERSION = "1"
BATCHES_QUEUE = "batches"
ITEMS_QUEUE = "items"
# An item that was begun so often and never ended is not begun again.
ATTEMPTS = 5
_TO_END = ("ENQUEUED", "PENDING", "DELAYED")
_ITEMS_PER_RANK = 1_000_000


def migrate(engine: sa.Engine) -> None:
    """Create or migrate the jobs engine's own tables in our database, and its jobs."""
    url = engine.url.render_as_string(hide_password=False)
    DBOS.migrate(url)
    SQLAlchemyDatasource.migrate(url)
    begin_old_jobs_anew(engine)


class JobQueue:
    """The asking side of the jobs engine."""

    def __init__(self, engine: sa.Engine, on_asked: Callable[[], None] = lambda: None) -> None:
        """`on_asked` is called when something was asked for here, and is committed."""
        self._on_asked = on_asked
        self._engine = make_engine(engine.url.render_as_string(hide_password=False), pool_size=5)
        # Whoever asks is told that the database is away, and need not wait for it.
        self._client = DBOSClient(
            system_database_engine=self._engine, retry_connection_errors=False
        )

    def enqueue(self, session: Session, batch_name: str, job_id: str, *, rank: int = 1) -> None:
        """Ask for the batch `job_id` in the caller's transaction: both are committed, or neither.

        Items of a batch of a lower `rank` go first. Asking twice for one id is asking once.
        """
        self._client.enqueue_in_transaction(
            session,
            {
                "queue_name": BATCHES_QUEUE,
                "workflow_name": batch_name,
                "workflow_id": job_id,
                "app_version": JOBS_VERSION,
                "priority": rank + 1,
            },
            job_id,
            rank,
        )
        after_commit(session, self._on_asked)

    def cancel(self, job_id: str) -> None:
        """Stop the batch and its items, also the running ones. An ended batch stays as it is."""
        self._client.cancel_workflow(job_id)
        items = self._client.list_workflows(
            workflow_id_prefix=f"{job_id}:",
            status=list(_TO_END),
            load_input=False,
            load_output=False,
        )
        self._client.cancel_workflows([item.workflow_id for item in items])

    def close(self) -> None:
        self._client.destroy()
        close_engine(self._engine)


def item_priority(rank: int, number: int) -> int:
    """The item `number` of a batch of a rank; the lowest goes first.

    Within a rank the tenth item of every batch comes before the eleventh of any, so that a small
    batch does not wait for a big one that began earlier.
    """
    return 1 + rank * _ITEMS_PER_RANK + min(number, _ITEMS_PER_RANK - 1)


def ended_items(client: DBOSClient, job_id: str, item_ids: Sequence[str]) -> Mapping[str, str]:
    """Those of a batch's items that have ended, each with why it broke ("" when it did not)."""
    known = {
        status.workflow_id: status.status
        for status in client.list_workflows(
            workflow_ids=[f"{job_id}:{item_id}" for item_id in item_ids],
            load_input=False,
            load_output=False,
        )
    }
    states = {item_id: known.get(f"{job_id}:{item_id}", "SUCCESS") for item_id in item_ids}
    return {item: _fault(state) for item, state in states.items() if state not in _TO_END}


def _fault(state: str) -> str:
    return {
        "SUCCESS": "",
        "MAX_RECOVERY_ATTEMPTS_EXCEEDED": (
            f"The process that worked on it died every time, {ATTEMPTS} times."
        ),
    }.get(state, f"The jobs engine calls it {state}.")
