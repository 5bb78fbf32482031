"""The application with a fake fleet and the real jobs runtime, on both databases."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from application import (
    app,
    ci,
    client,
    clock,
    make_token,
    owner,
    project,
    researcher,
    settings,
    viewer,
)
from fake_fleet import FakeFleet
from fastapi import FastAPI
from fixed_web import Web
from scan_api import Api, Headers
from starlette.testclient import TestClient

from service.jobs import JobRuntime
from service.scans import ScanJob
from service.scans.observing import ScanEvents
from service.scans.unchanged import AlwaysVisit, Rechecker

__all__ = [
    "app",
    "ci",
    "client",
    "clock",
    "make_token",
    "owner",
    "project",
    "researcher",
    "settings",
    "viewer",
]


@pytest.fixture
def fleet() -> FakeFleet:
    return FakeFleet()


@pytest.fixture
def web() -> Web:
    """What sitemaps and robots.txt are read from; it has none unless a test puts one there."""
    return Web({})


@pytest.fixture
def make_runtime(
    app: FastAPI, fleet: FakeFleet, clock: Any, web: Web
) -> Iterator[Callable[..., JobRuntime]]:
    """Makes the jobs runtime over the fake fleet; every one made is stopped at the end."""
    made: list[JobRuntime] = []

    def make(
        lanes: int = 2,
        executor_id: str = "test",
        item_timeout_s: float = 30,
        allowed_hosts: frozenset[str] = frozenset(),
        recheck: Rechecker | None = None,
    ) -> JobRuntime:
        events = ScanEvents(app.state.scan_metrics)
        job = ScanJob(
            engine=app.state.engine,
            fleet=fleet,
            clock=clock,
            allowed_hosts=allowed_hosts,
            page_deadline_s=5,
            open_web=web.opened,
            observer=events,
            recheck=recheck or AlwaysVisit(),
        )
        runtime = JobRuntime(
            app.state.engine,
            [job.batch()],
            executor_id=executor_id,
            lanes=lanes,
            item_timeout_s=item_timeout_s,
            on_lease=events.lease_changed,
        )
        made.append(runtime)
        return runtime

    yield make
    for runtime in made:
        runtime.stop()


@pytest.fixture
def api(client: TestClient, owner: Headers, project: str) -> Api:
    return Api(client, owner, project)


@pytest.fixture
def running(api: Api, make_runtime: Callable[..., JobRuntime]) -> Api:
    """The same, with jobs being executed."""
    make_runtime().start()
    return api
