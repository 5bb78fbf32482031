"""A whole scan as one value: what gates judge and reports show, wherever the scan ran."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class FindingDocument:
    """One finding as it is shown.

    `fingerprint` names the component, `instance_key` the element within it. `path` are the start
    tags above the element, outermost first, with their ids and classes.
    """

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
    instance_key: str = ""
    path: str = ""


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

    `key` is the identity of the page, whatever its host, `final_key` that of the page that was
    shown in the end; `named` tells that it was asked for by its address. `page_state` names what
    was done on the page before it was examined, or is empty. `completed` are the rules that ran to
    their end: of others an absence proves nothing. `reused_from` is the visit where the findings
    were made, when the page is the same as then.
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
    key: str = ""
    final_key: str = ""
    named: bool = False
    page_state: str = ""
    completed: frozenset[str] = frozenset()

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

    @classmethod
    def merged(cls, documents: Sequence["ScanDocument"]) -> "ScanDocument":
        """Several scans as one; a page, viewport and state that is in many is as in the first."""
        pages: dict[tuple[str, tuple[int, int], str], PageDocument] = {}
        left_out: Counter[str] = Counter()
        for document in documents:
            left_out.update(document.left_out)
            for page in document.pages:
                pages.setdefault((page.key or page.url, page.viewport, page.page_state), page)
        return cls(
            standard=documents[0].standard,
            engine=documents[0].engine,
            pages=tuple(pages.values()),
            left_out=dict(left_out),
            notices=tuple(dict.fromkeys(n for each in documents for n in each.notices)),
        )

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
