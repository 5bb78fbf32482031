"""A fleet without browsers: pages are told by their path."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from axe_results import VERSION, artifacts, node, passed, rule

from checks import Link, Links, PageArtifacts
from service.browser import PageError, PageErrorCode, Viewport, VisitOutcome, VisitRequest

Page = Callable[[VisitRequest, threading.Event], VisitOutcome]


class FakeFleet:
    """Answers by path; any other page has two faults and one doubt. Keeps what was asked."""

    def __init__(self, pages: Mapping[str, Page] | None = None) -> None:
        self.pages = dict(pages or {})
        self.visits: list[VisitRequest] = []

    def visit(
        self, request: VisitRequest, *, cancelled: threading.Event | None = None
    ) -> VisitOutcome:
        self.visits.append(request)
        page = self.pages.get(urlsplit(request.url).path, two_faults)
        return page(request, cancelled or threading.Event())

    def visit_page(
        self,
        request: VisitRequest,
        viewports: Sequence[Viewport],
        *,
        cancelled: threading.Event | None = None,
    ) -> tuple[VisitOutcome, ...]:
        return tuple(
            self.visit(replace(request, viewport=viewport), cancelled=cancelled)
            for viewport in viewports
        )

    @property
    def paths(self) -> list[str]:
        return [urlsplit(request.url).path for request in self.visits]


def outcome_of(found: PageArtifacts, *partial_reasons: str) -> VisitOutcome:
    return VisitOutcome(
        state="examined",
        partial=bool(partial_reasons),
        partial_reasons=partial_reasons,
        error=None,
        artifacts=found,
        timings_ms={"total": 5},
        browser_version="156.0",
        axe_version=VERSION,
    )


def failure(code: PageErrorCode, detail: str = "seen so") -> VisitOutcome:
    return VisitOutcome(
        state="error",
        partial=False,
        partial_reasons=(),
        error=PageError(code=code, detail=detail),
        artifacts=None,
        timings_ms={"total": 1},
        browser_version="156.0",
        axe_version=None,
    )


def found_on(url: str) -> PageArtifacts:
    """A link without a name, text without contrast, and an image that needs review."""
    path = urlsplit(url).path
    return artifacts(
        url,
        title=f"Page {path}",
        violations=[
            rule("link-name", node("#more", '<a id="more" href="/more"></a>')),
            rule("color-contrast", node("footer > p", '<p class="footer-note">Street 1</p>')),
        ],
        incomplete=[rule("image-alt", node("#map", '<img id="map" src="/map.png">'))],
        passes=[passed("button-name", 3)],
        inapplicable=[passed("frame-tested", 0)],
    )


def two_faults(request: VisitRequest, _: threading.Event) -> VisitOutcome:
    return outcome_of(found_on(request.url))


def clean(request: VisitRequest, _: threading.Event) -> VisitOutcome:
    rules = ("link-name", "color-contrast", "image-alt", "button-name")
    return outcome_of(artifacts(request.url, passes=[passed(each) for each in rules]))


def linking(*hrefs: str, canonical: str | None = None, landing: str | None = None) -> Page:
    """A clean page with these links, paths of its own site or whole addresses."""

    def page(request: VisitRequest, _: threading.Event) -> VisitOutcome:
        found = replace(artifacts(request.url), final_url=landing or request.url)
        if request.wants_links:
            links = Links(
                found=tuple(Link(url=urljoin(found.final_url, href)) for href in hrefs),
                canonical=canonical,
            )
            found = replace(found, links=links)
        return outcome_of(found)

    return page


def partial(request: VisitRequest, _: threading.Event) -> VisitOutcome:
    return outcome_of(found_on(request.url), "a frame did not answer")


def unreachable(_: VisitRequest, __: threading.Event) -> VisitOutcome:
    return failure(PageErrorCode.REFUSED, "connection refused")


def malformed(request: VisitRequest, _: threading.Event) -> VisitOutcome:
    found = artifacts(request.url)
    return outcome_of(PageArtifacts(**{**vars(found), "axe": {"violations": "none"}}))


def unstorable_text(request: VisitRequest, _: threading.Event) -> VisitOutcome:
    fault = rule("link-name", node("#more\0", '<a id="more\0" title="\ud800"></a>'))
    return outcome_of(artifacts(request.url, title="A\0B\ud800", violations=[fault]))


def raising(_: VisitRequest, __: threading.Event) -> VisitOutcome:
    raise RuntimeError("the fleet broke")


class Waiting:
    """A page that takes until it is released, or until it is cancelled as a real one."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.released = threading.Event()
        self.left = threading.Event()

    def __call__(self, request: VisitRequest, cancelled: threading.Event) -> VisitOutcome:
        self.entered.set()
        try:
            while not self.released.wait(0.02):
                if cancelled.is_set():
                    return failure(PageErrorCode.CANCELLED)
            return outcome_of(found_on(request.url))
        finally:
            self.left.set()
