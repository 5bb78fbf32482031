"""Which elements host a closed shadow root, which scripts cannot see and Chromium can.

On the same walk: what else axe-core cannot see, as fields hide it by their names, or as it is shown
by an element that axe-core does not know for a frame.
"""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from checks.axe import target_key
from checks.values import ClosedHost
from service.browser.axe import AxeRun
from service.browser.elements import as_element
from service.browser.failures import Clock, CommandInterrupted, CommandRefused
from service.browser.world import ScriptFailed, World, WorldGone

# A question takes 4 ms, a snapshot of the whole page some 25: from so many candidates on it is
# asked first whether there is any closed root at all.
FEW = 6
HTML_TYPES = {"text/html", "application/xhtml+xml"}
ASKING_SHARE = 0.5


@dataclass(frozen=True, kw_only=True)
class ClosedHosts:
    """The hosts found, and what could not be looked at.

    `places` are those of the hosts among the page's possible ones, for a page without frames.
    """

    hosts: tuple[ClosedHost, ...] = ()
    unfinished: tuple[str, ...] = ()
    places: tuple[int, ...] | None = None


def find_closed_shadow_hosts(run: AxeRun, main: World, clock: Clock) -> ClosedHosts:
    """The elements whose closed shadow root holds something, in the frames that the run entered.

    Raises WorldGone when the page was left, and what `BrowserSession.command` raises.
    """
    end = _end(clock)
    if run.survey is not None:
        places = _places(main, run.survey["possibleHosts"], clock, end)
        return ClosedHosts(
            hosts=_hosts(main, (), places.closed, clock),
            unfinished=(*_unseen(main, run.survey, clock), *places.unfinished),
            places=places.closed,
        )
    found: list[ClosedHost] = []
    unfinished: list[str] = []
    for path, world in run.worlds.items():
        try:
            survey = world.call("survey", timeout_s=clock.left_s(10))
            unfinished += _unseen(world, survey, clock)
            places = _asked_places(world, survey["possibleHosts"], clock, end)
            found += _hosts(world, path, places.closed, clock)
            unfinished += places.unfinished
        except (WorldGone, ScriptFailed, CommandRefused, CommandInterrupted) as error:
            unfinished.append(f"a frame could not be searched for closed shadow roots: {error}")
    return ClosedHosts(hosts=tuple(found), unfinished=tuple(unfinished))


def closed_places(world: World, possible: int, clock: Clock) -> tuple[int, ...] | None:
    """Which of the possible hosts that a world noted are hosts; None without time to ask all.

    Raises WorldGone, ScriptFailed and what `BrowserSession.command` raises.
    """
    places = _places(world, possible, clock, _end(clock))
    return None if places.unfinished else places.closed


def _end(clock: Clock) -> float:
    return time.monotonic() + clock.left_s() * ASKING_SHARE


def _unseen(world: World, survey: Mapping[str, Any], clock: Clock) -> Iterator[str]:
    for name in survey["blinding"]:
        yield f"a field or image is named `{name}`, which hides from axe-core what stands around it"
    if survey["embedding"] and _embeds_page(world, survey["embedding"], clock):
        yield "an `<object>` or `<embed>` shows a page, which axe-core does not enter"


def _embeds_page(world: World, embedding: int, clock: Clock) -> bool:
    """Whether one of these elements shows an HTML page, and not a picture or Chromium's error."""
    tree = world.session.command("Page.getFrameTree", clock.left_s(10))["frameTree"]
    pages = {
        frame["id"]
        for frame in _frames(tree)
        if frame["mimeType"] in HTML_TYPES and not frame.get("unreachableUrl")
    }
    nodes = (_node(world, f"luiska.embedding[{place}]", clock) for place in range(embedding))
    return any(node.get("frameId") in pages for node in nodes)


def _frames(tree: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield tree["frame"]
    for child in tree.get("childFrames", ()):
        yield from _frames(child)


@dataclass(frozen=True)
class _Places:
    closed: tuple[int, ...] = ()
    unfinished: tuple[str, ...] = ()


def _places(world: World, possible: int, clock: Clock, end: float) -> _Places:
    if not _may_have_any(world, possible, clock):
        return _Places()
    return _asked_places(world, possible, clock, end)


def _may_have_any(world: World, possible: int, clock: Clock) -> bool:
    """Whether asking each candidate may find a closed root."""
    if possible <= FEW:
        return possible > 0
    snapshot = world.session.command(
        "DOMSnapshot.captureSnapshot", clock.left_s(10), computedStyles=[]
    )
    kinds = {
        kind
        for document in snapshot["documents"]
        for kind in document["nodes"]["shadowRootType"]["value"]
    }
    return any(snapshot["strings"][kind] == "closed" for kind in kinds)


def _asked_places(world: World, possible: int, clock: Clock, end: float) -> _Places:
    """Those of one frame, and what there was no time for until `end`, a monotonic time."""
    closed: list[int] = []
    asked = 0
    while asked < possible and time.monotonic() < end:
        if _holds_closed_root(world, asked, clock):
            closed.append(asked)
        asked += 1
    unasked = (
        f"there was no time left to look for closed shadow roots in {possible - asked} elements"
    )
    return _Places(tuple(closed), (unasked,) if asked < possible else ())


def _hosts(
    world: World, path: tuple[str, ...], places: tuple[int, ...], clock: Clock
) -> tuple[ClosedHost, ...]:
    if not places:
        return ()
    frames = [json.loads(step) for step in path]
    told = json.loads(world.call("closedHosts", places, timeout_s=clock.left_s(10)))
    return tuple(
        ClosedHost(
            selector=target_key([*frames, host["selector"]]),
            html=host["html"],
            element=as_element(host["element"]),
        )
        for host in told
    )


def _holds_closed_root(world: World, place: int, clock: Clock) -> bool:
    return any(
        root["shadowRootType"] == "closed" and root.get("childNodeCount", 0) > 0
        for root in _node(world, f"luiska.possibleHosts[{place}]", clock).get("shadowRoots", ())
    )


def _node(world: World, expression: str, clock: Clock) -> Mapping[str, Any]:
    """What Chromium tells of an element; nothing of one that is gone."""
    element = world.evaluate(expression, clock.left_s(10), by_value=False)
    if "objectId" not in element:
        return {}
    node: Mapping[str, Any] = world.session.command(
        "DOM.describeNode", clock.left_s(10), objectId=element["objectId"]
    )["node"]
    return node
