"""Asking for jobs: enqueue in the caller's own transaction, cancel. Works beside any executor."""

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, SQLAlchemyDatasource
from sqlmodel import Session

from service.db import make_engine

# Jobs enqueued by one release run on the next: the default, a hash of the source, strands them.
JOBS_VERSION = "1"
BATCHES_QUEUE = "batches"
ITEMS_QUEUE = "items"


def migrate(engine: sa.Engine) -> None:
    """Create or migrate the jobs engine's own tables in our database."""
    url = engine.url.render_as_string(hide_password=False)
    DBOS.migrate(url)
    SQLAlchemyDatasource.migrate(url)


class JobQueue:
    """The asking side of the jobs engine."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = make_engine(engine.url.render_as_string(hide_password=False), pool_size=5)
        self._client = DBOSClient(system_database_engine=self._engine)

    def enqueue(self, session: Session, batch_name: str, job_id: str) -> None:
        """Ask for the batch `job_id` in the caller's transaction: both are committed, or neither.

        Asking twice for one id is asking once.
        """
        self._client.enqueue_in_transaction(
            session,
            {
                "queue_name": BATCHES_QUEUE,
                "workflow_name": batch_name,
                "workflow_id": job_id,
                "app_version": JOBS_VERSION,
            },
            job_id,
        )

    def cancel(self, job_id: str) -> None:
        """Stop the batch and its items, also the running ones. An ended batch stays as it is."""
        self._client.cancel_workflow(job_id, cancel_children=True)

    def close(self) -> None:
        self._client.destroy()
        self._engine.dispose()
