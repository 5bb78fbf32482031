"""A second viewport is a resize where no script runs and the page comes to rest, else a load."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest
from hostile_site import page
from local_site import LocalSite
from visiting import AXE, TAGS, verdicts_of

from service.browser import BrowserOptions, Fleet, Viewport, VisitRequest
from service.browser.axe import axe_options
from service.browser.chromium import find_browser
from service.browser.failures import Clock
from service.browser.guard import Door, EgressPolicy, Guard
from service.browser.progress import Progress
from service.browser.session import BrowserSession
from service.browser.starting import start_session
from service.browser.visit import Examined, examine, examine_again

WIDE = Viewport(width=1280, height=1024)
NARROW = Viewport(width=360, height=740)
MENU = page(
    '<nav class="menu"><a href="/a"><img src="/x.png"></a></nav><main><h1>Menu</h1>'
    '<p class="faint">Text</p><input id="q"></main>',
    head="<style>.faint { color: #999 } @media (max-width: 600px) { .menu { display: none } "
    ".faint { color: #aaa } }</style>",
)
REBUILT = page(
    '<main><h1>Rebuilt</h1><p id="there">Text</p></main><script>addEventListener("resize", () => {'
    'document.getElementById("there").innerHTML = "<img src=/x.png>" })</script>'
)
STEADY = page('<main><h1>Steady</h1><img src="/x.png"><p style="color:#999">Text</p></main>')
PLAIN = page('<main><h1>Plain</h1><p style="color:#999">Text</p></main>')
PAGES = {"/menu": MENU, "/rebuilt": REBUILT, "/steady": STEADY}
# Too faint on its way only.
FADING = page(
    '<main><h1>Fading</h1><p class="text">Text</p></main>',
    head="<style>.text { color: #111; transition: color .5s } "
    "@media (min-width: 600px) { .text { color: #555 } } "
    "@keyframes come { from { color: #fff } }</style>",
)
COMING = FADING.replace('class="text"', 'style="color: #111; animation: come .5s"')


@pytest.fixture(scope="module")
def sized() -> Iterator[LocalSite]:
    with LocalSite(PAGES) as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[tuple[BrowserSession, Door]]:
    found = find_browser()
    with Guard() as guard:
        door = guard.open_door()
        session = start_session(
            chromium=found.chromium,
            chromedriver=found.chromedriver,
            grid_url=None,
            proxy=door.address,
            on_start=lambda _kill: None,
        )
        yield session, door
        session.quit()


def _request(site: LocalSite, path: str, viewport: Viewport) -> VisitRequest:
    return VisitRequest(
        url=site.url(path),
        viewport=viewport,
        axe_tags=TAGS,
        allowed_hosts=frozenset({site.host}),
        deadline_s=60,
    )


def _resized(
    site: LocalSite, browser: tuple[BrowserSession, Door], path: str
) -> tuple[Examined, Examined | None]:
    """What a page gave when it was wide, and when it was made narrow."""
    session, door = browser
    door.begin(EgressPolicy(allowed_hosts=frozenset({site.host})))
    session.open_clean_tab()
    clock = Clock(60)
    wide, narrow = (_request(site, path, viewport) for viewport in (WIDE, NARROW))
    shown = examine(session, wide, AXE, clock, Progress(), door, resizes=True)
    return shown, examine_again(session, shown, narrow, clock, Progress(), door)


@pytest.mark.parametrize(
    "path", [*PAGES, "/fi/etusivu.html", "/fi/tilaus.html", "/en/results.html"]
)
def test_a_resized_page_gives_what_a_whole_run_in_that_size_gives(
    sized: LocalSite, browser: tuple[BrowserSession, Door], path: str
) -> None:
    _, again = _resized(sized, browser, path)
    assert again is not None
    main = again.document.world
    whole = again.axe.run(options=axe_options(TAGS), main=main, clock=Clock(60))
    found = dict(again.artifacts.axe)
    for kind in ("violations", "incomplete", "passes", "inapplicable"):
        assert found[kind] == whole.results[kind]


def test_what_a_resize_sets_in_motion_is_examined_at_its_end(
    browser: tuple[BrowserSession, Door],
) -> None:
    far = FADING.replace("color: #555", "color: #111; background: #111; color: #fff")
    with LocalSite({"/fading": far}) as local:
        wide, narrow = _resized(local, browser, "/fading")
    assert narrow is not None
    assert "color-contrast" not in _rules(wide.artifacts.axe) | _rules(narrow.artifacts.axe)


def test_a_page_that_comes_in_slowly_is_examined_when_it_is_there() -> None:
    endless = COMING.replace("come .5s", "come 9s infinite")
    with (
        LocalSite({"/coming": COMING, "/endless": endless}) as local,
        Fleet(BrowserOptions(axe_path=AXE)) as fleet,
    ):
        coming, still_moving = (
            fleet.visit(_request(local, path, WIDE)) for path in ("/coming", "/endless")
        )
    assert coming.artifacts is not None
    assert "color-contrast" not in _rules(coming.artifacts.axe)
    assert still_moving.state == "examined"


LATE = """<!doctype html><html lang=en><title>Late</title><main><h1>Late</h1></main><script>
  const show = () => {
    const image = document.createElement("img");
    image.src = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
    document.querySelector("main").append(image);
  };
  addEventListener("load", () => %s);
</script></html>"""


def test_what_a_page_puts_off_for_a_tenth_of_a_second_is_examined() -> None:
    late = LATE % "setTimeout(show, 100)"
    with LocalSite({"/late": late}) as local, Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        visits = [fleet.visit(_request(local, "/late", WIDE)) for _ in range(5)]
    assert ["image-alt" in _rules(visit.artifacts.axe) for visit in visits] == [True] * 5  # type: ignore[union-attr]


def test_what_a_page_waits_for_is_examined_when_it_is_there() -> None:
    fetching = 'fetch("/first").then((r) => r.text()).then(() => fetch("/second")).then(show)'
    pages = {
        "/late": LATE % fetching,
        "/first": "1", "/second": "2",
    }  # fmt: skip
    with LocalSite(pages) as local, Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        local.slow_s = {"/first": 0.5, "/second": 0.5}
        visit = fleet.visit(_request(local, "/late", WIDE))
    assert "image-alt" in _rules(visit.artifacts.axe)  # type: ignore[union-attr]


def test_an_answer_that_nobody_reads_holds_nothing_up() -> None:
    pages = {"/late": LATE % 'fetch("/counted").then(show)', "/counted": "1" * 100_000}
    with LocalSite(pages) as local, Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        visit = fleet.visit(_request(local, "/late", WIDE))
    assert "image-alt" in _rules(visit.artifacts.axe)  # type: ignore[union-attr]
    assert visit.timings_ms["navigate"] < 2000


def test_what_never_comes_is_not_waited_for_long() -> None:
    pages = {"/late": LATE % 'fetch("/never").then(show)', "/never": None}
    with LocalSite(pages) as local, Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        visit = fleet.visit(_request(local, "/late", WIDE))
    assert (visit.state, visit.partial) == ("examined", False)
    assert "image-alt" not in _rules(visit.artifacts.axe)  # type: ignore[union-attr]
    assert 2000 < visit.timings_ms["navigate"] < 10_000


def test_a_page_that_is_left_waits_for_answers_anew() -> None:
    moving = LATE % ('fetch("/first").then((r) => r.text()).then(() => { location = "/landed"; })')
    pages = {
        "/moving": moving, "/landed": LATE % 'fetch("/second").then(show)',
        "/first": "1", "/second": "2",
    }  # fmt: skip
    with LocalSite(pages) as local, Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        local.slow_s = {"/first": 1.7, "/second": 1.0}
        visit = fleet.visit(_request(local, "/moving", WIDE))
    assert "image-alt" in _rules(visit.artifacts.axe)  # type: ignore[union-attr]


def test_what_a_resize_puts_off_is_examined_in_the_new_size(
    browser: tuple[BrowserSession, Door],
) -> None:
    # The picture is late, so that the page is asked before it is complete.
    resized = (LATE % "null").replace("<h1>", '<img src="/slow" alt=""><h1>')
    resized = resized.replace(
        "</script>", 'addEventListener("resize", () => setTimeout(show, 100));</script>'
    )
    pages = {"/resized": resized, "/slow": ""}
    with LocalSite(pages) as local:
        local.slow_s = {"/slow": 0.3}
        pairs = [_resized(local, browser, "/resized") for _ in range(3)]
    found = [["image-alt" in _rules(each.artifacts.axe) for each in pair if each] for pair in pairs]
    assert found == [[False, True]] * 3


def test_what_a_shell_fills_in_after_its_first_box_is_examined() -> None:
    shell = LATE.replace("<main><h1>Late</h1></main>", "<main></main>") % (
        "setTimeout(() => { document.querySelector('main').append('Soon'); "
        "setTimeout(show, 100); }, 1500)"
    )
    with LocalSite({"/shell": shell}) as local, Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        visit = fleet.visit(_request(local, "/shell", WIDE))
    assert "image-alt" in _rules(visit.artifacts.axe)  # type: ignore[union-attr]


def test_what_only_one_size_shows_is_found_in_that_size_alone(sized: LocalSite) -> None:
    with Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        request = _request(sized, "/menu", WIDE)
        wide, narrow, wide_again = fleet.visit_page(request, (WIDE, NARROW, WIDE))
    found = [_rules(outcome.artifacts.axe) for outcome in (wide, narrow, wide_again)]  # type: ignore[union-attr]
    assert "image-alt" in found[0]
    assert "image-alt" not in found[1]
    assert found[2] == found[0]


def test_a_page_that_leaves_when_it_is_resized_is_not_examined_so(
    browser: tuple[BrowserSession, Door],
) -> None:
    leaving = page(
        '<main><h1>Wide</h1></main><script>addEventListener("resize", () => '
        '{ location = "/good" })</script>'
    )
    with LocalSite({"/leaving": leaving, "/good": STEADY}) as local:
        _, narrow = _resized(local, browser, "/leaving")
    assert narrow is None


class _Counting(LocalSite):
    """Knows what it was asked for."""

    def __init__(self, pages: dict[str, str]) -> None:
        super().__init__(pages)
        self.paths: list[str] = []

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        self.paths.append(request.path)
        super()._answer(request)


def test_a_page_without_scripts_is_loaded_once_for_all_sizes() -> None:
    with _Counting({"/plain": PLAIN}) as local, Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        fleet.visit_page(_request(local, "/plain", WIDE), (WIDE, NARROW, WIDE))
    assert local.paths.count("/plain") == 1


@pytest.mark.parametrize("order", [(WIDE, NARROW), (NARROW, WIDE)])
def test_what_a_script_builds_for_the_size_that_it_is_loaded_in_is_found_in_that_size(
    order: tuple[Viewport, Viewport],
) -> None:
    sizing = page(
        "<main><h1>Sizing</h1><p id=there>Text</p></main><script>"
        "there.innerHTML = innerWidth < 500 ? '<img src=/x.png>' : '<button></button>'</script>"
    )
    with _Counting({"/sizing": sizing}) as local, Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        outcomes = fleet.visit_page(_request(local, "/sizing", WIDE), order)
    found = [
        _rules(outcome.artifacts.axe) & {"image-alt", "button-name"}  # type: ignore[union-attr]
        for outcome in outcomes
    ]
    wanted = {WIDE: {"button-name"}, NARROW: {"image-alt"}}
    assert found == [wanted[viewport] for viewport in order]
    assert local.paths.count("/sizing") == 2


def _rules(results: object) -> set[str]:
    return {rule for _, rule, _ in verdicts_of(dict(results))}  # type: ignore[call-overload]
