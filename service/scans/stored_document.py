"""The document of a stored scan."""

from collections.abc import Iterable
from dataclasses import fields

import sqlalchemy as sa
from sqlmodel import Session, col, select

from service.barriers.document import FindingDocument, PageDocument, RefusedHost, ScanDocument
from service.projects import Page, Project, page_key
from service.scans.tables import FindingRow, PageVisit, RuleCountRow, Scan
from service.scans.targets import read_targets
from service.scans.values import ENDED, VISIT_ENDED


def document_of(session: Session, scan: Scan) -> ScanDocument:
    """The document of a stored scan; of a running one, visits that have not ended are left out.

    Where the scan itself broke, the pages it never got to are errors of theirs, and those it never
    found are one together: no report may look whole for lack of them.
    """
    visits = session.exec(
        select(PageVisit).where(PageVisit.scan_id == scan.id).order_by(PageVisit.id)
    ).all()
    project = session.get_one(Project, scan.project_id)
    completed = _completed_rules(session, scan.id)
    keys = dict(
        session.exec(
            select(PageVisit.id, Page.key).join(Page).where(PageVisit.scan_id == scan.id)
        ).all()
    )
    findings = _findings(session, scan.id)
    return ScanDocument(
        standard=scan.standard,
        engine={
            "axe": scan.axe_version,
            "browser": scan.browser_version,
            "luiska": scan.luiska_version,
        },
        pages=(
            *(
                _page(
                    visit,
                    findings.get(visit.id, ()),
                    key=keys[visit.id],
                    project=project,
                    named=scan.targets.get("sitemap") is None and scan.targets.get("crawl") is None,
                    page_state=scan.page_state,
                    completed=frozenset(completed.get(visit.id, ())),
                )
                for visit in visits
                if visit.state in VISIT_ENDED or scan.state in ENDED
            ),
            *_never_found(scan),
        ),
        left_out=dict(scan.left_out),
        notices=tuple(scan.notices),
    )


def _never_found(scan: Scan) -> Iterable[PageDocument]:
    """What a sitemap or a crawl would have led to, as one page, where the scan ended before it."""
    targets = read_targets(scan.targets)
    start = targets.sitemap or (None if targets.crawl is None else targets.crawl.start)
    if start is None or scan.state not in ("cancelled", "failed"):
        return
    yield PageDocument(
        url=start,
        final_url=None,
        viewport=_size(scan.viewports[0]),
        state="error",
        partial=False,
        partial_reasons=(),
        error="cancelled" if scan.state == "cancelled" else "infrastructure",
        error_detail=scan.failure or "The scan ended before it had found all pages from here.",
        status=None,
        title=None,
        findings=(),
        page_state=scan.page_state,
    )


def _size(viewport: str) -> tuple[int, int]:
    width, height = viewport.split("x")
    return int(width), int(height)


def _findings(session: Session, scan_id: str) -> dict[str, list[FindingDocument]]:
    """By visit. Read as columns: as objects of the session they take twice the time to make."""
    columns = [getattr(FindingRow, field.name) for field in fields(FindingDocument)]
    rows = session.execute(
        sa.select(col(FindingRow.visit_id), *columns)
        .where(col(FindingRow.scan_id) == scan_id)
        .order_by(col(FindingRow.id))
    )
    findings: dict[str, list[FindingDocument]] = {}
    for visit_id, *values in rows:
        named = dict(zip((column.key for column in columns), values, strict=True))
        document = FindingDocument(**{**named, "criteria": tuple(named["criteria"])})
        findings.setdefault(visit_id, []).append(document)
    return findings


def _completed_rules(session: Session, scan_id: str) -> dict[str, set[str]]:
    """The rules that ran to their end, by visit."""
    rows = session.exec(
        select(RuleCountRow.visit_id, RuleCountRow.rule)
        .join(PageVisit, col(PageVisit.id) == RuleCountRow.visit_id)
        .where(PageVisit.scan_id == scan_id, col(RuleCountRow.errored).is_(False))
    ).all()
    rules: dict[str, set[str]] = {}
    for visit_id, rule in rows:
        rules.setdefault(visit_id, set()).add(rule)
    return rules


def _page(
    visit: PageVisit,
    findings: Iterable[FindingDocument],
    *,
    key: str,
    project: Project,
    named: bool,
    page_state: str,
    completed: frozenset[str],
) -> PageDocument:
    return PageDocument(
        url=visit.url,
        final_url=visit.final_url,
        viewport=_size(visit.viewport),
        state="examined" if visit.state == "examined" else "error",
        partial=visit.partial,
        partial_reasons=tuple(visit.partial_reasons),
        error=visit.error_code if visit.state in VISIT_ENDED else "infrastructure",
        error_detail=visit.error_detail
        if visit.state in VISIT_ENDED
        else "The scan ended before this page was examined.",
        status=visit.status,
        title=visit.title,
        findings=tuple(findings),
        refused=tuple(RefusedHost(**each) for each in visit.refused or ()),
        timings_ms=dict(visit.timings_ms),
        reused_from=visit.reused_from,
        key=key,
        final_key="" if visit.final_url is None else page_key(project, visit.final_url),
        named=named,
        page_state=page_state,
        completed=completed,
    )
