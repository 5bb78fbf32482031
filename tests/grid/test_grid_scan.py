"""Two workers on PostgreSQL and a Grid that loses nodes: every page is examined exactly once."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import FAULTY, Site
from program import Running
from selenium_grid import SeleniumGrid
from sqlmodel import select

from service import db
from service.access import Actor, Role, Work
from service.jobs import JobQueue
from service.projects import Project
from service.scans import ENDED, PageVisit, Scan, ScanRequest, request_scan

PAGES = 20
WORKERS = ("first", "second")
WITHIN_S = 150.0


@pytest.mark.long
def test_a_scan_outlives_a_killed_and_a_frozen_node(
    tmp_path: Path, postgres_url: str, grid: SeleniumGrid, site: Site
) -> None:
    engine = db.make_engine(postgres_url)
    site.pages |= {f"/page-{n}": FAULTY for n in range(PAGES)}
    scan_id = _ask_for_a_scan(engine, [site.url(f"/page-{n}") for n in range(PAGES)])
    with ExitStack() as stack:
        grid.start_node()
        grid.await_nodes()
        workers = [
            stack.enter_context(_worker(tmp_path, postgres_url, grid, site, name))
            for name in WORKERS
        ]

        _await_ended(engine, scan_id, 6)
        grid.node_of(next(iter(grid.sessions()))).kill()
        _await_ended(engine, scan_id, 12)
        frozen = grid.node_of(next(iter(grid.sessions())))
        frozen.freeze()
        # The other worker goes on meanwhile.
        _await_ended(engine, scan_id, 18)
        frozen.thaw()
        _await(lambda: _scan(engine, scan_id).state in ENDED)
        stopped = [worker.stop() for worker in workers]
    assert [(each.code, "Traceback" in each.err) for each in stopped] == [(0, False)] * 2
    with db.transaction(engine, writes=False) as session:
        visits = session.exec(select(PageVisit).where(PageVisit.scan_id == scan_id)).all()
        failed = [(v.error_code, v.error_detail) for v in visits if v.state != "examined"]
        assert (failed, session.get_one(Scan, scan_id).state) == ([], "completed")
        executed_by = session.scalars(
            sa.text("SELECT executor_id FROM dbos.workflow_status WHERE name = 'scan: item'")
        ).all()
    engine.dispose()
    assert sorted(visit.ended_order or 0 for visit in visits) == list(range(1, PAGES + 1))
    # Both have worked; a lease may stand behind the name.
    assert {each.partition(".")[0] for each in executed_by} == set(WORKERS)
    # What the workers left is free for others.
    grid.mend(2)
    grid.await_sessions(0)


def _worker(folder: Path, database: str, grid: SeleniumGrid, site: Site, name: str) -> Running:
    return Running(
        "worker",
        "--lanes",
        "1",
        folder=folder,
        settings={
            "LUISKA_DATABASE_URL": database,
            "LUISKA_GRID_URL": grid.url,
            "LUISKA_ALLOW_HOSTS": site.host,
            "LUISKA_EXECUTOR_ID": name,
        },
    )


def _ask_for_a_scan(engine: sa.Engine, urls: list[str]) -> str:
    queue = JobQueue(engine)
    try:
        with db.transaction(engine) as session:
            project = Project(slug="grid", name="Grid", created_at=datetime.now(UTC))
            session.add(project)
            session.flush()
            actor = Actor(name="test", role=Role.OWNER)
            work = Work(session=session, actor=actor, now=datetime.now(UTC))
            return request_scan(work, queue, project, ScanRequest(urls=tuple(urls))).id
    finally:
        queue.close()


def _scan(engine: sa.Engine, scan_id: str) -> Scan:
    with db.transaction(engine, writes=False) as session:
        return session.get_one(Scan, scan_id)


def _await_ended(engine: sa.Engine, scan_id: str, count: int) -> None:
    _await(lambda: _scan(engine, scan_id).ended_count >= count)


def _await(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline, "this took too long"
        time.sleep(0.1)
