"""Jobs that version 0.1 enqueued or began, with one child per visit, run on this release."""

import pytest
import sqlalchemy as sa
from dbos import DBOSClient
from sqlmodel import Session

from service import db
from service.jobs import migrate


def old_batch(session: Session, client: DBOSClient, job_id: str) -> None:
    """What 0.1 enqueued: one argument and no priority."""
    client.enqueue_in_transaction(
        session,
        {
            "queue_name": "batches",
            "workflow_name": "scan",
            "workflow_id": job_id,
            "app_version": "1",
        },
        job_id,
    )


@pytest.fixture
def old(api, app):
    """A scan of three pages as 0.1 left it in the queue."""
    scan_id = api.scan("/a", "/b", "/c")
    client = DBOSClient(system_database_engine=app.state.engine)
    client.delete_workflow(scan_id)
    with db.transaction(app.state.engine) as session:
        old_batch(session, client, scan_id)
    yield scan_id, client
    client.destroy()


def test_a_scan_that_was_queued_is_made(api, old, make_runtime):
    scan_id, _ = old
    make_runtime().start()
    assert api.ended(scan_id)["state"] == "completed"


def test_a_scan_that_was_begun_is_finished_and_no_page_is_doubled(
    api, app, old, make_runtime, fleet
):
    scan_id, client = old
    visits = [visit["id"] for visit in api.visits(scan_id)]
    schema = "" if app.state.engine.dialect.name == "sqlite" else "dbos."
    with db.transaction(app.state.engine) as session:
        for visit_id in visits:
            client.enqueue_in_transaction(
                session,
                {
                    "queue_name": "items",
                    "workflow_name": "scan: item",
                    "workflow_id": f"{scan_id}:{visit_id}",
                    "app_version": "1",
                    "queue_partition_key": "library.example",
                },
                visit_id,
            )
        run = f"UPDATE {schema}workflow_status SET status = 'PENDING', executor_id = 'embedded'"
        session.execute(
            sa.text(f"{run} WHERE workflow_uuid IN (:job, :item)"),
            {"job": scan_id, "item": f"{scan_id}:{visits[0]}"},
        )
        for number, visit_id in enumerate(visits, start=2):
            session.execute(
                sa.text(
                    f"INSERT INTO {schema}operation_outputs "
                    "(workflow_uuid, function_id, function_name, child_workflow_id) "
                    "VALUES (:job, :number, 'scan: item', :child)"
                ),
                {"job": scan_id, "number": number, "child": f"{scan_id}:{visit_id}"},
            )
    migrate(app.state.engine)
    make_runtime().start()
    assert api.ended(scan_id)["state"] == "completed"
    assert sorted(fleet.paths) == ["/a", "/b", "/c"]
