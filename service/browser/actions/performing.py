"""Carrying out actions in the tab, each within the visit's deadline.

A click is a person's: the mouse is moved to the middle of the element and pressed, so what lies on
top of it gets the click. An element that is not there yet is waited for.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urljoin

from service.browser.actions.grammar import (
    Action,
    CaptureScreen,
    Click,
    NavigateTo,
    SetChecked,
    SetField,
    WaitForAddress,
    WaitForElement,
    WaitForEvent,
    parse_action,
)
from service.browser.addresses import split_url
from service.browser.failures import Clock, CommandInterrupted, CommandRefused
from service.browser.guard import Door
from service.browser.navigation import navigate, resting
from service.browser.secrets import Secrets, placeholders
from service.browser.session import BrowserSession
from service.browser.values import PageError, PageErrorCode, VisitFailed, VisitRequest
from service.browser.world import ScriptFailed, World, WorldGone, call_text

ELEMENT_CAP_S = 5.0
"""How long an element to act on is waited for."""
WAIT_CAP_S = 30.0
WAIT_SHARE = 0.6
COMMAND_CAP_S = 10.0
POLL_S = 0.05
MAX_INTERRUPTIONS = 20

# The properties of a custom element are the page's own code, which only its own world has.
_SET_IN_PAGE = """((selector, property, value) => {
  const element = document.querySelector(selector);
  if (element === null || !(property in element)) return "valueless";
  element[property] = value;
  for (const name of ["input", "change"]) {
    element.dispatchEvent(new Event(name, { bubbles: true, composed: true }));
  }
  return "done";
})(%s)"""

_REASONS = {
    "absent": "nothing matches {selector}",
    "invalid": "{selector} is not a CSS selector",
    "boxless": "{selector} has no place on the page that could be clicked",
    "elsewhere": "a secret may not go to {origin}",
    "valueless": "{selector} is no field that has a value",
    "untaken": "{selector} does not take this value",
    "uncheckable": "{selector} is nothing to be checked",
    "left": "the page was left meanwhile",
    "gone": "the page never stands still",
    "unlike": "it did not come true in time",
}
# What another moment may change.
_MAY_CHANGE = frozenset({"absent", "boxless", "unlike", "gone"})


class ActionFailed(Exception):
    """Why one action could not be carried out."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The tab in which actions are carried out, and what they may do there.

    `origins` are those that secrets may go to.
    """

    session: BrowserSession
    request: VisitRequest
    frame_id: str
    clock: Clock
    door: Door
    secrets: Secrets
    origins: tuple[str, ...]

    def rest(self) -> tuple[World, dict[str, Any]]:
        """What the tab shows once it rests."""
        return resting(self.session, self.request, self.frame_id, self.clock, self.door)


def perform(stage: Stage, actions: Sequence[str]) -> None:
    """Carry them out in their order. Raises VisitFailed that names the first that fails.

    Its detail has the action as it was written: no secret.
    """
    for number, text in enumerate(actions, 1):
        try:
            _perform(stage, parse_action(text))
        except (ActionFailed, CommandRefused, ScriptFailed) as error:
            raise VisitFailed(
                PageErrorCode.NAVIGATION_FAILED, f"action {number} ({text}): {error}"
            ) from error
        except VisitFailed as error:
            named = error.error
            raise VisitFailed(named.code, f"action {number} ({text}): {named.detail}") from error


def _perform(stage: Stage, action: Action) -> None:
    match action:
        case NavigateTo():
            _navigate(stage, action.url)
        case Click():
            _click(stage, action.selector)
            stage.rest()
        case SetField():
            _set_field(stage, action)
        case SetChecked():
            ask = partial(_ask, stage, "setChecked", action.selector, action.checked)
            answer = _until_done(stage, ask, ELEMENT_CAP_S, action.selector, "foreign")
            if answer["state"] == "foreign":
                _set_in_page(stage, action.selector, "checked", action.checked)
            stage.rest()
        case WaitForAddress():
            _wait(stage, partial(_ask, stage, "isAt", action.part, action.value, action.negated))
        case WaitForElement():
            ask = partial(_ask, stage, "isInState", action.selector, action.state)
            _wait(stage, ask, action.selector)
        case WaitForEvent():
            ask = partial(_ask, stage, "listenFor", action.selector, action.event)
            _until_done(stage, ask, ELEMENT_CAP_S, action.selector)
            _wait(stage, partial(_ask, stage, "hasHeard"))
        case CaptureScreen():
            pass


def _navigate(stage: Stage, url: str) -> None:
    _, facts = stage.rest()
    address = urljoin(facts["href"], url)
    parts = split_url(address)
    if isinstance(parts, PageError):
        raise VisitFailed(parts.code, parts.detail)
    navigate(stage.session, address, stage.clock, stage.door)
    stage.rest()


def _click(stage: Stage, selector: str) -> None:
    ask = partial(_ask, stage, "clickPoint", selector)
    point = _until_done(stage, ask, ELEMENT_CAP_S, selector)
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        button = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
        try:
            stage.session.command(
                "Input.dispatchMouseEvent",
                stage.clock.left_s(COMMAND_CAP_S),
                type=kind,
                x=point["x"],
                y=point["y"],
                **button,
            )
        except CommandInterrupted:
            # A dialog that it opened has been dismissed, or it leads away.
            continue


def _set_field(stage: Stage, action: SetField) -> None:
    origins = list(stage.origins) if placeholders(action.value) else None
    value = stage.secrets.fill(action.value)
    ask = partial(_ask, stage, "setField", action.selector, value, origins)
    answer = _until_done(stage, ask, ELEMENT_CAP_S, action.selector, "foreign")
    if answer["state"] == "foreign":
        if origins is not None:
            raise ActionFailed(f"a secret cannot be kept to its site in a <{action.selector}>")
        _set_in_page(stage, action.selector, "value", value)


def _set_in_page(stage: Stage, selector: str, name: str, value: str | bool) -> None:
    arguments = ", ".join(json.dumps(each) for each in (selector, name, value))
    answer = stage.session.command(
        "Runtime.evaluate",
        stage.clock.left_s(COMMAND_CAP_S),
        expression=_SET_IN_PAGE % arguments,
        returnByValue=True,
    )
    if "exceptionDetails" in answer or answer["result"].get("value") != "done":
        raise ActionFailed(_REASONS["valueless"].format(selector=selector))


def _wait(stage: Stage, ask: Callable[[], dict[str, Any]], selector: str = "") -> None:
    _until_done(stage, ask, min(WAIT_CAP_S, stage.clock.left_s() * WAIT_SHARE), selector)


def _until_done(
    stage: Stage,
    ask: Callable[[], dict[str, Any]],
    cap_s: float,
    selector: str = "",
    *also_good: str,
) -> dict[str, Any]:
    """The first answer that is good. Raises ActionFailed with what stood in the way at last."""
    end = time.monotonic() + stage.clock.left_s(cap_s)
    interruptions = 0
    while True:
        try:
            answer = ask()
        except (WorldGone, CommandInterrupted):
            interruptions += 1
            answer = {"state": "gone"}
        state = answer["state"]
        if state == "done" or state in also_good:
            return answer
        is_late = time.monotonic() > end or interruptions > MAX_INTERRUPTIONS
        if state not in _MAY_CHANGE or is_late:
            words = {"selector": selector, "origin": answer.get("origin", "")}
            raise ActionFailed(_REASONS[state].format(**words))
        time.sleep(POLL_S)


def _ask(stage: Stage, function: str, *arguments: object) -> dict[str, Any]:
    """The answer of acting.js in the document that the tab shows now."""
    world = World.of_frame(stage.session, stage.frame_id, stage.clock)
    call = call_text(function, *arguments)
    text = world.evaluate(
        f"typeof luiska === 'undefined' || luiska.isStale() ? null : {call}",
        stage.clock.left_s(COMMAND_CAP_S),
    )
    return {"state": "gone"} if text is None else dict(json.loads(text))
