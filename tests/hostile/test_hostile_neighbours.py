"""What one page does to its browser is never put down to the page that comes next."""

import threading
from pathlib import Path

import psutil
import pytest
from hostile_corpus import SERVED
from hostile_site import GOOD, Site
from interference import DRIVER, RENDERER, Shown, while_shown
from test_hostile_corpus import IS_TORTURE, Ground, verdicts
from traces import MemoryWatch, processes_of
from visiting import AXE

from service.browser import BrowserOptions, Fleet, PageErrorCode, VisitOutcome

# One process may hold 4 GB of its own; the rest of a browser is below one.
MOST_OF_A_BOMB = 5.5e9
LEAVERS = ("/endless-unload", "/late-heap-bomb", "/remembers-1", "/popup-storm")
MORE_LEAVERS = ("/endless-visibility", "/endless-beforeunload")
BOMBS = [("/heap-bomb", {"browser_crash", "render_timeout"})]
# Half of it there is examined, for as long as there is time.
MORE_BOMBS = [
    ("/half-a-million", {"too_large", "render_timeout", "check_timeout", "browser_crash"})
]
if IS_TORTURE:
    LEAVERS += MORE_LEAVERS
    BOMBS += MORE_BOMBS
# Its image never comes.
WAITING = GOOD.replace("/pixel.png", "/silence")
RULES_OF_THE_GOOD_PAGE = {
    ("violations", "image-alt", "['img']"),
    ("violations", "label", "['#unnamed']"),
    ("violations", "link-name", "['a']"),
}


@pytest.mark.long
def test_the_next_page_of_a_browser_pays_for_nothing(own_temp: Path) -> None:
    with Site(more=SERVED) as site, Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        ground = Ground(fleet=fleet, site=site)
        after = {"": verdicts(ground.visit("/good"))}
        for path in LEAVERS:
            ground.visit(path, 20.0)
            after[path] = verdicts(ground.visit("/good"))
    assert after == dict.fromkeys(("", *LEAVERS), RULES_OF_THE_GOOD_PAGE)


def test_a_renderer_killed_from_outside_is_a_crash_of_that_page_alone(own_temp: Path) -> None:
    page = Shown(WAITING)
    with Site(more={**SERVED, "/waiting": page}) as site:
        with Fleet(BrowserOptions(axe_path=AXE)) as fleet:
            ground = Ground(fleet=fleet, site=site)
            with while_shown(page, own_temp, RENDERER, psutil.Process.kill):
                outcome = ground.visit("/waiting", 30.0)
            after = ground.visit("/good")
        assert processes_of(own_temp) == []
    assert outcome.error is not None
    assert outcome.error.code is PageErrorCode.BROWSER_CRASH
    assert verdicts(after) == RULES_OF_THE_GOOD_PAGE


def test_a_page_that_answers_no_more_and_does_nothing_is_visited_again_in_a_new_browser(
    own_temp: Path,
) -> None:
    # As after a dialog that chromedriver forgot: the page waits, and whoever asks it.
    waits = "x = new XMLHttpRequest(); x.open('GET', '/silence', false); x.send()"
    hanging = Shown(f"<h1>Hello</h1><script>{waits}</script>")
    with Site(more={**SERVED, "/hanging": hanging}) as site:
        with Fleet(BrowserOptions(axe_path=AXE)) as fleet:
            ground = Ground(fleet=fleet, site=site)
            ground.visit("/good")
            outcome = ground.visit("/hanging", 30.0)
        assert processes_of(own_temp) == []
    assert outcome.error is not None
    assert (outcome.error.code, hanging.asked) == (PageErrorCode.RENDER_TIMEOUT, 2)


def test_a_crash_in_a_browser_that_showed_other_pages_may_be_their_doing(own_temp: Path) -> None:
    page = Shown(WAITING)
    with Site(more={**SERVED, "/waiting": page}) as site:
        with Fleet(BrowserOptions(axe_path=AXE)) as fleet:
            ground = Ground(fleet=fleet, site=site)
            ground.visit("/good")
            with while_shown(page, own_temp, RENDERER, psutil.Process.kill):
                outcome = ground.visit("/waiting", 6.0)
        assert processes_of(own_temp) == []
    assert (outcome.error, outcome.partial, page.asked) == (None, True, 2)


def test_nothing_of_a_crashed_page_is_left_in_the_home_folder(
    own_temp: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with Site(more=SERVED) as site, Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        outcome = Ground(fleet=fleet, site=site).visit("/heap-bomb", 30.0)
    assert outcome.error is not None
    assert outcome.error.code is PageErrorCode.BROWSER_CRASH
    assert [
        path for path in tmp_path.rglob("*") if "Crash" in path.name or path.suffix == ".dmp"
    ] == []


def test_a_worker_that_asks_to_outlive_its_page_does_not(own_temp: Path) -> None:
    worker = "const b = new BroadcastChannel('x'); setInterval(() => b.postMessage(1), 20)"
    address = f"URL.createObjectURL(new Blob([`{worker}`]))"
    asks = f"new SharedWorker({address}, {{ extendedLifetime: true }})"
    adds = (
        "new BroadcastChannel('x').onmessage = () => "
        "document.body.insertAdjacentHTML('beforeend', '<img src=/pixel.png>')"
    )
    more = {
        "/asks": f"<h1>One</h1><script>{asks}</script>",
        "/adds": f"<h1>Two</h1><script>{adds}</script>",
    }
    with Site(more={**SERVED, **more}) as site, Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        ground = Ground(fleet=fleet, site=site)
        ground.visit("/asks")
        after = ground.visit("/adds")
    assert "image-alt" not in {rule for _, rule, _ in verdicts(after)}


@pytest.mark.long
def test_a_page_that_crashes_a_new_browser_too_is_a_crash(own_temp: Path) -> None:
    page = Shown(SERVED["/heap-bomb"])
    with Site(more={**SERVED, "/bomb": page}) as site, Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        ground = Ground(fleet=fleet, site=site)
        ground.visit("/good")
        outcome = ground.visit("/bomb", 60.0)
    assert outcome.error is not None
    assert (outcome.error.code, page.asked) == (PageErrorCode.BROWSER_CRASH, 2)


@pytest.mark.long
def test_a_page_whose_chromedriver_is_killed_is_visited_again(own_temp: Path) -> None:
    page = Shown(WAITING)
    with Site(more={**SERVED, "/waiting": page}) as site:
        with (
            Fleet(BrowserOptions(axe_path=AXE)) as fleet,
            while_shown(page, own_temp, DRIVER, psutil.Process.kill),
        ):
            outcome = Ground(fleet=fleet, site=site).visit("/waiting", 6.0)
        assert processes_of(own_temp) == []
        assert list(own_temp.iterdir()) == []
    assert (outcome.error, outcome.partial, page.asked) == (None, True, 2)


@pytest.mark.parametrize(("path", "codes"), BOMBS)
def test_a_bomb_stays_below_its_cap_and_the_other_lane_is_unharmed(
    own_temp: Path, path: str, codes: set[str]
) -> None:
    with Site(more=SERVED) as site, Fleet(BrowserOptions(axe_path=AXE, lanes=2)) as fleet:
        ground = Ground(fleet=fleet, site=site)
        bombs: list[VisitOutcome] = []
        bomb = threading.Thread(target=lambda: bombs.append(ground.visit(path, 8.0)))
        beside = []
        with MemoryWatch(own_temp) as memory:
            bomb.start()
            while bomb.is_alive():
                beside.append(ground.visit("/good"))
    assert bombs[0].error is not None
    assert bombs[0].error.code in codes
    assert memory.most < MOST_OF_A_BOMB
    assert [verdicts(each) for each in beside] == [RULES_OF_THE_GOOD_PAGE] * len(beside)
