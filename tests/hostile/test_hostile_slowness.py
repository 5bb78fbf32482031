"""What is slow is told as slow, and nobody's fault is put down to the page."""

import contextlib
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest
from hostile_case import endless
from hostile_corpus import SERVED
from hostile_site import Site, page
from interference import RENDERER, Shown, while_shown
from protocol_cases import CLOSE, HTML
from test_hostile_corpus import Ground
from visiting import AXE, TAGS

from service.browser import (
    BrowserOptions,
    Fleet,
    PageErrorCode,
    Viewport,
    VisitRequest,
)
from service.browser.failures import (
    Clock,
    CommandInterrupted,
    CommandRefused,
    CommandTimeout,
    SessionLost,
)
from service.browser.progress import Progress
from service.browser.session import BrowserSession
from service.browser.visit import examine

# Of the seven seconds of its visit the page has 2.8 to load.
STANDSTILL_S = 3.5
MANY_WORDS = page("<main><h1>A</h1></main>" + "<p>word <b>word</b></p>" * 1500)
ASKS = b"<script>setTimeout(() => {alert(1); location = '/good'}, 3000)</script>"


def test_a_slow_page_on_a_machine_that_stands_still_is_told_as_slow(own_temp: Path) -> None:
    """Its renderer answers late because it got no processor, not because the page kept it busy."""
    dripping = Shown(endless(HTML + CLOSE, b"<!-- drip -->", pause_s=0.2))

    def freeze(process: psutil.Process) -> None:
        process.suspend()
        threading.Timer(STANDSTILL_S, thaw, [process]).start()

    def thaw(process: psutil.Process) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.resume()

    with (
        Site(more={"/dripping": dripping}) as site,
        Fleet(BrowserOptions(axe_path=AXE)) as fleet,
        while_shown(dripping, own_temp, RENDERER, freeze),
    ):
        outcome = Ground(fleet=fleet, site=site).visit("/dripping", 7.0)
    assert outcome.error is not None
    assert outcome.error.code is PageErrorCode.NAVIGATION_TIMEOUT, outcome.error


@pytest.mark.long
def test_a_slow_page_that_asks_something_when_its_time_has_come_is_judged_all_the_same(
    own_temp: Path,
) -> None:
    more = {**SERVED, "/asks": endless(HTML + CLOSE + ASKS, b"<!-- drip -->", pause_s=0.2)}
    with Site(more=more) as site, Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        ground = Ground(fleet=fleet, site=site)
        # 2.4 s to load, and 1.4 s more to show anything.
        outcome = ground.visit("/asks", 6.0)
    assert (outcome.error, outcome.partial) == (None, True)
    assert outcome.artifacts is not None
    assert outcome.artifacts.final_url == f"{site.origin}/good"


@pytest.mark.long
def test_a_frame_that_never_rests_is_not_taken_for_a_page_that_left(own_temp: Path) -> None:
    moving = page(
        '<main><h1>A</h1><iframe title="f" src="/words"></iframe></main>'
        "<script>setInterval(() => { frames[0].location = '/words?' + Math.random() }, 60)</script>"
    )
    more = {"/words": MANY_WORDS, "/moving": moving}
    with Site(more=more) as site, Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        outcome = Ground(fleet=fleet, site=site).visit("/moving", 8.0)
    assert outcome.error is None


def test_a_browser_that_does_not_answer_before_the_page_is_lost_and_no_fault_of_the_page() -> None:
    class Mute(BrowserSession):
        def __init__(self) -> None:
            self.driver = None  # type: ignore[assignment]
            self.pages = 0

        def add_script(self, source: str, world_name: str, timeout_s: float) -> None:
            raise CommandTimeout("not answered")

    request = VisitRequest(
        url="http://a.example/", viewport=Viewport(width=800, height=600), axe_tags=TAGS
    )
    with pytest.raises(SessionLost, match="before it was asked for a page") as caught:
        examine(Mute(), request, AXE, Clock(5), Progress(), door=None)  # type: ignore[arg-type]
    assert not caught.value.crashed


def test_a_dialog_that_chromedriver_forgot_is_dismissed_too() -> None:
    """It does when one opens while it dismisses another; whatever is asked then has no answer."""
    asked = []

    class Forgetful(BrowserSession):
        def __init__(self) -> None:
            self.open_dialogs = 3

        def _execute(self, name: str, timeout_s: float, **params: Any) -> Any:
            asked.append(params["cmd"])
            if params["cmd"] != "Page.handleJavaScriptDialog":
                return None
            self.open_dialogs -= 1
            if self.open_dialogs == 1:
                raise CommandInterrupted(name, dialog=True)
            if self.open_dialogs < 0:
                raise CommandRefused("No dialog is showing")
            return {}

    session = Forgetful()
    with pytest.raises(CommandInterrupted):
        session.command("Runtime.evaluate", 1.0)
    assert session.open_dialogs == 0
    assert asked == ["Runtime.evaluate"] + ["Page.handleJavaScriptDialog"] * 3
