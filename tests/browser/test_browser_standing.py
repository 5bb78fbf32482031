"""Whether what stands in the tab is the page that was asked for, and is there to be examined."""

from collections.abc import Iterator

import pytest
from local_site import LocalSite
from visiting import AXE, TAGS, verdicts

from service.browser import BrowserOptions, Fleet, Viewport, VisitOutcome, VisitRequest
from service.browser.gate import KEPT_BACK

WIDE = Viewport(width=1280, height=1024)
NARROW = Viewport(width=400, height=800)


def page(body: str, head: str = "") -> str:
    return (
        f'<!doctype html><html lang="en"><head><title>Page</title>{head}</head>'
        f"<body>{body}</body></html>"
    )


MAIN = "<main><h1>Page</h1><img src=/x.png></main>"
PASSWORD = "<label>Password <input type=password></label>"
PAGES = {
    "/undefined-root": page("<app-root></app-root>"),
    "/sized-root": page("<div id=root></div>", "<style>html, body, #root { height: 100% }</style>"),
    "/hidden": page(MAIN, "<style>body { visibility: hidden }</style>"),
    "/faded-out": page(MAIN, "<style>body { opacity: 0 }</style>"),
    "/image": page("<img src=data:image/gif;base64,R0lGODlhAQABAAAAACw= width=9 height=9>"),
    "/frames": (
        '<!doctype html><html lang="en"><head><title>Page</title></head><frameset cols="50%,*">'
        '<frame src="/image" title="One"><frame src="/image" title="Two"></frameset></html>'
    ),
    "/drawn": page("<p class=d></p>", "<style>.d::before { content: 'Hello' }</style>"),
    "/closed-root": page(
        "<x-card></x-card><script>customElements.define('x-card', class extends HTMLElement {"
        "constructor() { super(); this.attachShadow({ mode: 'closed' }).innerHTML = 'Hello' } })"
        "</script>"
    ),
    "/open-root": page("<div><template shadowrootmode=open><p>Hello</p></template></div>"),
    "/broken.xhtml": (
        '<html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head><title>Page</title></head>'
        "<body><h1>Page</h1><br></body></html>"
    ),
    "/feed.xhtml": '<feed xmlns="http://www.w3.org/2005/Atom"><title>Feed</title></feed>',
    "/sound.xhtml": (
        '<html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head><title>Page</title></head>'
        "<body><h1>Page</h1></body></html>"
    ),
    "/router": page(
        "<div id=app></div><script>"
        "navigation.addEventListener('navigate', (event) => event.intercept({ handler() {"
        f"app.innerHTML = '{MAIN}' }} }}));"
        "addEventListener('load', () => navigation.navigate(location.href, { history: 'replace' }))"
        "</script>"
    ),
    "/called-off": page(
        f"{MAIN}<script>navigation.addEventListener('navigate', (event) => event.preventDefault());"
        "addEventListener('load', () => { location.href = '/elsewhere' })</script>"
    ),
    "/behind": page(
        f"<div inert>{MAIN.replace('main', 'div')}</div>"
        "<div role=dialog aria-modal=true aria-label=Cookies><p>Cookies?</p></div>"
    ),
    "/drawer": page(f"<nav inert><a href=/x>Menu</a></nav>{MAIN.replace('main', 'div')}"),
    "/slides": page(
        "<div inert style='position: absolute; inset: 0; opacity: 0'><img src=/x.png></div>"
        f"{MAIN.replace('main', 'div')}"
    ),
    "/routed": page(
        f"<main><h1>Page</h1>{PASSWORD}</main><script>location.hash = '#/login'</script>"
    ),
    "/queried": page(
        f"<main><h1>Page</h1>{PASSWORD}</main><script>"
        "if (location.search.includes('account')) location.search = '?page=login'</script>"
    ),
    "/tidied": page(
        f"<main><h1>Page</h1>{PASSWORD}</main>"
        "<script>history.replaceState(0, '', '?page=1')</script>"
    ),
    "/moved": page("<script>location = '/deep'</script>"),
    "/deep": page(
        f"<main><h1>Page</h1><div><template shadowrootmode=open>{PASSWORD}</template></div></main>"
    ),
}


@pytest.fixture(scope="module")
def site() -> Iterator[LocalSite]:
    with LocalSite(PAGES) as site:
        yield site


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    with Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        yield fleet


def asked(site: LocalSite, path: str) -> VisitRequest:
    return VisitRequest(
        url=site.url(path), viewport=WIDE, axe_tags=TAGS, allowed_hosts=frozenset({site.host})
    )


@pytest.fixture
def visit(site: LocalSite, fleet: Fleet):
    def go(path: str) -> VisitOutcome:
        return fleet.visit(asked(site, path))

    return go


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/undefined-root", "empty_page"),
        ("/sized-root", "empty_page"),
        ("/hidden", "empty_page"),
        ("/faded-out", "empty_page"),
        ("/broken.xhtml", "not_html"),
        ("/feed.xhtml", "not_html"),
        ("/routed#/account", "login_required"),
        ("/queried?page=account", "login_required"),
        ("/moved", "login_required"),
    ],
)
def test_what_is_no_page_gets_no_verdict(visit, path, code):
    outcome = visit(path)
    assert outcome.error is not None
    assert outcome.error.code == code


@pytest.mark.parametrize(
    "path",
    [
        "/image", "/frames", "/drawn", "/closed-root", "/open-root", "/sound.xhtml", "/router",
        "/called-off", "/drawer", "/slides", "/tidied?page=1&lang=fi",
    ],
)  # fmt: skip
def test_what_is_a_page_is_examined_in_full(visit, path):
    outcome = visit(path)
    assert (outcome.error, outcome.partial_reasons) == (None, ())


def test_an_inert_page_behind_a_dialog_is_examined_in_part(visit):
    outcome = visit("/behind")
    assert outcome.partial_reasons == (KEPT_BACK,)


SLOW = (
    "p { transition: color 3s } p { color: #000 } @media (max-width: 600px) { p { color: #bbb } }"
)
LATER = SLOW.replace("color 3s", "color .2s 5s")


@pytest.mark.parametrize("style", [SLOW, LATER], ids=["slow", "later"])
def test_what_a_resize_sets_in_motion_for_long_is_loaded_in_that_size(fleet, style):
    plain = page("<main><h1>Page</h1><p>Some text here</p></main>", f"<style>{style}</style>")
    with LocalSite({"/": plain}) as site:
        wide, narrow = fleet.visit_page(asked(site, "/"), (WIDE, NARROW))
    assert {rule for _, rule, _ in verdicts(wide)} == set()
    assert {rule for _, rule, _ in verdicts(narrow)} == {"color-contrast"}
