"""Our own pages pass our own checks, in every language, light and dark, wide and narrow."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from own_browser import (
    ANSWERS,
    DOOR,
    ERASURE,
    LEDGER,
    LIVE,
    PERSON,
    RESULTS,
    SCAN,
    SCANS,
    STUDIES,
    STUDY,
    address,
    resize,
)
from program import Served

from checks import Finding, standard
from service.browser import Fleet, PageError, Viewport, VisitRequest
from service.config import Settings
from service.scans import browser_options
from service.scans.storing import read_outcome

LANGUAGES = ("en", "fi", "sv")
OPEN_PAGES = ("/sign-in", "/sign-in/some-code?next=/docs", "/nothing/here", "/docs")
SIGNED_IN_PAGES = (
    "/",
    LEDGER,
    SCANS,
    SCAN,
    "/projects/default/barriers",
    "/projects/nope/barriers",
)
RESEARCH_PAGES = (STUDIES, STUDY, RESULTS, PERSON, ERASURE, DOOR, LIVE, ANSWERS)
DARK = "(prefers-color-scheme: dark)"

# Every word (hyphens part words) of the table's first rows that stands on more than one line.
BROKEN_WORDS = """
const broken = [];
for (const cell of document.querySelectorAll('thead th, tbody tr:nth-child(-n+12) > *')) {
  const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    for (const word of texts.currentNode.data.matchAll(/[^\\s-]+/g)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, word.index);
      range.setEnd(texts.currentNode, word.index + word[0].length);
      if (range.getClientRects().length > 1) broken.push(word[0]);
    }
  }
}
return broken;
"""


class Mirror:
    """The service's pages as somebody signed in sees them, for the fleet, which has no session.

    A path under `/dark` is the page in dark colours. An error page is answered with 200: what is
    examined here is the page.
    """

    def __init__(self, served: Served, cookie: str) -> None:
        client = httpx.Client(
            base_url=served.address,
            headers={"Accept": "text/html", "Cookie": cookie},
            # The first page of figures waits for SciPy and Matplotlib to be loaded.
            timeout=60,
        )

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                dark = self.path.startswith("/dark/")
                answer = client.get(self.path.removeprefix("/dark"))
                text = answer.text
                if dark:
                    text = text.replace("/static/luiska.css", "/dark/static/luiska.css")
                    text = text.replace(DARK, "all").replace("light dark", "dark")
                body = text.encode()
                self.send_response(200)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing: the findings say what matters."""

        self._client = client
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._client.close()


@pytest.fixture(scope="module")
def mirror(service, new_link) -> Iterator[Mirror]:
    answer = httpx.post(new_link(), headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    mirror = Mirror(service, cookie)
    yield mirror
    mirror.close()


def some_visits() -> Iterator[tuple[str, int]]:
    """Every page twice: light and wide, dark and narrow, in two languages that take turns."""
    pages = (*OPEN_PAGES, *SIGNED_IN_PAGES, *RESEARCH_PAGES)
    for number, page in enumerate(page for page in pages if page != "/docs"):
        sign = "&" if "?" in page else "?"
        wide, narrow = (LANGUAGES[(number + turn) % len(LANGUAGES)] for turn in (0, 1))
        yield from ((f"{page}{sign}lang={wide}", 1280), (f"/dark{page}{sign}lang={narrow}", 320))
    yield ("/dark/docs?lang=fi", 320)


def all_visits() -> Iterator[tuple[str, int]]:
    """Every page in every language, wide and narrow, in light and dark; the ledger in each pair.

    The description of the API is long and English throughout: one visit for each combination.
    """
    looks = {
        "en": (("", 1280), ("/dark", 320)),
        "fi": (("/dark", 1280),),
        "sv": (("", 320),),
    }
    for page in (*OPEN_PAGES, *SIGNED_IN_PAGES):
        sign = "&" if "?" in page else "?"
        for language in LANGUAGES:
            address = f"{page}{sign}lang={language}"
            if page != "/docs":
                yield from ((f"{dark}{address}", width) for dark, width in looks[language])
    for page in RESEARCH_PAGES:
        sign = "&" if "?" in page else "?"
        yield from ((f"/dark{page}{sign}lang=en", 320), (f"{page}{sign}lang=fi", 1280))
    yield from ((f"{LEDGER}?lang=fi", 320), (f"/dark{LEDGER}?lang=sv", 1280))
    yield from (("/docs?lang=en", 1280), ("/dark/docs?lang=fi", 320), ("/docs?lang=sv", 320))


@pytest.mark.parametrize("visits", [some_visits, pytest.param(all_visits, marks=pytest.mark.long)])
def test_our_own_pages_pass_our_own_checks_in_every_language_colour_and_width(
    mirror, service, visits
):
    def examine(visit) -> tuple[Finding, ...] | PageError:
        path, width = visit
        request = VisitRequest(
            url=address(service, path).replace(service.address, f"http://{mirror.host}"),
            viewport=Viewport(width=width, height=800),
            axe_tags=standard("wcag22aa").axe_tags,
            allowed_hosts=frozenset({mirror.host}),
            deadline_s=60,
        )
        reading = read_outcome(fleet.visit(request), "wcag22aa")
        return reading if isinstance(reading, PageError) else reading.findings

    asked = list(visits())
    settings = Settings().model_copy(update={"lanes": 2})
    with Fleet(browser_options(settings)) as fleet, ThreadPoolExecutor(2) as lanes:
        told = dict(zip(asked, lanes.map(examine, asked), strict=True))
    assert [
        (visit, answer) for visit, answer in told.items() if isinstance(answer, PageError)
    ] == []
    found = [
        (path, width, finding.rule, finding.selector, finding.message)
        for (path, width), findings in told.items()
        if not isinstance(findings, PageError)
        for finding in findings
        if finding.outcome == "failed"
    ]
    assert found == []


def test_the_mirror_shows_the_signed_in_pages_in_dark_and_in_the_language_asked_for(mirror):
    page = httpx.get(f"http://{mirror.host}/dark{LEDGER}?lang=fi").text
    assert '<html lang="fi">' in page
    assert page.count("<tr>") > 30
    assert "/dark/static/luiska.css" in page
    assert DARK not in httpx.get(f"http://{mirror.host}/dark/static/luiska.css").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_scrolls_sideways_at_320_pixels(signed_in, service, language):
    resize(signed_in, 320)
    widths = {}
    for page in (*OPEN_PAGES, *SIGNED_IN_PAGES, *RESEARCH_PAGES):
        signed_in.get(f"{address(service, page)}{'&' if '?' in page else '?'}lang={language}")
        widths[page] = signed_in.execute_script("return document.scrollingElement.scrollWidth")
    # What a vertical scroll bar takes makes it less.
    assert {page: width for page, width in widths.items() if width > 320} == {}


def test_no_page_is_refused_anything_by_its_own_content_security_policy(signed_in, service):
    for page in ("/sign-in", "/docs", "/", LEDGER, SCANS, SCAN, *RESEARCH_PAGES):
        signed_in.get(address(service, page))
    told = [each for each in signed_in.get_log("browser") if each["level"] != "DEBUG"]
    assert told == []


def test_a_page_says_its_language_and_which_of_its_texts_are_in_another(signed_in, service):
    signed_in.get(f"{service.address}{LEDGER}?lang=fi")
    language = "return arguments[0].closest('[lang]').lang"
    by_rule = signed_in.execute_script(
        "return [...document.querySelectorAll('tbody tr')].map(row => [row.querySelector("
        "'th').textContent.trim().split('\\n')[0], row.querySelector('th [lang]')?.lang])"
    )
    told = dict(by_rule)
    assert told["Buttons must have discernible text"] == "en"
    assert None in told.values()
    heading = signed_in.execute_script("return document.querySelector('h1')")
    assert signed_in.execute_script(language, heading) == "fi"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [1280, 320])
def test_no_word_of_the_ledger_is_broken_in_two(signed_in, service, width, language):
    resize(signed_in, width)
    signed_in.get(f"{service.address}{LEDGER}?lang={language}")
    assert signed_in.execute_script(BROKEN_WORDS) == []
