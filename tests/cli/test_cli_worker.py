"""`luiska worker`: lanes beside a service on the same PostgreSQL."""

import json
import socket
import urllib.request

import pytest
from local_site import LocalSite
from program import Running, luiska


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return str(answer.read().decode())


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
        settings={**settings, "LUISKA_EXECUTOR_ID": "worker", "LUISKA_METRICS_PORT": "0"},
    ) as worker:
        worker.wait_for("Working as worker with 1 lanes")
        metrics = worker.wait_for(r"Metrics on (http://127\.0\.0\.1:\d+)/metrics")[1]
        ended = luiska(
            "scan", f"{site.origin}/clean", "--lanes", "1", folder=tmp_path, settings=asking
        )
        assert (ended.code, ended.err.count("1/1 ")) == (0, 1)
        assert read(f"{metrics}/healthz") == "ok\n"
        told = read(f"{metrics}/metrics")
        assert "luiska_lanes 1.0\n" in told
        assert "luiska_lease_held 1.0\n" in told
        assert 'luiska_queue_visits{state="queued"} 0.0\n' in told
        stopped = worker.stop()
    assert stopped.code == 0
    assert "Traceback" not in stopped.err
    lines = [json.loads(line) for line in stopped.err.splitlines() if line.startswith("{")]
    events = [line["event"] for line in lines]
    assert [each for each in events if "lease" in each] == ["lease taken", "lease given up"]
    assert {line["level"] for line in lines} == {"info"}


@pytest.mark.long
def test_a_taken_metrics_port_is_one_line_and_nothing_is_examined(tmp_path, postgres_url):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = {"LUISKA_DATABASE_URL": postgres_url, "LUISKA_METRICS_PORT": str(port)}
        ended = luiska("worker", folder=tmp_path, settings=settings)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        f"luiska: Cannot listen on 127.0.0.1:{port}: Address already in use. "
        "Choose another LUISKA_METRICS_PORT.\n"
    )


@pytest.mark.long
def test_two_workers_of_one_name_are_one_too_many(tmp_path, postgres_url, site: LocalSite):
    settings = {"LUISKA_DATABASE_URL": postgres_url, "LUISKA_EXECUTOR_ID": "worker"}
    with Running("worker", folder=tmp_path, settings=settings) as worker:
        worker.wait_for("Working as worker")
        second = luiska("worker", folder=tmp_path, settings=settings)
    assert second.code == 1
    assert "LUISKA_EXECUTOR_ID" in second.err
