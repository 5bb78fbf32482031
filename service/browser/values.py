"""What is asked of a page visit and what comes back from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

from checks.values import Links, PageArtifacts
from service.browser.approach import PLAIN, Approach
from service.config import DenyList

MAX_RESPONSE_BYTES = 50_000_000
MAX_VISIT_BYTES = 200_000_000
MAX_RESPONSE_S = 60.0


class PageErrorCode(StrEnum):
    """Why a page could not be examined, as reports and the API name it."""

    INVALID_URL = "invalid_url"
    NOT_RESOLVED = "not_resolved"
    REFUSED = "refused"
    BLOCKED_ADDRESS = "blocked_address"
    TLS_ERROR = "tls_error"
    HTTP_ERROR = "http_error"
    NAVIGATION_TIMEOUT = "navigation_timeout"
    RENDER_TIMEOUT = "render_timeout"
    REDIRECT_OFF_SITE = "redirect_off_site"
    NOT_HTML = "not_html"
    EMPTY_PAGE = "empty_page"
    BROWSER_CRASH = "browser_crash"
    CHECK_TIMEOUT = "check_timeout"
    CHECK_FAILED = "check_failed"
    NAVIGATION_FAILED = "navigation_failed"
    LOGIN_REQUIRED = "login_required"
    TOO_LARGE = "too_large"
    INFRASTRUCTURE = "infrastructure"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class PageError:
    """One named reason and, in `detail`, what was seen."""

    code: PageErrorCode
    detail: str


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One host and port that the egress guard did not let through, or could not reach.

    `code` is what a document from there ends in. `is_cut` tells that it was reached and then cut,
    for its size or its time.
    """

    host: str
    port: int
    code: PageErrorCode
    reason: str
    is_cut: bool = False


class VisitFailed(Exception):
    """The visit ends here with a named error. Never leaves this package."""

    def __init__(self, code: PageErrorCode, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.error = PageError(code=code, detail=detail)


class MissingPart(Exception):
    """Something that every visit needs is not on this machine; says what to do about it."""


@dataclass(frozen=True, kw_only=True)
class Viewport:
    """The width and height of the window's content, in CSS pixels."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True, kw_only=True)
class BrowserOptions:
    """Where the parts are and how many browsers run. `None` means: look on this machine.

    `grid_proxy` is the guard beside a Grid's nodes, `socks5://host:port`; without it they use this
    process's own. `denied` is never reached, whatever a visit allows; for the caps see
    `EgressPolicy`.
    """

    axe_path: Path
    chromium: str | None = None
    chromedriver: str | None = None
    grid_url: str | None = None
    grid_proxy: str | None = None
    denied: DenyList = field(default_factory=DenyList)
    max_response_bytes: int = MAX_RESPONSE_BYTES
    max_visit_bytes: int = MAX_VISIT_BYTES
    max_response_s: float = MAX_RESPONSE_S
    lanes: int = 1
    recycle_after_pages: int = 50


@dataclass(frozen=True, kw_only=True)
class VisitRequest:
    """One page at one viewport.

    `wait_for` is a CSS selector. `allowed_hosts` are exact `host:port` pairs that may be private;
    `site_hosts` are further host names that a redirect may end on. `deadline_s` runs from the
    moment a browser is granted. `wants_links` has the page's links gathered too. `digests` are
    those of earlier visits whose findings still hold where the digest is the same: such a page is
    not examined again. With None no digest is made.

    `approach` is what is done with the page first. Its secrets go to pages of `secret_origins`
    alone (a port may be `*`); with None, to the origins of the page, of its login and of
    `allowed_hosts`. Visits of one `scope` (a scan) may share a session of the same login, and an
    HTTP cache: what was kept for one scan says nothing of what a later one is to examine.
    """

    url: str
    viewport: Viewport
    axe_tags: tuple[str, ...]
    wait_for: str | None = None
    allowed_hosts: frozenset[str] = frozenset()
    site_hosts: frozenset[str] = frozenset()
    deadline_s: float = 60.0
    wants_links: bool = False
    digests: Mapping[Viewport, str] | None = None
    approach: Approach = PLAIN
    secret_origins: tuple[str, ...] | None = None
    scope: str = ""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What the element with this selector looked like, marked, as WebP."""

    selector: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an element stands in the picture of its page, from the left and the top."""

    selector: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class PagePicture:
    """The page as a whole as WebP; all lengths in CSS pixels.

    `places` are of elements that failed or need review; none where the page moved meanwhile.
    `is_cut` tells that the page goes on below.
    """

    content: bytes
    width: int
    height: int
    is_cut: bool
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hop:
    """One request as Chromium sent it and the head of its answer.

    `asked` are the headers sent, in their order. `counting` are those of the answer that do not
    differ from time to time, names in lower case, sorted. `certificate` tells the server's from
    any other; None without TLS.
    """

    url: str
    asked: tuple[tuple[str, str], ...]
    status: int
    counting: tuple[tuple[str, str], ...]
    certificate: str | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One response: its redirects and, as the last hop, itself; SHA-256 of the decoded body."""

    hops: tuple[Hop, ...]
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Sources:
    """All that a page without scripts was made from, the document first, and what it then was.

    `conditions` stands for what its findings depend on beside the answers. `links` are None
    unless they were asked for.
    """

    conditions: str
    final_url: str
    status: int
    content_type: str
    title: str
    language: str | None
    answers: tuple[Answer, ...]
    links: Links | None = None


@dataclass(frozen=True, kw_only=True)
class VisitOutcome:
    """How a visit ended: `examined` with artifacts, or `error` with a named error.

    `partial` tells that something did not finish (each `partial_reasons` says what), so what is
    absent from the artifacts proves nothing. `timings_ms` has queue, navigate, axe, elements and
    total, and digest where one was asked for; a phase that was not reached is 0. Of a visit without
    a browser it has ask and total. `refused` is
    what the page asked for and the egress guard did not let through, or cut.

    `digest` stands for all that the findings depend on; None where that cannot be said. `reused`
    tells that it is the digest that the request named: then `artifacts.axe` is empty, and the
    findings are those of the earlier visit. `sources` is what the page was made from; None unless
    it is sure to be the same whenever these are. `pictures` are of failed elements,
    `page_picture` is of them all together.
    """

    state: Literal["examined", "error"]
    partial: bool
    partial_reasons: tuple[str, ...]
    error: PageError | None
    artifacts: PageArtifacts | None
    timings_ms: dict[str, int]
    browser_version: str | None
    axe_version: str | None
    refused: tuple[Refusal, ...] = ()
    digest: str | None = None
    reused: bool = False
    sources: Sources | None = None
    pictures: tuple[Picture, ...] = ()
    page_picture: PagePicture | None = None
