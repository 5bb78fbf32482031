"""Stored scans go by what an earlier visit found, and the store cannot be told from a fresh one."""

from dataclasses import replace

import pytest
from axe_results import artifacts, node, rule
from fake_fleet import found_on, outcome_of, partial, two_faults
from sqlmodel import select

from service import db
from service.barriers import Barrier, Sighting
from service.scans import FindingRow, PageVisit, RuleCountRow

OWN = {"id", "scan_id", "visit_id", "barrier_id"}


class Site:
    """A page that has a digest; it is reused where the request names the same."""

    def __init__(self, digest="one"):
        self.digest = digest
        self.found = found_on

    def __call__(self, request, _):
        found = self.found(request.url)
        known = (request.digests or {}).get(request.viewport)
        if known is not None and known == self.digest:
            reused = outcome_of(replace(found, axe={}))
            return replace(reused, digest=self.digest, reused=True)
        return replace(outcome_of(found), digest=self.digest)


@pytest.fixture
def site(fleet):
    fleet.pages["/"] = Site()
    return fleet.pages["/"]


def scanned(running, **more):
    scan_id = running.scan("/", **more)
    assert running.ended(scan_id)["state"] == "completed"
    (visit,) = running.visits(scan_id)
    return visit


def rows(app, table, visit_id, without):
    with db.transaction(app.state.engine, writes=False) as session:
        found = session.exec(select(table).where(table.visit_id == visit_id)).all()
        return sorted(
            (each.model_dump(exclude=without) for each in found), key=lambda row: str(row)
        )


def test_a_page_that_is_the_same_has_the_findings_of_its_last_visit(running, app, site):
    first = scanned(running)
    again = scanned(running)
    assert (first["reused_from"], again["reused_from"]) == (None, first["id"])
    for name in ("final_url", "status", "title", "state", "partial"):
        assert again[name] == first[name]
    for table in (FindingRow, RuleCountRow):
        kept = rows(app, table, first["id"], OWN)
        assert kept
        assert rows(app, table, again["id"], OWN) == kept


def test_what_was_reused_can_be_reused_and_names_where_it_was_found(running, site):
    first, _, third = scanned(running), scanned(running), scanned(running)
    assert third["reused_from"] == first["id"]


def test_counts_gate_and_ledger_are_those_of_a_fresh_scan(running, app, site):
    scanned(running)
    reused = running.ended(running.scan("/"))
    fresh = running.ended(running.scan("/", fresh=True))
    for name in ("result", "counts", "pages", "state", "engine"):
        assert reused[name] == fresh[name]
    with db.transaction(app.state.engine, writes=False) as session:
        sightings = session.exec(select(Sighting)).all()
        assert {each.last_scan_id for each in sightings} == {fresh["id"]}
        assert all(each.present for each in sightings)
        assert len(session.exec(select(Barrier)).all()) == 2
    findings = running.findings(reused["id"])
    assert {each["barrier_id"] for each in findings if each["outcome"] == "failed"} == {
        each.barrier_id for each in sightings
    }


def test_a_page_as_it_was_before_it_was_mended_opens_its_barriers_again(running, app, site):
    scanned(running)
    site.digest, site.found = "two", lambda url: artifacts(
        url, passes=[{"id": name, "nodes": 1} for name in ("link-name", "color-contrast")]
    )  # fmt: skip
    scanned(running)
    with db.transaction(app.state.engine, writes=False) as session:
        assert not any(each.present for each in session.exec(select(Sighting)))
    site.digest, site.found = "one", found_on
    assert scanned(running)["reused_from"] is None
    with db.transaction(app.state.engine, writes=False) as session:
        assert all(each.present for each in session.exec(select(Sighting)))


def test_a_changed_page_is_examined(running, site):
    scanned(running)
    site.digest = "two"
    assert scanned(running)["reused_from"] is None


@pytest.mark.parametrize(
    "change",
    [{"fresh": True}, {"standard": "wcag21aa"}, {"viewports": [{"width": 400, "height": 800}]}],
    ids=lambda change: next(iter(change)),
)
def test_nothing_is_known_for_another_question(running, fleet, site, change):
    scanned(running)
    assert scanned(running, **change)["reused_from"] is None
    assert fleet.visits[-1].digests == {}


def test_a_fresh_scan_is_told_as_one_and_can_be_gone_by_later(running, site):
    fresh = scanned(running, fresh=True)
    scan_id = running.scan("/", fresh=True)
    assert running.ended(scan_id)["fresh"] is True
    assert scanned(running)["reused_from"] in {fresh["id"], f"{scan_id}-000000"}


@pytest.mark.parametrize("broken", ["partial", "threw", "nothing"])
def test_what_did_not_say_everything_is_never_gone_by(running, fleet, broken):
    def page(request, cancelled):
        if broken == "nothing":
            return two_faults(request, cancelled)
        if broken == "partial":
            return replace(partial(request, cancelled), digest="one")
        threw = {**rule("link-name", node("a", "<a></a>")), "error": {"message": "it broke"}}
        return replace(outcome_of(artifacts(request.url, incomplete=[threw])), digest="one")

    fleet.pages["/"] = page
    for _ in range(2):
        running.ended(running.scan("/"))
    assert fleet.visits[-1].digests == {}


def test_an_outcome_that_names_no_earlier_visit_is_an_error_and_no_pass(running, fleet):
    fleet.pages["/"] = lambda request, _: replace(
        outcome_of(replace(found_on(request.url), axe={})), digest="one", reused=True
    )
    scan_id = running.scan("/")
    assert running.ended(scan_id)["result"] == "error"
    assert running.visits(scan_id)[0]["error"] == "check_failed"


def test_an_earlier_visit_that_is_deleted_meanwhile_leaves_its_findings(running, app, fleet, site):
    first = scanned(running)

    def forget(request, cancelled):
        with db.transaction(app.state.engine) as session:
            session.delete(session.get_one(PageVisit, first["id"]))
        return site(request, cancelled)

    fleet.pages["/"] = forget
    again = scanned(running)
    assert again["reused_from"] == first["id"]
    assert len(running.findings(again["id"].rpartition("-")[0])) == 3
