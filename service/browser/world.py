"""The isolated world: where our scripts run in each frame, out of the page's reach."""

import json
import re
from pathlib import Path
from typing import Any

from service.browser.failures import Clock, CommandInterrupted, CommandRefused
from service.browser.session import BrowserSession

WORLD_NAME = "luiska"
_OWN_SCRIPTS = tuple(
    Path(__file__).with_name(name) for name in ("world.js", "digest.js", "acting.js", "still.js")
)
# Called when there is something to examine. Until then only its name is compiled, and axe-core is
# half a megabyte.
_AXE = """globalThis.luiskaAxe = function () {
%s
};
"""
COMMAND_CAP_S = 30.0

_CONTEXT_GONE = (
    "cannot find context",
    "context was destroyed",
    "no frame",
    "promise was collected",
)


class WorldGone(Exception):
    """The document that this world belonged to has been left."""


class ScriptFailed(Exception):
    """Our own script threw inside the world; the message is the exception's."""


def world_source(axe_path: Path) -> str:
    """axe-core, to be put there by our own script that follows it, as one source.

    Escaped to ASCII: one character beyond it makes every copy on the way to the browser two bytes
    a character, which costs 0.2 s a visit. All of them stand in strings and regular expressions.
    """
    return _joined(_AXE % axe_path.read_text(encoding="utf-8"))


def complete(world: "World", source: str, clock: Clock) -> None:
    """Put `world_source` into a world that has none, or another document's."""
    wanted = "typeof luiska === 'undefined' || luiska.isStale()"
    if world.evaluate(wanted, clock.left_s(COMMAND_CAP_S)):
        keep = "luiska.goOn(globalThis.luiskaBefore)"
        script = f"globalThis.luiskaBefore = globalThis.luiska;\n{source};\n{keep};0"
        world.evaluate(script, clock.left_s(COMMAND_CAP_S))


def _joined(first: str) -> str:
    parts = [first, *(script.read_text(encoding="utf-8") for script in _OWN_SCRIPTS)]
    return re.sub("[^\\x00-\\x7f]", _escaped, "\n".join(parts))


def _escaped(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


class World:
    """One frame's isolated world in its present document."""

    def __init__(self, session: BrowserSession, frame_id: str, context_id: int) -> None:
        self.session = session
        self.frame_id = frame_id
        self.context_id = context_id

    @classmethod
    def of_frame(cls, session: BrowserSession, frame_id: str, clock: Clock) -> "World":
        """The world of a frame, made if it is not there. Raises CommandRefused for a lost frame."""
        answer = session.command(
            "Page.createIsolatedWorld",
            clock.left_s(COMMAND_CAP_S),
            frameId=frame_id,
            worldName=WORLD_NAME,
        )
        return cls(session, frame_id, int(answer["executionContextId"]))

    def evaluate(self, expression: str, timeout_s: float, *, by_value: bool = True) -> Any:
        """The value of an expression, awaited if it is a promise.

        Raises WorldGone, ScriptFailed and whatever `BrowserSession.command` raises.
        """
        try:
            answer = self.session.command(
                "Runtime.evaluate",
                timeout_s,
                expression=expression,
                contextId=self.context_id,
                awaitPromise=True,
                returnByValue=by_value,
            )
        except CommandInterrupted as error:
            if error.dialog:
                raise
            raise WorldGone(str(error)) from error
        except CommandRefused as error:
            if any(sign in str(error).lower() for sign in _CONTEXT_GONE):
                raise WorldGone(str(error)) from error
            raise
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            thrown = details.get("exception", {})
            raise ScriptFailed(
                str(thrown.get("description") or thrown.get("value") or details.get("text"))
            )
        return answer["result"] if not by_value else answer["result"].get("value")

    def call(self, function: str, *arguments: object, timeout_s: float) -> Any:
        """`luiska.<function>(...)` with JSON values as its real arguments."""
        return self.evaluate(call_text(function, *arguments), timeout_s)


def call_text(function: str, *arguments: object) -> str:
    """The expression that calls one of our functions with JSON values as arguments."""
    return f"luiska.{function}({', '.join(json.dumps(argument) for argument in arguments)})"
