"""What a visit brought is stored once, whatever happens to its scan meanwhile."""

import threading
from concurrent.futures import ThreadPoolExecutor

from fake_fleet import found_on, outcome_of
from scan_api import SITE
from sqlmodel import select

from service import db
from service.barriers import Sighting
from service.scans import FindingRow, PageVisit, Scan, ScanJob
from service.scans.batch import PageOutcome
from service.scans.reusing import Visited
from service.scans.storing import abandon_visit, end_scan, store_visit


def visit_rows(app, scan_id):
    with db.transaction(app.state.engine, writes=False) as session:
        return session.exec(
            select(PageVisit).where(PageVisit.scan_id == scan_id).order_by(PageVisit.id)
        ).all()


def examined_outcome(path="/"):
    return outcome_of(found_on(SITE + path))


def test_a_second_outcome_of_the_same_visit_is_dropped(api, app, clock):
    scan_id = api.scan("/")
    for _ in range(2):
        with db.transaction(app.state.engine) as session:
            store_visit(
                session, Visited(visit_id=f"{scan_id}-000000", outcome=examined_outcome()), clock()
            )
    with db.transaction(app.state.engine) as session:
        abandon_visit(session, f"{scan_id}-000000", "too late", clock())
    (visit,) = visit_rows(app, scan_id)
    assert (visit.state, visit.ended_order, visit.error_code) == ("examined", 1, None)
    with db.transaction(app.state.engine, writes=False) as session:
        assert len(session.exec(select(FindingRow)).all()) == 3
        assert len(session.exec(select(Sighting)).all()) == 2
        assert session.get_one(Scan, scan_id).ended_count == 1


def test_an_outcome_after_the_cancelling_is_dropped(api, app, clock):
    scan_id = api.scan("/")
    api.cancel(scan_id)
    with db.transaction(app.state.engine) as session:
        store_visit(
            session, Visited(visit_id=f"{scan_id}-000000", outcome=examined_outcome()), clock()
        )
        end_scan(session, scan_id, clock())
    assert api.findings(scan_id) == []
    assert api.get(f"/scans/{scan_id}")["state"] == "cancelled"


def test_visits_that_end_at_the_same_moment_are_numbered_one_after_another(api, app, clock):
    count = 12
    scan_id = api.scan(*(f"/{n}" for n in range(count)))

    def store(n):
        with db.transaction(app.state.engine) as session:
            # Whoever looked at the scan before must still count on from what is stored.
            session.get_one(Scan, scan_id)
            store_visit(
                session,
                Visited(visit_id=f"{scan_id}-{n:06}", outcome=examined_outcome(f"/{n}")),
                clock(),
            )

    with ThreadPoolExecutor(count) as threads:
        list(threads.map(store, range(count)))
    assert sorted(visit.ended_order for visit in visit_rows(app, scan_id)) == list(range(1, 13))


def test_cancelling_while_visits_are_stored_loses_and_doubles_none(api, app, clock):
    count = 12
    scan_id = api.scan(*(f"/{n}" for n in range(count)))

    def store(n):
        with db.transaction(app.state.engine) as session:
            store_visit(
                session,
                Visited(visit_id=f"{scan_id}-{n:06}", outcome=examined_outcome(f"/{n}")),
                clock(),
            )

    with ThreadPoolExecutor(count) as threads:
        storing = [threads.submit(store, n) for n in range(count)]
        assert api.cancel(scan_id).status_code == 202
        for each in storing:
            each.result(20)
    visits = visit_rows(app, scan_id)
    assert sorted(visit.ended_order for visit in visits) == list(range(1, 13))
    for visit in visits:
        found = len(api.findings(scan_id, url=visit.url))
        assert found == (3 if visit.state == "examined" else 0), visit
    assert api.get(f"/scans/{scan_id}")["state"] == "cancelled"


def test_what_comes_of_a_deleted_project_is_dropped_without_a_fault(api, app, clock, fleet):
    scan_id = api.scan("/")
    visit_id = f"{scan_id}-000000"
    job = ScanJob(
        engine=app.state.engine,
        fleet=fleet,
        clock=clock,
        allowed_hosts=frozenset(),
        page_deadline_s=5,
    )
    deleted = api.client.delete(f"/api/v1/projects/{api.project_id}", headers=api.headers)
    assert deleted.status_code == 204, deleted.text
    nothing = job.work(visit_id, threading.Event())
    assert nothing == PageOutcome()
    prepared = job.prepare(scan_id, threading.Event())
    with db.transaction(app.state.engine) as session:
        job.plan(session, scan_id, prepared)
        assert job.take(session, scan_id, 10) == []
        job.store(session, visit_id, nothing)
        job.store(
            session,
            visit_id,
            PageOutcome(visits=(Visited(visit_id=visit_id, outcome=examined_outcome()),)),
        )
        job.abandon(session, visit_id, "too late")
        job.finish(session, scan_id)
        job.fail(session, scan_id, "too late")
    with db.transaction(app.state.engine, writes=False) as session:
        for table in (Scan, PageVisit, FindingRow, Sighting):
            assert session.exec(select(table)).all() == []
    assert fleet.paths == []
