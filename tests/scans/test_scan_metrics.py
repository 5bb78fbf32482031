"""`/metrics`: the queue, the lanes, the browsers, and where the time of a visit goes."""

import re

import pytest
from fake_fleet import Waiting, unreachable
from prometheus_client import CollectorRegistry, generate_latest

from service.browser import BrowserEnd
from service.db import make_engine
from service.jobs import JobRuntime
from service.scans import ScanJob
from service.scans.metrics import ScanMetrics
from service.scans.observing import ScanEvents


@pytest.fixture
def numbers(client, owner):
    """Every sample of Luiska's own metrics, by its name and labels."""

    def read() -> dict[str, float]:
        text = client.get("/metrics", headers=owner).text
        found = re.findall(r"^(luiska_\S+) (\S+)$", text, re.M)
        return {name: float(value) for name, value in found}

    return read


@pytest.fixture
def counted(app, api, fleet, clock):
    """The calls, with jobs being executed and counted."""
    job = ScanJob(
        engine=app.state.engine,
        fleet=fleet,
        clock=clock,
        allowed_hosts=frozenset(),
        page_deadline_s=5,
        observer=ScanEvents(app.state.scan_metrics),
    )
    runtime = JobRuntime(
        app.state.engine, [job.batch()], executor_id="test", lanes=2, item_timeout_s=30
    )
    runtime.start()
    yield api
    runtime.stop()


def test_visits_are_counted_by_state_and_error_and_timed_by_phase(counted, fleet, numbers):
    fleet.pages["/off"] = unreachable
    counted.ended(counted.scan("/a", "/b", "/off"))
    told = numbers()
    assert told['luiska_visits_total{error="none",state="examined"}'] == 2
    assert told['luiska_visits_total{error="refused",state="error"}'] == 1
    assert told['luiska_visit_phase_seconds_count{phase="store"}'] == 3
    assert told['luiska_scans_total{state="incomplete"}'] == 1
    assert told["luiska_lanes_busy"] == 0


def test_the_queue_and_the_busy_lanes_are_those_of_the_moment(counted, fleet, numbers):
    slow = Waiting()
    fleet.pages["/slow"] = slow
    scan_id = counted.scan("/slow", *(f"/{n}" for n in range(3)))
    assert slow.entered.wait(10)
    told = numbers()
    assert told["luiska_database_up"] == 1
    assert told["luiska_lanes_busy"] >= 1
    assert told['luiska_queue_visits{state="running"}'] >= 1
    slow.released.set()
    counted.ended(scan_id)
    told = numbers()
    assert told['luiska_queue_visits{state="queued"}'] == 0
    assert told['luiska_queue_visits{state="running"}'] == 0


def test_what_a_cancelled_scan_leaves_is_no_queue(api, numbers):
    scan_id = api.scan("/a", "/b")
    assert numbers()['luiska_queue_visits{state="queued"}'] == 2
    api.cancel(scan_id)
    assert numbers()['luiska_queue_visits{state="queued"}'] == 0


def test_browsers_and_refusals_are_counted(app, numbers):
    events = ScanEvents(app.state.scan_metrics)
    events.browser_started()
    events.browser_started()
    events.browser_ended(BrowserEnd.RECYCLED)
    events.browser_ended(BrowserEnd.SPOILED)
    events.egress_refused(0)
    events.egress_refused(3)
    told = numbers()
    assert told["luiska_browsers_started_total"] == 2
    assert told['luiska_browsers_ended_total{reason="recycled"}'] == 1
    assert told['luiska_browsers_ended_total{reason="spoiled"}'] == 1
    assert told["luiska_egress_refusals_total"] == 3


def test_a_database_that_is_gone_is_told_and_the_rest_stays_readable(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/none/luiska.db")
    registry = CollectorRegistry(auto_describe=True)
    ScanMetrics(registry, engine, lanes=3)
    text = generate_latest(registry).decode()
    assert "luiska_database_up 0.0" in text
    assert "luiska_lanes 3.0" in text
    assert "luiska_queue_visits{" not in text
    engine.dispose()
