"""What a page was made from, asked for again without a browser: every change of it is seen."""

import ssl
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
import trustme
from changing_site import PICTURE, ChangingSite, serving
from visiting import AXE, TAGS

from service.browser import (
    BrowserOptions,
    Fleet,
    Sources,
    Viewport,
    VisitOutcome,
    VisitRequest,
    chromium,
)
from service.browser.asking import Asker, Shared
from service.browser.guard import guarded_client, transport
from service.browser.sources import packed, unpacked

WIDE = Viewport(width=1280, height=1024)
NARROW = Viewport(width=400, height=800)


@pytest.fixture
def page(place: ChangingSite) -> ChangingSite:
    place.be_scriptless()
    return place


@pytest.fixture(scope="module")
def asked(place: ChangingSite) -> VisitRequest:
    return VisitRequest(
        url=f"{place.origin}/",
        viewport=WIDE,
        axe_tags=TAGS,
        allowed_hosts=place.hosts,
        deadline_s=30.0,
        digests={},
    )


Go = Callable[..., VisitOutcome]


@pytest.fixture(scope="module")
def go(fleet: Fleet, asked: VisitRequest) -> Go:
    def visit(**changes: object) -> VisitOutcome:
        outcome = fleet.visit(replace(asked, **changes))  # type: ignore[arg-type]
        assert (outcome.state, outcome.partial) == ("examined", False), outcome
        return outcome

    return visit


@pytest.fixture(scope="module")
def first(go: Go, place: ChangingSite) -> Sources:
    place.be_scriptless()
    outcome = go()
    assert not outcome.reused
    assert outcome.sources is not None
    return outcome.sources


@contextmanager
def asking(fleet: Fleet, request: VisitRequest, **more: object) -> Iterator[Asker]:
    door = fleet.guard.open_door()
    door.begin(fleet.policy(request))
    settings = {"deadline_s": 10.0, "max_bytes": 10_000_000, "has_to_stop": lambda: False}
    try:
        with guarded_client(door) as client:
            yield Asker(client, door, **(settings | more))  # type: ignore[arg-type]
    finally:
        door.end()


Same = Callable[..., bool]


@pytest.fixture(scope="module")
def is_same(fleet: Fleet, asked: VisitRequest) -> Same:
    def ask(sources: Sources, **more: object) -> bool:
        with asking(fleet, asked, **more) as asker:
            return asker.are_unchanged(sources.answers, Shared())

    return ask


def test_a_page_that_is_the_same_is_told_from_its_answers_alone(page, first, is_same):
    page.asked.clear()
    assert is_same(first)
    assert sorted(page.asked) == [
        "/", "/back.svg", "/more.css", "/own.woff2", "/picture.svg", "/picture.svg",
        "/style.css", "/there",
    ]  # fmt: skip
    assert (first.title, first.status) == ("Opening hours – tänään", 200)


def test_it_survives_its_way_into_a_store(first):
    assert unpacked(packed(first)) == first
    assert len(packed(first)) < 2_000
    for other in (b"", b"{}", zlib.compress(b"{}"), zlib.compress(b'{"answers": [{}]}')):
        assert unpacked(other) is None


def test_the_links_of_a_crawl_are_kept_with_it(page, go):
    outcome = go(wants_links=True)
    assert outcome.sources.links == outcome.artifacts.links
    assert unpacked(packed(outcome.sources)) == outcome.sources


def of(path: str, old: str, new: str) -> Callable[[ChangingSite], None]:
    def change(site: ChangingSite) -> None:
        assert old in site.pages[path]
        site.pages[path] = site.pages[path].replace(old, new)

    return change


def header(path: str, name: str, value: str) -> Callable[[ChangingSite], None]:
    return lambda site: site.headers.setdefault(path, {}).update({name: value})


CHANGES = {
    "a letter": of("/", "to four", "to five"),
    "a letter that no tree shows": of("/", "<h1>", "<h1 >"),
    "a letter beyond ASCII": of("/", "tänään", "tånään"),
    "the document type": of("/", "<!doctype html>", ""),
    "the same length in bytes": of("/", "ten", "two"),
    "a script": of("/", "</body>", "<script>1</script></body>"),
    "a comment": of("/", "<h1>", "<!-- x --><h1>"),
    "the block of another kind": of("/", "Library", "Museum"),
    "a style sheet": of("/style.css", "white", "#fffffe"),
    "a comment in a style sheet": of("/style.css", "body", "/**/body"),
    "an imported style sheet": of("/more.css", "20px", "21px"),
    "a font": of("/own.woff2", "no font", "a font"),
    "an image": lambda site: site.pages.update({"/picture.svg": PICTURE.format(30)}),
    "an image behind the text": lambda site: site.pages.update({"/back.svg": PICTURE.format(9)}),
    "an image that is gone": lambda site: site.pages.pop("/back.svg"),
    "where an image leads to": lambda site: site.redirects.update({"/there": "/back.svg"}),
    "an image that leads nowhere now": lambda site: site.redirects.pop("/there"),
    "an image that leads elsewhere now": lambda site: site.redirects.update(
        {"/picture.svg": "/back.svg"}
    ),
    "how it leads there": lambda site: site.statuses.update({"/there": 301}),
    "a page that leads elsewhere": lambda site: site.redirects.update({"/": "/more"}),
    "a page that is gone": lambda site: site.pages.pop("/"),
    "the status": lambda site: site.statuses.update({"/": 203}),
    "the status of an image": lambda site: site.statuses.update({"/back.svg": 203}),
    "the Content-Security-Policy": header("/", "Content-Security-Policy", "object-src 'self'"),
    "another Content-Security-Policy": header("/", "content-security-policy", "img-src 'none'"),
    "the Content-Language": header("/", "Content-Language", "fi"),
    "the content type": header("/", "Content-Type", "text/html; charset=iso-8859-1"),
    "a header that nobody knows": header("/", "X-Build", "2"),
    "a header of a style sheet": header("/more.css", "X-Content-Type-Options", "nosniff"),
    "a header of a redirect": header("/there", "X-Build", "2"),
    "a cookie": header("/", "Set-Cookie", "a=1"),
    "a cookie of an image": header("/back.svg", "Set-Cookie", "a=1"),
    "that it varies": header("/", "Vary", "*"),
    "a password": lambda site: site.statuses.update({"/": 401}),
    "what browsers alone get": lambda site: site.for_browsers.update(
        {"/": site.pages["/"].replace("ten", "two")}
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_this_change_is_seen(page, first, is_same, change):
    change(page)
    assert not is_same(first)


def test_what_is_asked_for_and_who_asks_counts(tmp_path, asked, fleet, first, monkeypatch):
    def now(**changes: object) -> str | None:
        return fleet.conditions(replace(asked, **changes))

    assert now() == first.conditions
    told = [
        now(url=asked.url + "?a"),
        now(viewport=NARROW),
        now(axe_tags=TAGS[:-1]),
        now(wait_for="h1"),
        now(allowed_hosts=asked.allowed_hosts | {"127.0.0.1:9"}),
        now(site_hosts=frozenset({"example.org"})),
    ]
    copy = tmp_path / "axe.min.js"
    copy.write_bytes(AXE.read_bytes() + b"\n")
    with Fleet(BrowserOptions(axe_path=copy)) as other:
        told.append(other.conditions(asked))
    monkeypatch.setattr(fleet, "_browser_version", "1.2.3")
    told.append(now())
    assert None not in told
    assert len({first.conditions, *told}) == 9


def test_it_is_not_told_where_it_cannot_be_known_which_machine_looks(asked):
    with Fleet(BrowserOptions(axe_path=AXE, grid_url="http://127.0.0.1:1")) as fleet:
        assert fleet.conditions(asked) is None


def test_servers_see_the_words_of_a_browser(page, go, is_same):
    page.for_browsers["/"] = page.pages["/"].replace("ten", "two")
    sources = go().sources
    assert is_same(sources)
    page.pages["/"] = "something else for anybody else"
    assert is_same(sources)
    page.for_browsers["/"] += " "
    assert not is_same(sources)


def test_a_page_behind_a_redirect_is_the_same_as_long_as_it_leads_there(page, go, is_same):
    page.pages["/moved"] = page.pages["/"]
    page.redirects["/"] = "/moved"
    sources = go().sources
    assert sources.final_url == f"{page.origin}/moved"
    assert is_same(sources)
    del page.redirects["/"]
    assert not is_same(sources)


@pytest.fixture
def keepable() -> Iterator[ChangingSite]:
    """Another site, whose style sheet and image may be kept for a minute."""
    with serving() as site:
        site.be_scriptless()
        for path in ("/style.css", "/picture.svg"):
            site.headers[path] = {"Cache-Control": "max-age=60"}
        yield site


def test_pages_of_one_scan_ask_once_for_what_may_be_kept(keepable, asked, go, fleet):
    sources = go(url=f"{keepable.origin}/", allowed_hosts=keepable.hosts).sources
    shared = Shared()
    keepable.asked.clear()
    for _ in range(2):
        with asking(fleet, replace(asked, allowed_hosts=keepable.hosts)) as asker:
            assert asker.are_unchanged(sources.answers, shared)
    counted = {path: keepable.asked.count(path) for path in ("/", "/style.css", "/back.svg")}
    assert counted == {"/": 2, "/style.css": 1, "/back.svg": 2}


def test_what_came_from_the_browsers_cache_counts_as_it_came(keepable, asked, go, fleet):
    keepable.pages["/two"] = keepable.pages["/"]
    go(url=f"{keepable.origin}/", allowed_hosts=keepable.hosts)
    keepable.asked.clear()
    sources = go(url=f"{keepable.origin}/two", allowed_hosts=keepable.hosts).sources
    assert "/style.css" not in keepable.asked
    for is_changed in (False, True):
        if is_changed:
            keepable.pages["/style.css"] += "b { color: #222 }"
        with asking(fleet, replace(asked, allowed_hosts=keepable.hosts)) as asker:
            assert asker.are_unchanged(sources.answers, Shared()) is not is_changed


def test_what_the_browser_kept_for_one_scan_says_nothing_to_the_next(keepable, go):
    def faint(scope):
        outcome = go(
            url=f"{keepable.origin}/", allowed_hosts=keepable.hosts, scope=scope, digests=None
        )
        return [each["id"] for each in outcome.artifacts.axe["violations"]].count("color-contrast")

    keepable.headers["/"] = keepable.headers["/style.css"]
    # Within a scan the browser may keep it or not.
    assert faint("one") == 0
    keepable.pages["/style.css"] += "body, b, h1, p { color: #ccc !important }"
    assert faint("two") == 1
    keepable.pages["/"] = "<!doctype html><html lang=en><title>t</title><main><h1>Plain</h1></main>"
    assert faint("three") == 0


def test_the_certificate_of_the_server_counts(asked, monkeypatch):
    authority = trustme.CA()
    trusting = httpx.create_ssl_context(trust_env=False)
    authority.configure_trust(trusting)
    monkeypatch.setattr(transport, "_context", lambda: trusting)
    monkeypatch.setattr(chromium, "FLAGS", (*chromium.FLAGS, "--ignore-certificate-errors"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with serving(context) as site, Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        site.be_scriptless()
        there = replace(asked, url=f"{site.origin}/", allowed_hosts=site.hosts)
        sources = fleet.visit(there).sources
        assert sources is not None
        with asking(fleet, there) as asker:
            assert asker.are_unchanged(sources.answers, Shared())
        another = authority.issue_cert("127.0.0.1", "localhost")
        another.configure_cert(context)
        with asking(fleet, there) as asker:
            assert not asker.are_unchanged(sources.answers, Shared())


def test_nothing_is_said_without_time_or_leave(page, first, is_same):
    page.asked.clear()
    assert not is_same(first, deadline_s=0.0)
    stop = threading.Event()
    stop.set()
    assert not is_same(first, has_to_stop=stop.is_set)
    assert not is_same(first, max_bytes=100)
    assert page.asked == ["/"]


def body(more: str) -> Callable[[ChangingSite], None]:
    return lambda site: of("/", "</body>", f"{more}</body>")(site)


UNSURE = {
    "a script": body("<script>1</script>"),
    "a script that takes itself out": body("<SCRIPT>document.currentScript.remove()</SCRIPT>"),
    "a script from elsewhere": body('<script src="/script.js"></script>'),
    "a module": body('<script type="module">1</script>'),
    "an import map": body('<script type="importmap">{}</script>'),
    "speculation rules": body('<script type="speculationrules">{}</script>'),
    "a script that seems a block": body('<script type="text/javascript" type="application/json">'),
    "a script in an image": body("<svg><script>1</script></svg>"),
    "a handler": body('<img src="/none" alt="" onerror="this.remove()">'),
    "a handler after a slash": body('<img src="/none" alt=""/onerror=this.remove()>'),
    "a handler behind what only parsers without scripts skip": body(
        "<noscript><!-- </noscript><img alt='' src=x onerror=this.remove()> --></noscript>"
    ),
    "a link that is a script": body('<a href="javascript:1">x</a>'),
    "a frame": body('<iframe src="/frame" title="x"></iframe>'),
    "an object": body('<object data="/picture.svg" aria-label="x"></object>'),
    "an embedded thing": body('<embed src="/picture.svg" title="x">'),
    "a film": body('<video src="/film" controls></video>'),
    "a sound": body("<audio controls></audio>"),
    "an image that moves by itself": body(
        '<svg><rect><animate attributeName="x" to="9" dur="1s"/></rect></svg>'
    ),
    "text that moves": body("<marquee>x</marquee>"),
    "an animation": of("/style.css", "body", "@keyframes k { to { left: 0 } } body"),
    "an animation spelled otherwise": of("/more.css", "h1", "@\\6b eyframes k { } h1"),
    "a way in": of("/", "<style>", "<style>@starting-style { b { color: red } }"),
    "a refresh": of("/", "<title>", '<meta http-equiv="refresh" content="600"><title>'),
    "a refresh spelled otherwise": of(
        "/", "<title>", '<meta http-equiv="&#114;efresh" content="600"><title>'
    ),
    "a refresh in a header": header("/", "Refresh", "600"),
    "a preloaded script": of(
        "/", "<title>", '<link rel="preload" as="script" href="/script.js"><title>'
    ),
    "another content type": header("/", "Content-Type", "text/html; charset=iso-8859-1"),
    "a cookie": header("/", "Set-Cookie", "a=1"),
    "a cookie of an image": header("/back.svg", "Set-Cookie", "a=1"),
    "an answer that varies by anything": header("/", "Vary", "*"),
    "an answer that varies by who refers": header("/style.css", "Vary", "Accept, Referer"),
    "an image that is refused": body('<img src="http://127.0.0.1:1/x" alt="">'),
}


@pytest.mark.parametrize("unsure", UNSURE.values(), ids=UNSURE.keys())
def test_a_page_is_looked_at_by_a_browser_whenever_it_has(page, go, unsure):
    unsure(page)
    assert go().sources is None


def test_a_page_is_looked_at_by_a_browser_whenever_its_server_wants_to_know_more(keepable, go):
    # A site of its own: a browser tells it more from then on, for as long as it lives.
    keepable.headers["/"] = {"Accept-CH": "Sec-CH-UA-Arch"}
    assert go(url=f"{keepable.origin}/", allowed_hosts=keepable.hosts).sources is None


@pytest.mark.parametrize("charset", ["gbk", "koi8-r", "utf-16"])
def test_text_whose_bytes_cannot_be_told_is_left_to_the_browser(page, go, charset):
    # In GBK these letters are as many bytes as in UTF-8.
    page.pages["/"] = page.pages["/"].replace("tänään", "Привет").replace("–", "-")
    page.pages["/"] = page.pages["/"].replace("utf-8", charset).encode(charset, "replace")
    page.headers["/"]["Content-Type"] = "text/html"
    assert go().sources is None


def test_a_reused_visit_tells_its_sources_anew(page, go):
    first = go()
    # On a busy machine the browser's log comes late now and then, and that visit tells none.
    visits = (go(digests={WIDE: first.digest}) for _ in range(5))
    again = next(visit for visit in visits if visit.sources is not None)
    assert again.reused
    assert first.sources is not None
    assert set(again.sources.answers) == set(first.sources.answers)
