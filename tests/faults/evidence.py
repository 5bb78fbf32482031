"""Asking for scans without an API, and what must hold of one whatever happened meanwhile."""

import os
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlmodel import Session, func, select

from service import db
from service.access import Actor, Role, Work
from service.barriers import Sighting
from service.jobs import JobQueue
from service.jobs.tables import Executor
from service.projects import Project
from service.scans import FindingRow, PageVisit, Scan, ScanRequest, request_scan
from service.scans.tables import RuleCountRow
from service.scans.values import VISIT_ENDED

IS_TORTURE = bool(os.environ.get("LUISKA_TORTURE"))
FINDINGS_PER_PAGE = 3
# Two processors that other things use as well may take long.
LONG_S = 120.0


def wait_until(condition: Callable[[], object], within_s: float = LONG_S) -> float:
    """Wait; answers for how many seconds."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within_s, "this took too long"
        time.sleep(0.05)
    return time.monotonic() - began


def ask(engine: sa.Engine, *paths: str, hosts: int = 2) -> str:
    """A scan of these pages, spread over so many hosts, in a project of its own."""
    queue = JobQueue(engine)
    with db.transaction(engine) as session:
        now = datetime.now(UTC)
        project = Project(slug=f"p{time.time_ns()}", name="P", created_at=now)
        session.add(project)
        session.flush()
        work = Work(session=session, actor=Actor(name="test", role=Role.OWNER), now=now)
        urls = tuple(f"https://{n % hosts}.example{path}" for n, path in enumerate(paths))
        scan_id = request_scan(work, queue, project, ScanRequest(urls=urls)).id
    queue.close()
    return scan_id


def pages(number: int) -> tuple[str, ...]:
    return tuple(f"/{n}" for n in range(number))


def ended_visits(engine: sa.Engine, *scan_ids: str) -> int:
    try:
        with db.transaction(engine, writes=False) as session:
            return sum(session.get_one(Scan, each).ended_count for each in scan_ids)
    except sa.exc.OperationalError:
        return 0


def state_of(engine: sa.Engine, scan_id: str) -> str:
    with db.transaction(engine, writes=False) as session:
        return session.get_one(Scan, scan_id).state


def visits_of(engine: sa.Engine, scan_id: str) -> list[PageVisit]:
    with db.transaction(engine, writes=False) as session:
        return list(
            session.exec(
                select(PageVisit).where(PageVisit.scan_id == scan_id).order_by(PageVisit.id)
            )
        )


def assert_none_lost_none_doubled(engine: sa.Engine, scan_id: str) -> None:
    """Every page examined once, with all its findings, each entered in the ledger once."""
    with db.transaction(engine, writes=False) as session:
        scan = session.get_one(Scan, scan_id)
        total = scan.pages_requested
        failed = session.exec(
            select(PageVisit.error_code, PageVisit.error_detail).where(
                PageVisit.scan_id == scan_id, PageVisit.state != "examined"
            )
        ).all()
        assert (scan.state, scan.ended_count, scan.failure, failed) == (
            "completed",
            total,
            None,
            [],
        )
        assert_nothing_half_stored(session, scan_id)
        places = Counter(
            (each.barrier_id, each.page_id, each.viewport, each.instance_key)
            for each in session.exec(select(Sighting))
        )
    assert {visit.state for visit in visits_of(engine, scan_id)} == {"examined"}
    assert set(places.values()) == {1}


def assert_nothing_half_stored(session: Session, scan_id: str) -> None:
    """A visit that has ended has all that was found; one that has not has nothing."""
    visits = session.exec(select(PageVisit).where(PageVisit.scan_id == scan_id)).all()
    ended = {visit.id for visit in visits if visit.state in VISIT_ENDED}
    orders = sorted(visit.ended_order for visit in visits if visit.ended_order is not None)
    assert orders == list(range(1, len(ended) + 1))
    assert session.get_one(Scan, scan_id).ended_count == len(ended)
    for table, each in ((FindingRow, FINDINGS_PER_PAGE), (RuleCountRow, 5)):
        found = dict(
            session.exec(
                select(table.visit_id, func.count())
                .where(table.visit_id.startswith(f"{scan_id}-"))
                .group_by(table.visit_id)
            ).all()
        )
        assert found == dict.fromkeys(ended, each), table
    of_scan = FindingRow.visit_id.startswith(f"{scan_id}-")
    row = (FindingRow.visit_id, FindingRow.rule, FindingRow.selector, FindingRow.instance_key)
    twice = select(*row).where(of_scan).group_by(*row).having(func.count() > 1)
    assert session.exec(twice).all() == []


def leases(engine: sa.Engine) -> set[str]:
    """The names under which leases are held, as far as the database knows."""
    with db.transaction(engine, writes=False) as session:
        return set(session.exec(select(Executor.name)))


def pending_under(engine: sa.Engine, name: str) -> int:
    """How many jobs run, as far as the database knows, under a lease of this name."""
    with engine.connect() as connection:
        return connection.exec_driver_sql(
            "SELECT count(*) FROM dbos.workflow_status "
            f"WHERE status = 'PENDING' AND executor_id LIKE '{name}.%%'"
        ).scalar_one()
