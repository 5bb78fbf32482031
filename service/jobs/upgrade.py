"""Jobs that an older release began are begun anew, from what their feature has kept of them.

Jobs that it only enqueued need nothing: name, queue, version and argument are the same.
"""

import sqlalchemy as sa
from dbos import DBOSClient

from service.db import close_engine, make_engine, transaction


def begin_old_jobs_anew(engine: sa.Engine) -> None:
    """Forget the checkpoints of batches that enqueued each item as a step of its own.

    Until version 0.1 all items were children, enqueued at once. Nothing on a database without
    such jobs. The older release must have been stopped.
    """
    schema = "" if engine.dialect.name == "sqlite" else "dbos."
    begun = sa.text(
        f"SELECT DISTINCT job.workflow_uuid FROM {schema}workflow_status job "
        f"JOIN {schema}operation_outputs step ON step.workflow_uuid = job.workflow_uuid "
        "WHERE job.queue_name = 'batches' AND job.status IN ('PENDING', 'ENQUEUED') "
        "AND step.child_workflow_id IS NOT NULL"
    )
    with transaction(engine, writes=False) as session:
        jobs = list(session.execute(begun).scalars())
    if not jobs:
        return
    own = make_engine(engine.url.render_as_string(hide_password=False), pool_size=2)
    client = DBOSClient(system_database_engine=own)
    for job in jobs:
        items = client.list_workflows(
            workflow_id_prefix=f"{job}:", load_input=False, load_output=False
        )
        client.delete_workflows([item.workflow_id for item in items])
        with transaction(engine) as session:
            for forget in (
                f"DELETE FROM {schema}operation_outputs WHERE workflow_uuid = :job",
                f"DELETE FROM {schema}datasource_outputs WHERE workflow_id = :job",
                f"UPDATE {schema}workflow_status SET status = 'ENQUEUED', executor_id = NULL, "
                "owner_xid = NULL, started_at_epoch_ms = NULL WHERE workflow_uuid = :job",
            ):
                session.execute(sa.text(forget), {"job": job})
    client.destroy()
    close_engine(own)
