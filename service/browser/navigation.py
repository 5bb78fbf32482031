"""Going to an address and to what stands there, and whether that still stands later."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from service.browser.failures import Clock, CommandTimeout
from service.browser.gate import Document, Gate
from service.browser.guard import Door
from service.browser.limits import refuse_too_large
from service.browser.net_errors import net_error
from service.browser.session import BrowserSession
from service.browser.values import PageErrorCode, Viewport, VisitFailed, VisitRequest
from service.browser.world import World, WorldGone, call_text

NAVIGATE_CAP_S = 30.0
RESIZE_CAP_S = 1.0


def open_page(session: BrowserSession, request: VisitRequest, clock: Clock, door: Door) -> Document:
    """Navigate and let the result through the gate. Raises VisitFailed naming what stood there."""
    with session.blaming_what_came_before():
        frame_id = navigate(session, request.url, clock, door)
    return judged_page(session, request, frame_id, clock, door)


def navigate(session: BrowserSession, url: str, clock: Clock, door: Door) -> str:
    """Have the tab go there; the id of its frame. Raises VisitFailed for what gives no document."""
    limit_s = clock.left_s(NAVIGATE_CAP_S)
    try:
        answer = session.command("Page.navigate", limit_s, url=url)
    except CommandTimeout as error:
        raise VisitFailed(
            PageErrorCode.NAVIGATION_TIMEOUT, f"no answer came within {limit_s:.0f} s"
        ) from error
    frame_id = str(answer["frameId"])
    if answer.get("isDownload"):
        raise VisitFailed(PageErrorCode.NOT_HTML, "the address gives a download, not a page")
    if answer.get("errorText"):
        raise VisitFailed(*net_error(str(answer["errorText"]), session, frame_id, clock, door))
    return frame_id


def judged_page(
    session: BrowserSession, request: VisitRequest, frame_id: str, clock: Clock, door: Door
) -> Document:
    """Let what the tab shows, or is about to show, through the gate. Raises VisitFailed."""
    try:
        return Gate(session, request, frame_id, clock, door).pass_through()
    except CommandTimeout as error:
        refuse_too_large(door, request.url, None)
        raise VisitFailed(
            PageErrorCode.RENDER_TIMEOUT, f"the page answers to nothing: {error}"
        ) from error


def resting(
    session: BrowserSession, request: VisitRequest, frame_id: str, clock: Clock, door: Door
) -> tuple[World, dict[str, Any]]:
    """What the tab shows once it has loaded and rests, whatever it is; it is not judged."""
    return Gate(session, request, frame_id, clock, door).come_to_rest()


def rest_again(
    session: BrowserSession, request: VisitRequest, shown: Document, clock: Clock, door: Door
) -> Document | None:
    """The document shown, once it came to rest in another size.

    None if it is another one now, or if something is still on its way in it.
    """
    _let_it_be_told(shown.world, request.viewport, clock)
    gate = Gate(session, request, shown.world.frame_id, clock, door)
    again = gate.pass_through()
    same_place = _without_fragment(again.href) == _without_fragment(shown.href)
    if again.world.context_id != shown.world.context_id or not same_place:
        return None
    if again.world.call("moves", timeout_s=clock.left_s(10)):
        return None
    reasons = tuple(dict.fromkeys((*shown.partial_reasons, *again.partial_reasons)))
    return replace(again, partial_reasons=reasons)


def _let_it_be_told(world: World, size: Viewport, clock: Clock) -> None:
    """Wait until the document had its say about its new size; it may put off what it does then."""
    told = call_text("resized", size.width, size.height, RESIZE_CAP_S * 1000)
    # A document whose scripts are off has no timers to wait with, and does nothing.
    world.evaluate(f'origin === "null" ? null : {told}', clock.left_s(10))


def standing_of(document: Document, clock: Clock) -> Mapping[str, Any] | None:
    """What stands in the tab after the checks; None when the document is gone."""
    try:
        facts: Mapping[str, Any] = json.loads(
            document.world.call("standing", timeout_s=clock.left_s(10))
        )
    except WorldGone:
        return None
    return facts


def is_same(document: Document, facts: Mapping[str, Any]) -> bool:
    """Whether these later facts are of the same document at the same address."""
    return bool(facts["sameRoot"]) and _without_fragment(facts["href"]) == _without_fragment(
        document.href
    )


def _without_fragment(href: str) -> str:
    return href.partition("#")[0]
