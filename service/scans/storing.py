"""Keeping what a visit brought: once, whole, and in the ledger."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from checks import (
    Finding,
    MalformedAxeResult,
    Reading,
    read_axe,
    standard,
    with_closed_shadow_roots,
)
from service.barriers.document import RefusedHost
from service.barriers.ledger import Visit, attach
from service.browser import PageError, PageErrorCode, VisitOutcome
from service.browser.sources import packed
from service.db import insert_all
from service.db.text import storable
from service.projects import Page, lock_project
from service.scans.pictures import keep_page_picture, keep_pictures
from service.scans.reusing import Visited, digest_to_keep
from service.scans.tables import FindingRow, PageVisit, RuleCountRow, Scan, VisitSources
from service.scans.values import ENDED, VISIT_ENDED


def reading_of(visited: Visited, standard_id: str) -> Reading | PageError:
    """What a visit says of its page; a reused one says what the earlier one said."""
    if visited.earlier is not None:
        return _storable_reading(visited.earlier.reading)
    return read_outcome(visited.outcome, standard_id)


def store_visit(session: Session, visited: Visited, now: datetime) -> bool:
    """Store one visit with its findings and enter them in the ledger; answers whether it was.

    A reused outcome has those of `earlier`: the rows and the ledger are what a fresh one gives.

    A visit that has ended stays as it is: the second of two outcomes is dropped. So is the
    outcome of a visit that was deleted with its project.
    """
    outcome, earlier = visited.outcome, visited.earlier
    project_id = _project_of(session, visited.visit_id)
    if project_id is None:
        return False
    lock_project(session, project_id)
    scan, visit = _locked(session, visited.visit_id)
    if visit.state in VISIT_ENDED:
        return False
    reading = visited.reading or reading_of(visited, scan.standard)
    visit.timings_ms = dict(outcome.timings_ms)
    if outcome.artifacts is not None:
        visit.final_url = storable(outcome.artifacts.final_url)
        visit.status = outcome.artifacts.status
        visit.title = storable(outcome.artifacts.title)
        session.get_one(Page, visit.page_id).title = visit.title
        if outcome.artifacts.links is not None:
            visit.canonical = outcome.artifacts.links.canonical
    visit.partial = outcome.partial
    visit.partial_reasons = list(outcome.partial_reasons)
    visit.refused = [asdict(each) for each in refused_hosts(outcome)]
    if isinstance(reading, PageError):
        _end_visit(scan, visit, now, error_code=reading.code, error_detail=storable(reading.detail))
    else:
        visit.digest = digest_to_keep(outcome, reading)
        visit.reused_from = earlier.visit_id if earlier else None
        if visit.digest is not None and outcome.sources is not None:
            session.add(VisitSources(visit_id=visit.id, content=packed(outcome.sources)))
        _keep(session, scan, visit, reading, now)
        keep_pictures(session, visit.id, outcome.pictures)
        keep_page_picture(session, visit.id, outcome.page_picture)
        _end_visit(scan, visit, now)
    scan.axe_version = scan.axe_version or outcome.axe_version
    scan.browser_version = scan.browser_version or outcome.browser_version
    return True


def abandon_visit(session: Session, visit_id: str, reason: str, now: datetime) -> None:
    """End a visit that could not be made, whatever broke it."""
    if _project_of(session, visit_id) is None:
        return
    scan, visit = _locked(session, visit_id)
    if visit.state not in VISIT_ENDED:
        _end_visit(
            scan,
            visit,
            now,
            error_code=PageErrorCode.INFRASTRUCTURE,
            error_detail=storable(reason),
        )


def end_scan(session: Session, scan_id: str, now: datetime) -> None:
    """Sum up: completed when every page was examined in full, else incomplete."""
    scan = session.get(Scan, scan_id, with_for_update=True)
    if scan is None or scan.state in ENDED:
        return
    whole = session.exec(
        select(func.count())
        .select_from(PageVisit)
        .where(
            PageVisit.scan_id == scan_id,
            PageVisit.state == "examined",
            col(PageVisit.partial).is_(False),
        )
    ).one()
    scan.state = "completed" if whole == scan.pages_requested else "incomplete"
    scan.ended_at = now


def fail_scan(session: Session, scan_id: str, reason: str, now: datetime) -> None:
    """Keep that the job itself broke; what was examined stays."""
    scan = session.get(Scan, scan_id, with_for_update=True)
    if scan is not None and scan.state not in ENDED:
        scan.state = "failed"
        scan.failure = storable(reason)
        scan.ended_at = now


def read_outcome(outcome: VisitOutcome, standard_id: str) -> Reading | PageError:
    """What a visit says of its page under a standard, or why it says nothing.

    A result that cannot be read is an error of the page, never a pass.
    """
    if outcome.error is not None:
        return outcome.error
    if outcome.artifacts is None:
        return PageError(code=PageErrorCode.CHECK_FAILED, detail="The visit brought nothing back.")
    try:
        asked = standard(standard_id)
        reading = read_axe(outcome.artifacts, asked)
        return _storable_reading(with_closed_shadow_roots(reading, outcome.artifacts, asked))
    except MalformedAxeResult as error:
        return PageError(code=PageErrorCode.CHECK_FAILED, detail=str(error))


def completed_rules(reading: Reading) -> frozenset[str]:
    """The rules that ran to their end: what these did not find is not there."""
    return frozenset(count.rule for count in reading.counts if not count.errored)


def refused_hosts(outcome: VisitOutcome) -> tuple[RefusedHost, ...]:
    """What the guard kept the page from, as it is told of."""
    return tuple(
        RefusedHost(
            host=storable(refusal.host),
            port=refusal.port,
            code=refusal.code,
            reason=storable(refusal.reason),
        )
        for refusal in outcome.refused
    )


def _keep(session: Session, scan: Scan, visit: PageVisit, reading: Reading, now: datetime) -> None:
    barrier_ids = attach(
        session,
        Visit(
            project_id=scan.project_id,
            page_id=visit.page_id,
            viewport=visit.viewport,
            scan_id=scan.id,
            complete=not visit.partial,
            at=now,
            page_state=scan.page_state,
        ),
        reading,
    )
    insert_all(
        session,
        FindingRow,
        (
            _row(visit, ordinal, finding, barrier_ids.get(finding.fingerprint))
            for ordinal, finding in enumerate(reading.findings)
        ),
    )
    insert_all(
        session,
        RuleCountRow,
        (
            {
                "visit_id": visit.id,
                "rule": count.rule,
                "failed": count.failed,
                "cant_tell": count.cant_tell,
                "passed": count.passed,
                "inapplicable": count.inapplicable,
                "errored": count.errored,
            }
            for count in reading.counts
        ),
    )


def _row(
    visit: PageVisit, ordinal: int, finding: Finding, barrier_id: str | None
) -> dict[str, Any]:
    return {
        "id": f"{visit.id}-{ordinal:06}",
        "scan_id": visit.scan_id,
        "visit_id": visit.id,
        "barrier_id": barrier_id,
        "ordinal": ordinal,
        "rule": finding.rule,
        "engine": finding.engine,
        "outcome": finding.outcome,
        "impact": finding.impact,
        "criteria": list(finding.criteria),
        "advisory": finding.advisory,
        "selector": finding.selector,
        "html": finding.html,
        "message": finding.message,
        "help": finding.help,
        "help_url": finding.help_url,
        "fingerprint": finding.fingerprint,
        "instance_key": finding.instance_key,
        "path": finding.path,
    }


def _project_of(session: Session, visit_id: str) -> str | None:
    return session.exec(
        select(Scan.project_id)
        .join(PageVisit, col(PageVisit.scan_id) == Scan.id)
        .where(PageVisit.id == visit_id)
    ).first()


def _locked(session: Session, visit_id: str) -> tuple[Scan, PageVisit]:
    """The visit and its scan as they are now, and nobody else's until this transaction ends.

    The scan is locked first, as cancelling does.
    """
    scan_id = session.exec(select(PageVisit.scan_id).where(PageVisit.id == visit_id)).one()
    scan = session.get_one(Scan, scan_id, with_for_update=True, populate_existing=True)
    visit = session.get_one(PageVisit, visit_id, with_for_update=True, populate_existing=True)
    return scan, visit


def _end_visit(
    scan: Scan,
    visit: PageVisit,
    now: datetime,
    *,
    error_code: str | None = None,
    error_detail: str | None = None,
) -> None:
    scan.ended_count += 1
    visit.state = "examined" if error_code is None else "error"
    visit.error_code = error_code
    visit.error_detail = error_detail
    visit.ended_order = scan.ended_count
    visit.ended_at = now


def _storable_reading(reading: Reading) -> Reading:
    return replace(
        reading,
        findings=tuple(
            replace(
                finding,
                selector=storable(finding.selector),
                path=storable(finding.path),
                html=storable(finding.html),
                message=storable(finding.message),
            )
            for finding in reading.findings
        ),
    )
