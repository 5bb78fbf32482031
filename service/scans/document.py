"""A whole scan as one value: what every report is made from, wherever the scan ran."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from sqlmodel import Session, select

from service.scans.tables import FindingRow, PageVisit, Scan
from service.scans.values import ENDED, VISIT_ENDED


@dataclass(frozen=True, kw_only=True)
class FindingDocument:
    """One finding as it is shown."""

    rule: str
    outcome: str
    impact: str | None
    criteria: tuple[str, ...]
    advisory: bool
    selector: str
    html: str
    message: str
    help: str
    help_url: str
    fingerprint: str
    engine: str


@dataclass(frozen=True, kw_only=True)
class RefusedHost:
    """A host and port that the page wanted and the egress guard refused or cut, and why.

    `code` is the error that a document from there would have ended in.
    """

    host: str
    port: int
    code: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PageDocument:
    """One page in one viewport. `error` is a code of the error taxonomy, or None.

    `reused_from` is the visit where the findings were made, when the page is the same as then.
    """

    url: str
    final_url: str | None
    viewport: tuple[int, int]
    state: Literal["examined", "error"]
    partial: bool
    partial_reasons: tuple[str, ...]
    error: str | None
    error_detail: str | None
    status: int | None
    title: str | None
    findings: tuple[FindingDocument, ...]
    refused: tuple[RefusedHost, ...] = ()
    timings_ms: Mapping[str, int] = field(default_factory=dict)
    reused_from: str | None = None

    @property
    def is_whole(self) -> bool:
        """Examined, and everything finished: only such a page proves an absence."""
        return self.state == "examined" and not self.partial


@dataclass(frozen=True, kw_only=True)
class ScanDocument:
    """Pages in the order asked for, or found. `engine` has the versions of axe, browser and luiska.

    `left_out` counts what sitemaps and links named and is not among the pages, by reason;
    `notices` are sentences on how the pages were found.
    """

    standard: str
    engine: Mapping[str, str | None]
    pages: tuple[PageDocument, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return all(page.is_whole for page in self.pages)

    def count(self, outcome: str, *, advisory: bool | None = None) -> int:
        """How many findings have this outcome (and are advisory, or not)."""
        return sum(
            finding.outcome == outcome and advisory in (None, finding.advisory)
            for page in self.pages
            for finding in page.findings
        )

    def count_by_impact(self, outcome: str) -> dict[str, int]:
        """How many findings of this outcome each impact has."""
        return dict(
            Counter(
                finding.impact or "none"
                for page in self.pages
                for finding in page.findings
                if finding.outcome == outcome
            )
        )


def document_of(session: Session, scan: Scan) -> ScanDocument:
    """The document of a stored scan; of a running one, visits that have not ended are left out.

    Where the scan itself broke, the pages it never got to are errors of theirs: no report may
    look whole for lack of them.
    """
    visits = session.exec(
        select(PageVisit).where(PageVisit.scan_id == scan.id).order_by(PageVisit.id)
    ).all()
    findings: dict[str, list[FindingRow]] = {visit.id: [] for visit in visits}
    for row in session.exec(
        select(FindingRow).where(FindingRow.scan_id == scan.id).order_by(FindingRow.id)
    ):
        findings[row.visit_id].append(row)
    return ScanDocument(
        standard=scan.standard,
        engine={
            "axe": scan.axe_version,
            "browser": scan.browser_version,
            "luiska": scan.luiska_version,
        },
        pages=tuple(
            _page(visit, findings[visit.id])
            for visit in visits
            if visit.state in VISIT_ENDED or scan.state in ENDED
        ),
        left_out=dict(scan.left_out),
        notices=tuple(scan.notices),
    )


def _page(visit: PageVisit, findings: Iterable[FindingRow]) -> PageDocument:
    width, height = visit.viewport.split("x")
    return PageDocument(
        url=visit.url,
        final_url=visit.final_url,
        viewport=(int(width), int(height)),
        state="examined" if visit.state == "examined" else "error",
        partial=visit.partial,
        partial_reasons=tuple(visit.partial_reasons),
        error=visit.error_code if visit.state in VISIT_ENDED else "infrastructure",
        error_detail=visit.error_detail
        if visit.state in VISIT_ENDED
        else "The scan ended before this page was examined.",
        status=visit.status,
        title=visit.title,
        findings=tuple(
            FindingDocument(
                rule=row.rule,
                outcome=row.outcome,
                impact=row.impact,
                criteria=tuple(row.criteria),
                advisory=row.advisory,
                selector=row.selector,
                html=row.html,
                message=row.message,
                help=row.help,
                help_url=row.help_url,
                fingerprint=row.fingerprint,
                engine=row.engine,
            )
            for row in findings
        ),
        refused=tuple(RefusedHost(**each) for each in visit.refused or ()),
        timings_ms=dict(visit.timings_ms),
        reused_from=visit.reused_from,
    )
