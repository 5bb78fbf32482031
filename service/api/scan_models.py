"""Bodies and answers of `/scans`."""

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field

from service.api.approach_models import ApproachAnswer, ApproachBody, told
from service.api.target_models import CrawlBody, TargetsAnswer, Url
from service.api.values import Answer, Body, Time
from service.scans import (
    Commit,
    FindingRow,
    PageVisit,
    Scan,
    ScanRequest,
    Summary,
    read_approach,
)
from service.scans.targets import read_targets
from service.scans.values import MAX_VIEWPORTS, MOST_PAGES, LeftOut

_SCAN_ID = "019aa8c5f3e07b1c2d3e4f5061728394"


class ViewportBody(Body):
    """The inner size of the window, in CSS pixels."""

    width: int = Field(ge=200, le=8000)
    height: int = Field(ge=200, le=8000)


class CommitBody(Body):
    """The version under test; `base_sha` is what a gate compares with."""

    branch: str | None = Field(default=None, max_length=300)
    sha: str | None = Field(default=None, max_length=100)
    base_sha: str | None = Field(default=None, max_length=100)


class NewScan(ApproachBody):
    """Which pages to examine, in which viewports, by which standard.

    Pages come from `urls`, `sitemap` and `crawl`, in this order; one of them at the least.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "urls": ["https://library.example.fi/", "https://library.example.fi/haku"],
                    "standard": "wcag22aa",
                    "viewports": [{"width": 1280, "height": 1024}],
                    "commit": {"branch": "main", "sha": "4f2c9d1"},
                },
                {"sitemap": "https://library.example.fi/sitemap.xml", "max_pages": 500},
                {
                    "urls": ["https://library.example.fi/loans"],
                    "login": {
                        "name": "reader",
                        "url": "https://library.example.fi/sign-in",
                        "actions": [
                            "set field #card to 12345",
                            "set field #pin to ${LUISKA_SECRET_PIN}",
                            "click element #sign-in",
                        ],
                        "must_contain": "#sign-out",
                    },
                    "actions": ["click element #show-menu"],
                    "page_state": "menu open",
                },
                {
                    "crawl": {
                        "start": "https://library.example.fi/",
                        "max_pages": 200,
                        "max_depth": 5,
                        "exclude": ["/archive/*"],
                    }
                },
            ]
        }
    )

    urls: list[Url] = Field(default_factory=list, max_length=10_000)
    sitemap: Url | None = Field(
        default=None,
        description="A sitemap or an index of them, or the robots.txt that names them.",
    )
    crawl: CrawlBody | None = None
    max_pages: int = Field(
        default=MOST_PAGES,
        ge=1,
        le=50_000,
        description="Sitemap and crawl bring no more pages than this in all, `urls` counted; what "
        "is cut is told in `left_out`.",
    )
    standard: str | None = Field(
        default=None, max_length=64, description="The project's standard when left out."
    )
    viewports: list[ViewportBody] = Field(
        default_factory=lambda: [ViewportBody(width=1280, height=1024)],
        min_length=1,
        max_length=MAX_VIEWPORTS,
    )
    checks: list[Annotated[str, Field(max_length=64)]] = Field(
        default_factory=lambda: ["axe"], min_length=1, max_length=10
    )
    wait_for: str | None = Field(
        default=None,
        min_length=1,
        max_length=1000,
        description="A CSS selector that must be on the page before it is examined.",
    )
    commit: CommitBody | None = None
    priority: Literal["interactive", "normal", "bulk"] = Field(
        default="normal",
        description="Pages of interactive scans are examined before those of normal ones, and "
        "these before those of bulk ones.",
    )
    fresh: bool = Field(
        default=False,
        description="Examine every page, also one that is the same as at its last visit, and even "
        "while an identical scan is queued or running, which is answered otherwise.",
    )

    def to_request(self) -> ScanRequest:
        commit = Commit() if self.commit is None else Commit(**self.commit.model_dump())
        return ScanRequest(
            urls=tuple(self.urls),
            sitemap=self.sitemap,
            crawl=None if self.crawl is None else self.crawl.to_crawl(),
            max_pages=self.max_pages,
            standard=self.standard,
            viewports=tuple((each.width, each.height) for each in self.viewports),
            checks=tuple(self.checks),
            wait_for=self.wait_for,
            commit=commit,
            priority=self.priority,
            fresh=self.fresh,
            approach=self.to_approach(),
            page_state=self.page_state,
        )


class PagesAnswer(Answer):
    """Visits: one for each page in each viewport."""

    requested: int
    examined: int
    failed: int = Field(description="Could not be examined; each names its error.")
    remaining: int


class CountsAnswer(Answer):
    """Elements that failed, need review, or passed; rules that apply to nothing."""

    failed: int
    cantTell: int  # noqa: N815 - EARL spells it so
    passed: int
    inapplicable: int
    by_impact: dict[str, dict[str, int]]


class EngineAnswer(Answer):
    axe: str | None
    browser: str | None
    luiska: str


class TimingsAnswer(Answer):
    requested_at: Time
    started_at: Time | None
    ended_at: Time | None
    total_ms: int | None


class ScanAnswer(ApproachAnswer):
    """Where a scan stands. `pass` never means that the site conforms: most of it needs people."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": _SCAN_ID,
                    "project_id": "019aa8c5f3e07b1c2d3e4f5061728395",
                    "state": "running",
                    "result": "pending",
                    "standard": "wcag22aa",
                    "viewports": [{"width": 1280, "height": 1024}],
                    "checks": ["axe"],
                    "wait_for": None,
                    "targets": {
                        "urls": 2,
                        "sitemap": None,
                        "crawl": None,
                        "max_pages": 10000,
                    },
                    "left_out": {},
                    "notices": [],
                    "priority": "normal",
                    "fresh": False,
                    "must_contain": "#main",
                    "actions": ["click element #show-menu"],
                    "login": None,
                    "headers": ["X-Preview"],
                    "cookies": [],
                    "frozen": True,
                    "pictures": 0,
                    "page_picture": False,
                    "page_state": "menu open",
                    "commit": {"branch": "main", "sha": "4f2c9d1", "base_sha": None},
                    "pages": {"requested": 2, "examined": 1, "failed": 0, "remaining": 1},
                    "counts": {
                        "failed": 3,
                        "cantTell": 1,
                        "passed": 120,
                        "inapplicable": 44,
                        "by_impact": {"serious": {"failed": 3, "cantTell": 1}},
                    },
                    "engine": {"axe": "4.14.1", "browser": "156.0", "luiska": "0.1.0"},
                    "timings": {
                        "requested_at": "2026-11-22T09:30:00Z",
                        "started_at": "2026-11-22T09:30:01Z",
                        "ended_at": None,
                        "total_ms": None,
                    },
                    "failure": None,
                    "requested_by": "owner",
                }
            ]
        }
    )

    id: str
    project_id: str
    state: Literal["queued", "running", "completed", "incomplete", "cancelled", "failed"]
    result: Literal["pending", "pass", "fail", "error"]
    standard: str
    viewports: list[ViewportBody]
    checks: list[str]
    wait_for: str | None
    targets: TargetsAnswer
    left_out: dict[str, int] = Field(
        description="What sitemap and links named and is not examined: "
        + ", ".join(f"`{reason}`" for reason in LeftOut)
        + ". Links are counted on each page that has them.",
    )
    notices: list[str] = Field(description="How the pages were found, where that needs saying.")
    priority: Literal["interactive", "normal", "bulk"]
    fresh: bool
    page_state: str
    commit: CommitBody
    pages: PagesAnswer
    counts: CountsAnswer
    engine: EngineAnswer
    timings: TimingsAnswer
    failure: str | None = Field(description="Why the scan itself broke, when it did.")
    requested_by: str

    @classmethod
    def of(cls, scan: Scan, summary: Summary) -> Self:
        total_ms = None
        if scan.ended_at is not None:
            total_ms = int((scan.ended_at - scan.requested_at).total_seconds() * 1000)
        counts = summary.counts
        return cls(
            **told(read_approach(scan.approach)),
            page_state=scan.page_state,
            id=scan.id,
            project_id=scan.project_id,
            state=scan.state,  # type: ignore[arg-type]
            result=summary.result,
            standard=scan.standard,
            viewports=[_viewport(each) for each in scan.viewports],
            checks=scan.checks,
            wait_for=scan.wait_for,
            targets=TargetsAnswer.model_validate(read_targets(scan.targets)),
            left_out=scan.left_out,
            notices=scan.notices,
            priority=scan.priority,  # type: ignore[arg-type]
            fresh=scan.fresh,
            commit=CommitBody(branch=scan.branch, sha=scan.sha, base_sha=scan.base_sha),
            pages=PagesAnswer.model_validate(summary.pages),
            counts=CountsAnswer(
                failed=counts.failed,
                cantTell=counts.cant_tell,
                passed=counts.passed,
                inapplicable=counts.inapplicable,
                by_impact={name: dict(split) for name, split in counts.by_impact.items()},
            ),
            engine=EngineAnswer(
                axe=scan.axe_version, browser=scan.browser_version, luiska=scan.luiska_version
            ),
            timings=TimingsAnswer(
                requested_at=scan.requested_at,
                started_at=scan.started_at,
                ended_at=scan.ended_at,
                total_ms=total_ms,
            ),
            failure=scan.failure,
            requested_by=scan.requested_by,
        )


class RefusedAnswer(Answer):
    """A host and port that the page wanted and did not get, as if the internet ended there."""

    host: str
    port: int
    code: str = Field(examples=["blocked_address"])
    reason: str


class VisitAnswer(Answer):
    """One page in one viewport. A partial visit adds findings and proves no absence."""

    id: str
    page_id: str
    url: str
    final_url: str | None
    depth: int = Field(description="Links away from the pages that were named.")
    found_on: str | None = Field(description="The page with the link, when a link led here.")
    canonical: str | None = Field(description="What a crawled page says its own address is.")
    viewport: ViewportBody
    state: Literal["queued", "running", "examined", "error"]
    partial: bool
    partial_reasons: list[str]
    refused: list[RefusedAnswer] = Field(
        description="What the page asked for and the egress guard did not let through; bounded."
    )
    error: str | None = Field(
        description="Why it could not be examined.", examples=["not_resolved"]
    )
    error_detail: str | None
    status: int | None = Field(description="The HTTP status of the document.")
    title: str | None
    timings_ms: dict[str, int] = Field(
        description=(
            "Of the phases: queue, navigate, digest, axe, elements and total; ask and total where "
            "no browser was needed to tell that the page is the same."
        )
    )
    reused_from: str | None = Field(
        description="The visit where the findings were made, when the page is the same as then."
    )
    ended_at: Time | None

    @classmethod
    def of(cls, visit: PageVisit) -> Self:
        values: dict[str, Any] = visit.model_dump()
        return cls.model_validate(
            {
                **values,
                "viewport": _viewport(visit.viewport),
                "error": visit.error_code,
                "refused": visit.refused or [],
            }
        )


class FindingAnswer(Answer):
    """One rule on one element of one page visit."""

    id: str
    visit_id: str
    page_id: str
    url: str
    viewport: ViewportBody
    barrier_id: str | None
    rule: str
    engine: Literal["axe", "luiska"]
    outcome: Literal["failed", "cantTell"]
    impact: Literal["minor", "moderate", "serious", "critical"] | None
    criteria: list[str]
    advisory: bool = Field(description="No success criterion of the standard: never gates.")
    selector: str = Field(description="CSS; ` >>> ` steps into a frame, ` >> ` into a shadow root.")
    html: str
    message: str
    help: str
    help_url: str
    fingerprint: str = Field(description="The component: the same defect on any page.")
    instance_key: str = Field(description="Tells apart the elements of one component.")
    path: str = Field(description="Tags, ids and classes above the element, outermost first.")

    @classmethod
    def of(cls, finding: FindingRow, page_id: str, url: str, viewport: str) -> Self:
        return cls.model_validate(
            {
                **finding.model_dump(),
                "page_id": page_id,
                "url": url,
                "viewport": _viewport(viewport),
            }
        )


def _viewport(text: str) -> ViewportBody:
    width, height = text.split("x")
    return ViewportBody(width=int(width), height=int(height))
