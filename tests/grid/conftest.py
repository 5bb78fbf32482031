"""One real Grid for all tests here; each begins with two nodes up."""

import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler

import pytest
from local_site import LocalSite
from selenium_grid import ROOT, SeleniumGrid

from service.browser import BrowserOptions, Fleet, Viewport, VisitRequest

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
NODES = 2
FAULTY = """<!doctype html><html lang="en"><head><title>Faulty</title></head>
<body><main><h1>Faulty</h1><button></button><img src="/none.png">
<iframe title="Inner" srcdoc="<p style='color:#bbb;background:#fff'>pale</p>"></iframe></main>
</body></html>"""
# Its picture comes only where a test gives one.
SLOW = """<!doctype html><html lang="en"><head><title>Slow</title></head><body><main><h1>Slow</h1>
<img src="/never" alt="A picture"></main></body></html>"""
ENDLESS = """<!doctype html><html lang="en"><head><title>Endless</title></head>
<body><h1>Endless</h1><script>for (;;);</script></body></html>"""

Request = Callable[..., VisitRequest]


@pytest.fixture(scope="session")
def running_grid() -> Iterator[SeleniumGrid]:
    with SeleniumGrid(NODES) as grid:
        yield grid


@pytest.fixture
def grid(running_grid: SeleniumGrid) -> Iterator[SeleniumGrid]:
    yield running_grid
    running_grid.mend(NODES)


class Site(LocalSite):
    """Knows which paths it was asked for."""

    def __init__(self) -> None:
        super().__init__({"/faulty": FAULTY, "/slow": SLOW, "/endless": ENDLESS, "/never": None})
        self.paths: list[str] = []

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        self.paths.append(request.path)
        super()._answer(request)

    def await_visits(self, count: int) -> None:
        """Until browsers stand in that many visits, waiting for what never comes."""
        deadline = time.monotonic() + 40
        while self.paths.count("/never") < count:
            assert time.monotonic() < deadline, self.paths
            time.sleep(0.05)

    def recover(self) -> None:
        """From now on the slow page is a quick one."""
        self.pages["/never"] = b"a picture"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture(scope="session")
def warm_fleet(running_grid: SeleniumGrid) -> Iterator[Fleet]:
    with Fleet(BrowserOptions(axe_path=AXE, grid_url=running_grid.url, lanes=1)) as fleet:
        yield fleet


@pytest.fixture
def fleet(grid: SeleniumGrid, warm_fleet: Fleet) -> Iterator[Fleet]:
    """One lane: its browser is warm from the test before, and the only session there is."""
    yield warm_fleet
    grid.mend(NODES)
    grid.await_that(lambda: bool(grid.status()) and len(grid.sessions()) <= 1)


@pytest.fixture
def asked(site: Site) -> Request:
    """The request for a path of the site."""

    def make(path: str, deadline_s: float = 40) -> VisitRequest:
        return VisitRequest(
            url=site.url(path),
            viewport=Viewport(width=1280, height=1024),
            axe_tags=("wcag2a", "wcag2aa", "best-practice"),
            allowed_hosts=frozenset({site.host}),
            deadline_s=deadline_s,
        )

    return make
