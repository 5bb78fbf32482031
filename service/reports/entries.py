"""The barriers of a report as its readers want them: each once, with where it stands.

Without a verdict every failed finding of a success criterion counts as a failure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from checks import Impact
from service.barriers.document import FindingDocument, PageDocument, ScanDocument
from service.barriers.gate.values import Instance, Judged, NotExamined
from service.reports.report import Report

Standing = Literal[
    "new", "existing", "failed", "unstable", "needs_review", "suppressed", "fixed", "advisory"
]
# Where a barrier is a failure of the page as it is now.
FAILURES: tuple[Standing, ...] = ("new", "existing", "failed")
# What a barrier goes by that only people met, and no rule finds.
MET_BY_PEOPLE = "met-by-people"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One barrier and where it stands. `failed` is what it is called where no gate was asked."""

    standing: Standing
    barrier: Judged

    @property
    def is_failure(self) -> bool:
        return self.standing in FAILURES

    @property
    def is_undecided(self) -> bool:
        return self.standing == "unstable"

    @property
    def rule(self) -> str:
        return self.barrier.rule or MET_BY_PEOPLE

    @property
    def title(self) -> str:
        """The barrier's title, which says where its standing is open."""
        undecided = "Undecided, the visits do not agree: " if self.is_undecided else ""
        return undecided + self.barrier.title


@dataclass(frozen=True, kw_only=True)
class OnPage:
    """A barrier on one page in one state, whatever the viewport. `instances` is never empty."""

    entry: Entry
    instances: tuple[Instance, ...]

    @property
    def url(self) -> str:
        return self.instances[0].url

    @property
    def page_state(self) -> str:
        return self.instances[0].page_state

    @property
    def elements(self) -> tuple[Instance, ...]:
        """Each element once, as it was seen first."""
        return tuple({each.instance_key: each for each in reversed(self.instances)}.values())[::-1]


def entries_of(report: Report) -> tuple[Entry, ...]:
    """Every barrier of a report, by its standing, the worst first."""
    return tuple(
        sorted(
            _entries(report),
            key=lambda each: (
                not each.barrier.breaks,
                -impact_rank(each.barrier.impact),
                each.barrier.rule or "",
                each.barrier.fingerprint,
            ),
        )
    )


def on_pages(entry: Entry) -> tuple[OnPage, ...]:
    """The barrier page by page, in the order of its instances."""
    pages: dict[tuple[str, str], list[Instance]] = {}
    for instance in entry.barrier.instances:
        pages.setdefault((instance.key or instance.url, instance.page_state), []).append(instance)
    return tuple(OnPage(entry=entry, instances=tuple(each)) for each in pages.values())


def not_examined_of(report: Report) -> tuple[NotExamined, ...]:
    """The pages that nothing can be said of; by the verdict, or else by the scan."""
    if report.verdict is not None:
        return report.verdict.not_examined
    return tuple(
        NotExamined(
            url=page.url,
            viewport=page.viewport,
            page_state=page.page_state,
            error=page.error or "partial",
            detail=page.error_detail or ", ".join(page.partial_reasons),
        )
        for page in report.scan.pages
        if not page.is_whole
    )


def impact_rank(impact: str | None) -> int:
    """1 (minor) to 4 (critical), 0 for none."""
    return Impact(impact).rank if impact else 0


def _entries(report: Report) -> Iterator[Entry]:
    verdict = report.verdict
    if verdict is None:
        yield from _entries_of(report.scan, "failed", outcome="failed", advisory=False)
        yield from _entries_of(report.scan, "needs_review", outcome="cantTell", advisory=False)
        yield from _entries_of(report.scan, "advisory", outcome="failed", advisory=True)
        return
    judged: dict[Standing, Iterable[Judged]] = {
        "new": verdict.new,
        "existing": verdict.existing,
        "unstable": verdict.unstable,
        "needs_review": verdict.needs_review,
        "suppressed": verdict.suppressed,
        "fixed": verdict.fixed,
    }
    told = set()
    for standing, barriers in judged.items():
        for barrier in barriers:
            told.add(barrier.fingerprint)
            yield Entry(standing=standing, barrier=barrier)
    for entry in _entries_of(report.scan, "advisory", outcome="failed", advisory=True):
        if entry.barrier.fingerprint not in told:
            yield entry


def _entries_of(
    scan: ScanDocument, standing: Standing, *, outcome: str, advisory: bool
) -> Iterator[Entry]:
    found: dict[str, list[tuple[PageDocument, FindingDocument]]] = {}
    for page in scan.pages:
        for finding in page.findings:
            if finding.outcome == outcome and finding.advisory == advisory:
                found.setdefault(finding.fingerprint, []).append((page, finding))
    for seen in found.values():
        yield Entry(standing=standing, barrier=_judged(seen, breaks=standing == "failed"))


def _judged(seen: list[tuple[PageDocument, FindingDocument]], *, breaks: bool) -> Judged:
    _, first = seen[0]
    worst = max((finding.impact for _, finding in seen), key=impact_rank)
    return Judged(
        fingerprint=first.fingerprint,
        rule=first.rule,
        title=first.help,
        impact=worst,
        criteria=first.criteria,
        help_url=first.help_url,
        instances=tuple(_instance(page, finding) for page, finding in seen),
        breaks=breaks,
    )


def _instance(page: PageDocument, finding: FindingDocument) -> Instance:
    return Instance(
        url=page.url,
        key=page.key,
        viewport=page.viewport,
        page_state=page.page_state,
        selector=finding.selector,
        html=finding.html,
        message=finding.message,
        instance_key=finding.instance_key or f"{page.url} {finding.selector}",
    )
