"""The truth gate: a verdict is only given on a page that is really there.

A load "succeeds" on Chromium's own error page, on a PDF viewer's wrapper and on the tab that a
download left behind; axe would judge each of them as the customer's page.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from service.browser.addresses import host_port, split_url
from service.browser.axe import revive_timers
from service.browser.failures import Clock, CommandInterrupted, CommandRefused
from service.browser.guard import Door
from service.browser.limits import refuse_too_large
from service.browser.net_errors import unreachable_reason
from service.browser.session import BrowserSession
from service.browser.values import PageError, PageErrorCode, VisitFailed, VisitRequest
from service.browser.world import World, WorldGone, call_text

LOAD_CAP_S = 15.0
LOAD_SHARE = 0.4
RENDER_CAP_S = 3.0
# docs/adr/0018; 20 ms each. What a page puts off for a tenth of a second, as many do, is in time.
SETTLE_TURNS = 6
SETTLE_S = 0.12
SETTLE_CAP_S = 1.0
# What scripts build comes over the network after the load; it may also never come.
NETWORK_CAP_S = 2.0
POLL_S = 0.05
# How long a page may leave a question unanswered, beyond what it was given to load. A machine that
# is busy with other pages lets one wait for seconds that does nothing wrong; the deadline of the
# visit ends the waiting in any case.
ANSWER_CAP_S = 5.0
MAX_DIALOGS = 5
# chromedriver now and then forgets a dialog among several, and then nothing is answered any more.
AFTER_DIALOG_CAP_S = 2.0
# A slow page may be left for another one, or show a dialog, this often when its time has come.
MAX_LATE_MOVES = 3
KEPT_BACK = (
    "a modal dialog is open, or the page is inert: what is behind was not examined; close it "
    "first, with actions"
)


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document that passed the gate: its main frame's world and what it says of itself.

    `asks_to_sign_in` tells that it shows a password field.
    """

    world: World
    href: str
    status: int
    content_type: str
    title: str
    language: str | None
    partial_reasons: tuple[str, ...]
    asks_to_sign_in: bool = False


def kept_back(request: VisitRequest, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Why a page, by its facts, cannot be examined in full although it is there."""
    # Where steps were asked for, they brought the page into the state that is meant.
    return (KEPT_BACK,) if facts["keptBack"] and not request.approach.actions else ()


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """A selector that has to match until `end`, a monotonic time, and what it is if it does not."""

    field: str
    selector: str
    end: float
    code: PageErrorCode
    detail: str


class Gate:
    """Waits until the document is there, then asks it what it is."""

    def __init__(
        self,
        session: BrowserSession,
        request: VisitRequest,
        frame_id: str,
        clock: Clock,
        door: Door,
    ) -> None:
        self.session = session
        self.request = request
        self.frame_id = frame_id
        self.clock = clock
        self.door = door
        self.load_cap_s = min(LOAD_CAP_S, clock.left_s() * LOAD_SHARE)
        self.load_end = time.monotonic() + self.load_cap_s
        self.dialogs = 0
        self.moves = 0
        self.reasons: list[str] = []

    def come_to_rest(self) -> tuple[World, dict[str, Any]]:
        """Wait until the document is complete, goes nowhere and its elements no longer change.

        Nor may it wait for what it is built from, or have got that just now; but `NETWORK_CAP_S`
        is enough.
        """
        seen: tuple[object, ...] = ()
        loaded: tuple[int, float] | None = None
        while True:
            world, facts = self._look(settled=True)
            before, seen = seen, (world.context_id, facts["href"], facts["elements"])
            is_loaded = facts["readyState"] == "complete" and facts["leaving"] is None
            now = time.monotonic()
            # A document that may have no timers is looked at twice instead.
            if is_loaded and (not facts["opaque"] or seen == before):
                if loaded is None or loaded[0] != world.context_id:
                    loaded = (world.context_id, now)
                is_late = now > min(loaded[1] + NETWORK_CAP_S, self.load_end)
                if is_late or self._is_network_quiet(facts):
                    return world, facts
            if now > self.load_end:
                if not is_loaded:
                    self.reasons.append(
                        f"the page was still {_unloaded(facts)} after {self.load_cap_s:.0f} s"
                    )
                return world, facts
            time.sleep(SETTLE_S if is_loaded and facts["opaque"] else POLL_S)

    def pass_through(self) -> Document:
        world, facts = self.come_to_rest()
        self._judge(facts)
        if facts["opaque"]:
            revive_timers(world, self.clock)
        at_rest = facts
        world, facts = self._await_selector(world, facts, self._wait_for())
        world, facts = self._await_rendering(world, facts)
        world, facts = self._await_selector(world, facts, self._must_contain())
        if facts is not at_rest:
            # What was waited for is seldom all that comes.
            world, facts = self.come_to_rest()
        self._judge(facts)
        self.reasons += kept_back(self.request, facts)
        return Document(
            world=world,
            href=facts["href"],
            status=facts["status"],
            content_type=facts["contentType"],
            title=facts["title"],
            language=facts["language"],
            partial_reasons=tuple(dict.fromkeys(self.reasons)),
            asks_to_sign_in=facts["asksToSignIn"],
        )

    def _look(self, *, settled: bool = False) -> tuple[World, dict[str, Any]]:
        """The present document's world and facts, whatever it dismisses or becomes meanwhile.

        With `settled` the document is given time to come to rest, if it has timers to tell.
        """
        while True:
            try:
                world = World.of_frame(self.session, self.frame_id, self._patience())
                facts = self._ask(world, settled)
                refuse_too_large(self.door, facts["href"], facts)
                return world, facts
            except CommandInterrupted as error:
                self.dialogs += error.dialog
                if self.dialogs > MAX_DIALOGS:
                    raise VisitFailed(
                        PageErrorCode.RENDER_TIMEOUT, "the page opens one dialog after another"
                    ) from error
            except WorldGone:
                self._pause()
            self.moves += 1
            if time.monotonic() > self.load_end and self.moves > MAX_LATE_MOVES:
                raise VisitFailed(PageErrorCode.RENDER_TIMEOUT, "the page never stands still")

    def _is_network_quiet(self, facts: Mapping[str, Any]) -> bool:
        since_s = facts["atMs"] / 1000 - SETTLE_S
        try:
            return self.session.is_network_quiet(self.frame_id, since_s, self._patience().left_s())
        except CommandRefused:
            # A Grid's node without this log.
            return True
        except CommandInterrupted:
            return False

    def _patience(self) -> Clock:
        """What the page has left to load, and then to answer, within the visit's deadline."""
        return Clock(self.clock.left_s(self._load_left_s() + ANSWER_CAP_S))

    def _load_left_s(self) -> float:
        load_s = max(self.load_end - time.monotonic(), 0.0)
        return min(load_s, AFTER_DIALOG_CAP_S) if self.dialogs else load_s

    def _ask(self, world: World, settled: bool) -> dict[str, Any]:
        rest_ms = int(self._load_left_s() * 1000)
        # One that may turn out to be known is loaded without axe-core.
        is_new = self.request.viewport not in (self.request.digests or {})
        rest = call_text("settled", SETTLE_TURNS, SETTLE_CAP_S * 1000, rest_ms, is_new)
        wanted = f'origin === "null" ? luiska.facts() : {rest}'
        text = world.evaluate(
            f'typeof luiska === "undefined" ? null : {wanted if settled else "luiska.facts()"}',
            self._patience().left_s(),
        )
        if text is None:
            raise VisitFailed(
                PageErrorCode.NAVIGATION_FAILED, "the tab holds no document of the page's"
            )
        return dict(json.loads(text))

    def _pause(self) -> None:
        time.sleep(POLL_S)

    def _await_selector(
        self, world: World, facts: dict[str, Any], wanted: _Wanted | None
    ) -> tuple[World, dict[str, Any]]:
        if wanted is None:
            return world, facts
        while True:
            try:
                found = world.call("has", wanted.selector, timeout_s=self.clock.left_s(10))
            except (WorldGone, CommandInterrupted):
                found = "absent"
            if found == "invalid":
                raise VisitFailed(
                    PageErrorCode.CHECK_FAILED,
                    f"{wanted.field} {wanted.selector!r} is not a CSS selector",
                )
            if found == "found":
                return self._look()
            if time.monotonic() > wanted.end:
                raise VisitFailed(wanted.code, wanted.detail)
            self._pause()
            world, facts = self._look()
            self._judge(facts)

    def _wait_for(self) -> _Wanted | None:
        selector = self.request.wait_for
        return (
            None
            if selector is None
            else _Wanted(
                field="wait_for",
                selector=selector,
                end=max(self.load_end, time.monotonic() + 1.0),
                code=PageErrorCode.NAVIGATION_TIMEOUT,
                detail=f"nothing matched wait_for {selector!r} within {self.load_cap_s:.0f} s",
            )
        )

    def _must_contain(self) -> _Wanted | None:
        selector = self.request.approach.must_contain
        return (
            None
            if selector is None
            else _Wanted(
                field="must_contain",
                selector=selector,
                end=time.monotonic() + min(RENDER_CAP_S, self.clock.left_s() * LOAD_SHARE),
                code=PageErrorCode.NAVIGATION_FAILED,
                detail=f"the page shown is not the one meant: nothing matches {selector}",
            )
        )

    def _await_rendering(self, world: World, facts: dict[str, Any]) -> tuple[World, dict[str, Any]]:
        """Give an empty shell a moment to fill itself, and refuse it if it does not."""
        end = time.monotonic() + min(RENDER_CAP_S, self.clock.left_s() * LOAD_SHARE)
        while not facts["rendersSomething"]:
            if time.monotonic() > end:
                code = (
                    PageErrorCode.NAVIGATION_TIMEOUT if self.reasons else PageErrorCode.EMPTY_PAGE
                )
                raise VisitFailed(
                    code, "; ".join(["the page's body shows nothing at all", *self.reasons])
                )
            self._pause()
            world, facts = self._look()
            self._judge(facts)
        return world, facts

    def _judge(self, facts: dict[str, Any]) -> None:
        """Raise VisitFailed unless these are the facts of the page that was asked for."""
        href = facts["href"]
        if not href.startswith(("http://", "https://")):
            refusal = unreachable_reason(self.session, self.clock, self.door)
            if refusal is not None:
                raise VisitFailed(refusal.code, refusal.reason)
            raise VisitFailed(
                PageErrorCode.NAVIGATION_FAILED,
                f"the tab shows {href.partition(':')[0]}: and no page",
            )
        error = self._address_error(href)
        if error is not None:
            raise VisitFailed(error.code, error.detail)
        if not facts["isHtml"]:
            given = facts["contentType"]
            what = "XML that is no well-formed XHTML page" if "xhtml" in given else given
            raise VisitFailed(PageErrorCode.NOT_HTML, f"the address gives {what}, not HTML")
        status = facts["status"]
        if status in (401, 407):
            raise VisitFailed(PageErrorCode.LOGIN_REQUIRED, f"the server answered {status}")
        if status >= 400:
            raise VisitFailed(PageErrorCode.HTTP_ERROR, f"the server answered {status}")
        if status == 0:
            raise VisitFailed(
                PageErrorCode.NAVIGATION_FAILED, "no status is known for the document shown"
            )

    def _address_error(self, href: str) -> PageError | None:
        asked, landed = split_url(self.request.url), split_url(href)
        if isinstance(asked, PageError):
            return asked
        if isinstance(landed, PageError):
            return landed
        if landed[:2] == asked[:2]:
            return None
        names = {_bare(name) for name in self.request.site_hosts}
        names.add(_bare(asked.hostname or ""))
        allowed = {host.lower() for host in self.request.allowed_hosts}
        if _bare(landed.hostname or "") in names or host_port(landed) in allowed:
            return None
        return PageError(
            code=PageErrorCode.REDIRECT_OFF_SITE,
            detail=f"the address leads to {landed.hostname}, which is not part of this site",
        )


def _unloaded(facts: dict[str, Any]) -> str:
    if facts["leaving"] is not None:
        return f"on its way to {urlsplit(facts['leaving']).path or '/'}"
    return {"loading": "loading", "interactive": "loading its images or frames"}.get(
        facts["readyState"], "loading"
    )


def _bare(host: str) -> str:
    return host.lower().rstrip(".").removeprefix("www.")
