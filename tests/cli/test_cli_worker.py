"""`luiska worker`: lanes beside a service on the same PostgreSQL."""

from local_site import LocalSite
from program import Running, luiska


def test_a_worker_on_sqlite_is_refused_with_what_to_do(tmp_path):
    ended = luiska("worker", folder=tmp_path)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("luiska: A worker needs PostgreSQL")
    assert list(tmp_path.iterdir()) == []


def test_a_worker_examines_what_a_service_was_asked_for(tmp_path, postgres_url, site: LocalSite):
    settings = {"LUISKA_DATABASE_URL": postgres_url, "LUISKA_ALLOW_HOSTS": site.host}
    asking = {**settings, "LUISKA_EXECUTOR_ID": "asking"}
    # The engine hands each page to whichever of the two is free; the scan is completed either way.
    with Running(
        "worker",
        "--lanes",
        "1",
        folder=tmp_path,
        settings={**settings, "LUISKA_EXECUTOR_ID": "worker"},
    ) as worker:
        worker.wait_for("Working as worker with 1 lanes")
        ended = luiska(
            "scan", f"{site.origin}/clean", "--lanes", "1", folder=tmp_path, settings=asking
        )
        assert (ended.code, ended.err.count("1/1 ")) == (0, 1)
        stopped = worker.stop()
    assert stopped.code == 0
    assert "Traceback" not in stopped.err


def test_two_workers_of_one_name_are_one_too_many(tmp_path, postgres_url, site: LocalSite):
    settings = {"LUISKA_DATABASE_URL": postgres_url, "LUISKA_EXECUTOR_ID": "worker"}
    with Running("worker", folder=tmp_path, settings=settings) as worker:
        worker.wait_for("Working as worker")
        second = luiska("worker", folder=tmp_path, settings=settings)
    assert second.code == 1
    assert "LUISKA_EXECUTOR_ID" in second.err
