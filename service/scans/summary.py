"""What a scan comes to: progress, counts and result, from a few grouped queries."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

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
    states = Counter(
        dict(
            session.exec(
                select(PageVisit.state, func.count())
                .where(PageVisit.scan_id == scan.id)
                .group_by(PageVisit.state)
            ).all()
        )
    )
    pages = Pages(
        requested=scan.pages_requested,
        examined=states["examined"],
        failed=states["error"],
        remaining=states["queued"] + states["running"],
    )
    gating = session.exec(
        select(func.count())
        .select_from(FindingRow)
        .where(
            FindingRow.scan_id == scan.id,
            FindingRow.outcome == Outcome.FAILED,
            col(FindingRow.advisory).is_(False),
        )
    ).one()
    return Summary(
        pages=pages, counts=_counts(session, scan.id), result=result_of(scan.state, gating)
    )


def result_of(state: str, failed: int) -> ScanResult:
    """`fail` when checks failed on any page; `pass` only when every page was examined in full."""
    if state in {"queued", "running"}:
        return "pending"
    if failed:
        return "fail"
    return "pass" if state == "completed" else "error"


def _counts(session: Session, scan_id: str) -> Counts:
    by_impact: dict[str, dict[str, int]] = defaultdict(lambda: {"failed": 0, "cantTell": 0})
    total: Counter[str] = Counter()
    for outcome, impact, number in session.exec(
        select(FindingRow.outcome, FindingRow.impact, func.count())
        .where(FindingRow.scan_id == scan_id)
        .group_by(col(FindingRow.outcome), col(FindingRow.impact))
    ).all():
        total[outcome] += number
        by_impact[impact or "none"][outcome] += number
    passed = session.exec(
        select(func.coalesce(func.sum(RuleCountRow.passed), 0))
        .join(PageVisit, col(PageVisit.id) == RuleCountRow.visit_id)
        .where(PageVisit.scan_id == scan_id)
    ).one()
    inapplicable = session.exec(
        select(func.count())
        .select_from(RuleCountRow)
        .join(PageVisit, col(PageVisit.id) == RuleCountRow.visit_id)
        .where(PageVisit.scan_id == scan_id, col(RuleCountRow.inapplicable).is_(True))
    ).one()
    return Counts(
        failed=total[Outcome.FAILED],
        cant_tell=total[Outcome.CANT_TELL],
        passed=passed,
        inapplicable=inapplicable,
        by_impact={impact: dict(split) for impact, split in sorted(by_impact.items())},
    )
