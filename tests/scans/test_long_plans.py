"""Plans of ten thousand pages: in few statements, in little memory, in seconds."""

import threading
import time
import tracemalloc
from contextlib import contextmanager

import pytest
from fixed_web import index, urlset
from scan_api import SITE
from sqlalchemy import event
from sqlmodel import Session, func, select

from service import db
from service.projects import Page
from service.scans import PageVisit, Scan, ScanJob
from service.scans.crawling import Frontiers, crawl_of
from service.scans.targets import read_targets

PAGES = 10_000
MAP = f"{SITE}/sitemap.xml"
MIB = 1024 * 1024


@pytest.fixture
def database_url(sqlite_url):
    """What is counted here is the same on both."""
    return sqlite_url


@pytest.fixture
def job(app, fleet, clock, web):
    files = {
        f"{SITE}/{n}.xml": urlset(*(f"{SITE}/books/{n}/{k}" for k in range(4000))) for n in range(3)
    }
    web.pages |= {MAP: index(*files), **files}
    return ScanJob(
        engine=app.state.engine,
        fleet=fleet,
        clock=clock,
        allowed_hosts=frozenset(),
        page_deadline_s=5,
        open_web=web.opened,
    )


@contextmanager
def counted(engine):
    """The statements of the block."""
    statements = []

    def count(_connection, _cursor, statement, *_):
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    yield statements
    event.remove(engine, "before_cursor_execute", count)


def planned(job, api, **more):
    """A scan of the sitemap as its job has planned it."""
    answer = api.post_body({"sitemap": MAP, **more})
    assert answer.status_code == 202, answer.text
    scan_id = answer.json()["id"]
    prepared = job.prepare(scan_id, threading.Event())
    with db.transaction(job.engine) as session:
        job.plan(session, scan_id, prepared)
    return scan_id


def test_ten_thousand_pages_are_planned_in_few_statements_and_seconds(job, api):
    started_s = time.process_time()
    with counted(job.engine) as statements:
        scan_id = planned(job, api)
    took_s = time.process_time() - started_s
    scan = api.get(f"/scans/{scan_id}")
    assert (scan["state"], scan["pages"]["requested"]) == ("running", PAGES)
    assert scan["left_out"] == {"max_pages": 2000}
    assert len(statements) < 200
    # It is about 2 s of processor time; a statement for each page would be a minute.
    assert took_s < 20
    with db.transaction(job.engine) as session, counted(job.engine) as statements:
        items = job.take(session, scan_id, 100)
        assert [item.id for item in items] == [f"{scan_id}-{n:06}" for n in range(100)]
        assert len(statements) < 10
        assert len(session.identity_map) < 150


@pytest.mark.long
def test_a_second_scan_of_the_same_pages_adds_none_and_keeps_little_in_memory(job, api):
    planned(job, api)
    tracemalloc.start()
    try:
        with counted(job.engine) as statements:
            planned(job, api, fresh=True)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 30 * MIB
    assert len(statements) < 200
    with Session(job.engine) as session:
        assert session.exec(select(func.count()).select_from(Page)).one() == PAGES
        assert session.exec(select(func.count()).select_from(PageVisit)).one() == 2 * PAGES


def test_the_frontier_of_a_long_plan_is_told_once_and_takes_little_memory(job, api, web):
    web.pages[f"{SITE}/robots.txt"] = 404
    scan_id = planned(job, api, crawl={"start": f"{SITE}/"}, max_pages=PAGES)
    frontiers = Frontiers()
    with db.transaction(job.engine, writes=False) as session:
        scan = session.get_one(Scan, scan_id)
        crawl = crawl_of(read_targets(scan.targets))
        tracemalloc.start()
        try:
            frontier = frontiers.of(session, scan, crawl)
            size, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        with counted(job.engine) as statements:
            assert frontiers.of(session, scan, crawl) is frontier
    assert size < 10 * MIB
    assert statements == []
