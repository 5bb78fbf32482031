"""What a scan comes to: progress, counts and result, from a few grouped queries."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from checks import Outcome
from service.scans.tables import FindingRow, PageVisit, RuleCountRow, Scan
from service.scans.values import ScanResult


@dataclass(frozen=True, kw_only=True)
class Pages:
    """Visits (a page in a viewport each): asked for, examined, ended with an error, to come."""

    requested: int
    examined: int
    failed: int
    remaining: int


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Elements failed, left to review and passed; rules with nothing to apply to.

    `by_impact` splits failed and cantTell: `{"serious": {"failed": 3, "cantTell": 1}}`.
    """

    failed: int = 0
    cant_tell: int = 0
    passed: int = 0
    inapplicable: int = 0
    by_impact: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Summary:
    pages: Pages
    counts: Counts
    result: ScanResult


def summarise(session: Session, scan: Scan) -> Summary:
    """Count one scan, running or ended."""
    return summarise_all(session, [scan])[scan.id]


def summarise_all(session: Session, scans: Sequence[Scan]) -> dict[str, Summary]:
    """Count each of these scans, by its id, in as many queries as one takes."""
    ids = [scan.id for scan in scans]
    pages = count_pages(session, scans)
    counts, gating = _count_findings(session, ids)
    rules = _count_rules(session, ids)
    return {
        scan.id: Summary(
            pages=pages[scan.id],
            counts=replace(
                counts.get(scan.id, Counts()),
                passed=rules[scan.id][0],
                inapplicable=rules[scan.id][1],
            ),
            result=result_of(scan.state, gating[scan.id]),
        )
        for scan in scans
    }


def count_pages(session: Session, scans: Sequence[Scan]) -> dict[str, Pages]:
    """How far each of these scans is, by its id."""
    states: dict[str, Counter[str]] = defaultdict(Counter)
    for scan_id, state, number in session.exec(
        select(PageVisit.scan_id, PageVisit.state, func.count())
        .where(col(PageVisit.scan_id).in_([scan.id for scan in scans]))
        .group_by(PageVisit.scan_id, PageVisit.state)
    ).all():
        states[scan_id][state] = number
    return {
        scan.id: Pages(
            requested=scan.pages_requested,
            examined=states[scan.id]["examined"],
            failed=states[scan.id]["error"],
            remaining=states[scan.id]["queued"] + states[scan.id]["running"],
        )
        for scan in scans
    }


def result_of(state: str, failed: int) -> ScanResult:
    """`fail` when checks failed on any page; `pass` only when every page was examined in full."""
    if state in {"queued", "running"}:
        return "pending"
    if failed:
        return "fail"
    return "pass" if state == "completed" else "error"


def _count_findings(
    session: Session, ids: Sequence[str]
) -> tuple[dict[str, Counts], Mapping[str, int]]:
    """By scan: failed and cantTell, and how many of the failed are not advisory."""
    by_impact: dict[str, dict[str, dict[str, int]]] = defaultdict(
        lambda: defaultdict(lambda: {"failed": 0, "cantTell": 0})
    )
    total: dict[str, Counter[str]] = defaultdict(Counter)
    gating: Counter[str] = Counter()
    for scan_id, outcome, impact, advisory, number in session.exec(
        sa.select(  # type: ignore[call-overload]
            FindingRow.scan_id,
            FindingRow.outcome,
            FindingRow.impact,
            FindingRow.advisory,
            func.count(),
        )
        .where(col(FindingRow.scan_id).in_(ids))
        .group_by(FindingRow.scan_id, FindingRow.outcome, FindingRow.impact, FindingRow.advisory)
    ).all():
        total[scan_id][outcome] += number
        by_impact[scan_id][impact or "none"][outcome] += number
        if outcome == Outcome.FAILED and not advisory:
            gating[scan_id] += number
    counts = {
        scan_id: Counts(
            failed=total[scan_id][Outcome.FAILED],
            cant_tell=total[scan_id][Outcome.CANT_TELL],
            by_impact={impact: dict(split) for impact, split in sorted(impacts.items())},
        )
        for scan_id, impacts in by_impact.items()
    }
    return counts, gating


def _count_rules(session: Session, ids: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """By scan: elements that passed, and rules with nothing to apply to."""
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for scan_id, passed, inapplicable in session.exec(
        select(
            PageVisit.scan_id,
            func.sum(RuleCountRow.passed),
            func.sum(sa.case((col(RuleCountRow.inapplicable).is_(True), 1), else_=0)),
        )
        .join(RuleCountRow, col(PageVisit.id) == RuleCountRow.visit_id)
        .where(col(PageVisit.scan_id).in_(ids))
        .group_by(PageVisit.scan_id)
    ).all():
        found[scan_id] = (passed, inapplicable)
    return found
