"""The jobs runtime: one executor, one DBOS, and the private parts of DBOS that it uses."""

import asyncio
import inspect
import logging
import threading
from pathlib import Path

import dbos._dbos
import pytest
import sqlalchemy as sa
from dbos import DBOS, DBOSClient, SQLAlchemyDatasource
from dbos._core import StepOptions, execute_dequeued_workflow
from dbos._datasource import DatasourceOptions, IsolationLevel
from dbos._error import DBOSAwaitedWorkflowCancelledError
from dbos._queue import Queue
from dbos._schemas.system_database import SystemSchema
from dbos._sys_db import SystemDatabase, WorkflowStatusInternal, db_retry
from fake_fleet import Waiting

from service.jobs import ExecutorIsTaken
from service.jobs.dispatch import Dispatcher
from service.jobs.executor_lock import ExecutorLock


@pytest.fixture
def sqlite(sqlite_url: str):
    from service import db

    engine = db.make_engine(sqlite_url)
    yield engine
    engine.dispose()


def test_a_sqlite_file_has_one_executor_whatever_it_is_called(sqlite):
    lock = ExecutorLock(sqlite, "embedded")
    with pytest.raises(ExecutorIsTaken, match="--server"):
        ExecutorLock(sqlite, "another")
    lock.release()
    ExecutorLock(sqlite, "another").release()


def test_a_link_to_a_sqlite_file_is_the_same_file(sqlite, tmp_path):
    link = tmp_path / "link.db"
    link.symlink_to(Path(sqlite.url.database))
    linked = sa.create_engine(f"sqlite:///{link}")
    lock = ExecutorLock(sqlite, "embedded")
    with pytest.raises(ExecutorIsTaken):
        ExecutorLock(linked, "embedded")
    lock.release()
    linked.dispose()


def test_a_name_has_one_executor_on_either_database(engine):
    lock = ExecutorLock(engine, "machine-1")
    with pytest.raises(ExecutorIsTaken):
        ExecutorLock(engine, "machine-1")
    lock.release()
    ExecutorLock(engine, "machine-1").release()


def test_other_names_execute_beside_it_on_postgresql(postgres_url):
    from service import db

    engine = db.make_engine(postgres_url)
    locks = [ExecutorLock(engine, name) for name in ("machine-1", "machine-2")]
    for lock in locks:
        lock.release()
    engine.dispose()


def test_a_second_runtime_of_the_name_does_not_start_and_disturbs_nothing(api, make_runtime, fleet):
    make_runtime().start()
    refused = make_runtime()
    with pytest.raises(ExecutorIsTaken):
        refused.start()
    assert api.ended(api.scan("/"))["state"] == "completed"


def test_what_was_asked_for_while_nobody_executed_is_done_at_the_start(api, make_runtime):
    scan_id = api.scan("/a", "/b")
    assert api.get(f"/scans/{scan_id}")["state"] == "queued"
    make_runtime().start()
    assert api.ended(scan_id)["state"] == "completed"


def test_what_runs_at_the_stop_is_taken_up_at_the_next_start(api, make_runtime, fleet):
    slow = Waiting()
    fleet.pages["/slow"] = slow
    scan_id = api.scan("/a", "/slow", "/c")
    first = make_runtime()
    first.start()
    assert slow.entered.wait(10)
    first.stop()
    assert api.get(f"/scans/{scan_id}")["state"] == "running"
    del fleet.pages["/slow"]
    make_runtime().start()
    scan = api.ended(scan_id)
    assert (scan["state"], scan["pages"]["examined"]) == ("completed", 3)
    assert [each["state"] for each in api.visits(scan_id)] == ["examined"] * 3


def test_a_stopped_runtime_says_so_and_may_be_stopped_again(api, make_runtime):
    runtime = make_runtime()
    with pytest.raises(RuntimeError, match="not being executed"):
        runtime.check()
    runtime.start()
    runtime.check()
    runtime.stop()
    with pytest.raises(RuntimeError, match="not being executed"):
        runtime.check()
    runtime.stop()


def test_a_runtime_that_begins_nothing_any_more_says_so_and_gives_up_its_lease(
    api, make_runtime, monkeypatch, caplog
):
    def broken(_: object) -> None:
        raise KeyError("unheard of")

    runtime = make_runtime()
    runtime.start()
    monkeypatch.setattr(Dispatcher, "_waiting", broken)
    runtime.look()
    runtime._dispatcher._thread.join(10)
    runtime._supervisor.join(10)
    with pytest.raises(RuntimeError, match="not being executed"):
        runtime.check()
    assert "No more jobs are begun in this process." in caplog.messages
    monkeypatch.undo()
    runtime.stop()
    make_runtime().start()
    assert api.ended(api.scan("/"))["state"] == "completed"


def test_a_start_that_fails_leaves_the_name_free(api, app, make_runtime, monkeypatch):
    def broken() -> None:
        raise OSError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(DBOS, "launch", broken)
        with pytest.raises(OSError, match="no room"):
            make_runtime().start()
    make_runtime().start()
    assert api.ended(api.scan("/"))["state"] == "completed"


def test_an_item_that_takes_for_ever_is_abandoned_by_name(api, make_runtime, fleet):
    stuck = Waiting()
    fleet.pages["/stuck"] = stuck
    make_runtime(item_timeout_s=0.5).start()
    scan_id = api.scan("/stuck", "/fine")
    assert api.ended(scan_id)["state"] == "incomplete"
    visit = api.visits(scan_id)[0]
    assert (visit["state"], visit["error"]) == ("error", "infrastructure")
    assert "imeout" in visit["error_detail"]


def test_the_threads_that_take_items_end_with_the_runtime(api, make_runtime):
    def workers():
        return {each.name for each in threading.enumerate() if each.name.startswith("jobs-")}

    runtime = make_runtime()
    runtime.start()
    api.ended(api.scan("/"))
    assert workers() == {"jobs-dispatcher", "jobs-supervisor"}
    runtime.stop()
    assert workers() == set()


def test_every_test_begins_without_a_dbos_of_another():
    assert dbos._dbos._dbos_global_instance is None
    assert dbos._dbos._dbos_global_registry is None


def test_cancelling_is_no_trouble_in_the_log(running, fleet, caplog):
    slow = Waiting()
    fleet.pages["/slow"] = slow
    scan_id = running.scan("/slow")
    assert slow.entered.wait(10)
    with caplog.at_level(logging.WARNING):
        running.cancel(scan_id)
        assert slow.left.wait(2)
        running.ended(running.scan("/after"))
    assert [record.getMessage() for record in caplog.records if record.name == "dbos"] == []


# What Luiska uses of DBOS beyond its public names; dbos is pinned to one version.


def test_the_error_of_awaiting_a_cancelled_workflow_names_it():
    assert issubclass(DBOSAwaitedWorkflowCancelledError, Exception)
    assert "job-1" in str(DBOSAwaitedWorkflowCancelledError("job-1"))


def test_a_datasource_step_takes_a_name_and_an_isolation_level():
    options = DatasourceOptions(name="store", isolation_level="READ COMMITTED")
    assert options == {"name": "store", "isolation_level": "READ COMMITTED"}
    assert set(IsolationLevel.__args__) >= {"SERIALIZABLE", "READ COMMITTED"}
    assert list(inspect.signature(SQLAlchemyDatasource.run_tx_step).parameters) == [
        "self", "ds_options", "func", "args", "kwargs",
    ]  # fmt: skip


def test_a_datasource_asks_itself_which_errors_pass_and_keeps_the_others():
    assert list(inspect.signature(SQLAlchemyDatasource._is_serialization_error).parameters) == [
        "self", "error",
    ]  # fmt: skip
    assert list(inspect.signature(SQLAlchemyDatasource._record_error).parameters) == [
        "self", "workflow_id", "step_id", "error", "serialization",
    ]  # fmt: skip
    assert list(inspect.signature(SQLAlchemyDatasource._check_execution).parameters) == [
        "self", "workflow_id", "step_id",
    ]  # fmt: skip
    assert "self._check_execution(" in inspect.getsource(
        SQLAlchemyDatasource._check_execution_with_retry
    )


def test_the_engine_waits_for_a_database_that_is_away_unless_it_is_told_not_to():
    assert "retry_connection_errors" in inspect.signature(DBOSClient).parameters
    assert "self._retry_connection_errors = " in inspect.getsource(SystemDatabase.__init__)
    assert "_retry_connection_errors" in inspect.getsource(db_retry)


def test_a_preemptible_step_is_async():
    assert {"preemptible", "name"} <= set(StepOptions.__annotations__)
    assert asyncio.iscoroutinefunction(DBOS.run_step_async)


def test_workflows_are_claimed_and_begun_by_two_private_functions():
    parameters = inspect.signature(SystemDatabase.start_queued_workflows).parameters
    assert list(parameters) == [
        "self", "queue", "executor_id", "app_version", "queue_partition_key",
        "local_running_count", "partition_local_running_count", "owner_xid", "is_latest_version",
    ]  # fmt: skip
    assert list(inspect.signature(execute_dequeued_workflow).parameters) == [
        "dbos", "status", "owner_xid",
    ]  # fmt: skip
    assert {"worker_concurrency", "partition_concurrency", "token"} <= set(
        inspect.signature(Queue).parameters
    )
    assert {"workflow_uuid", "recovery_attempts"} <= set(WorkflowStatusInternal.__annotations__)


def test_a_client_has_the_same_private_functions(postgres_url):
    client = DBOSClient(system_database_url=postgres_url, retry_connection_errors=False)
    assert isinstance(client._sys_db, SystemDatabase)
    assert client._sys_db._retry_connection_errors is False
    client.destroy()


def test_the_queues_stand_in_a_table_of_known_columns():
    assert {
        "workflow_uuid", "status", "queue_name", "queue_partition_key", "application_version",
        "priority", "created_at", "executor_id",
    } <= set(SystemSchema.workflow_status.columns.keys())  # fmt: skip


def test_recovery_takes_the_ids_of_executors():
    assert list(inspect.signature(DBOS._recover_pending_workflows).parameters) == ["executor_ids"]
