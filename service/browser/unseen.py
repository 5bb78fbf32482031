"""What axe-core cannot see of a page: closed shadow roots first of all.

No script sees these, and Chromium does. Also what fields hide by their names, and what is shown by
an element that axe-core does not know for a frame.
"""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from checks.axe import target_key
from checks.values import ClosedHost
from service.browser.axe import AxeRun
from service.browser.elements import as_element
from service.browser.failures import Clock, CommandInterrupted, CommandRefused
from service.browser.session import BrowserSession
from service.browser.world import ScriptFailed, World, WorldGone

HTML_TYPES = {"text/html", "application/xhtml+xml"}
COMMAND_CAP_S = 10.0
DESCRIBING_SHARE = 0.5
_NOTE_HOST = "function () { luiska.closedHosts.push(this); }"

Place = tuple[int, int]
"""Where the host of a closed shadow root is: the number of its document, and its own in that."""


@dataclass(frozen=True, kw_only=True)
class ClosedRoot:
    """A closed shadow root with something in it, that is in no other closed one.

    `host` is Chromium's number of its element.
    """

    frame_id: str
    host: int
    place: Place


@dataclass(frozen=True, kw_only=True)
class Unseen:
    """The hosts of closed roots in the frames that were examined, and what else was not seen.

    `places` are those of all closed roots there are.
    """

    hosts: tuple[ClosedHost, ...] = ()
    unfinished: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


def find_unseen(run: AxeRun, main: World, clock: Clock) -> Unseen:
    """What the run could not see, in the frames that it entered.

    Raises WorldGone when the page was left, and what `BrowserSession.command` raises.
    """
    finding = _Finding(clock, time.monotonic() + clock.left_s() * DESCRIBING_SHARE)
    worlds = run.worlds or {(): main}
    finding.survey(main, run.survey)
    for path, world in worlds.items():
        if path:
            with finding.of_frame(path):
                finding.survey(world, None)
    roots = closed_roots(main.session, finding.nodes, clock)
    for path, world in worlds.items():
        with finding.of_frame(path):
            finding.describe(
                world, path, [each for each in roots if each.frame_id == world.frame_id]
            )
    return Unseen(
        hosts=tuple(finding.hosts),
        unfinished=tuple(finding.unfinished),
        places=tuple(root.place for root in roots),
    )


@dataclass
class _Finding:
    """What is found as it comes in; `end` is a monotonic time for describing."""

    clock: Clock
    end: float
    nodes: int = 0
    hosts: list[ClosedHost] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)

    @contextmanager
    def of_frame(self, path: tuple[str, ...]) -> Iterator[None]:
        """A frame may be gone or broken; the page itself may not."""
        try:
            yield
        except (WorldGone, ScriptFailed, CommandRefused, CommandInterrupted) as error:
            if not path:
                raise
            self.unfinished.append(
                f"a frame could not be searched for closed shadow roots: {error}"
            )

    def survey(self, world: World, made: Mapping[str, Any] | None) -> None:
        if made is None:
            made = world.call("survey", timeout_s=self.clock.left_s(COMMAND_CAP_S))
        self.nodes += made["nodes"]
        self.unfinished += _unseen(world, made, self.clock)

    def describe(self, world: World, path: tuple[str, ...], roots: list[ClosedRoot]) -> None:
        if not roots:
            return
        noted = _note(world, roots, self.clock, self.end)
        self.hosts += _described(world, path, self.clock)
        if noted < len(roots):
            left = len(roots) - noted
            self.unfinished.append(f"there was no time left to tell of {left} closed shadow roots")


def closed_roots(session: BrowserSession, nodes: int, clock: Clock) -> tuple[ClosedRoot, ...]:
    """The closed shadow roots of a tab in which scripts see so many nodes, as a survey counts them.

    A search takes 7 ms, a snapshot of a whole page 10 to 50: that is made if the two differ. Raises
    what `BrowserSession.command` raises.
    """
    if _searched(session, clock) == nodes:
        return ()
    snapshot = session.command(
        "DOMSnapshot.captureSnapshot", clock.left_s(COMMAND_CAP_S), computedStyles=[]
    )
    return tuple(_closed_in(snapshot["documents"], snapshot["strings"]))


def _searched(session: BrowserSession, clock: Clock) -> int:
    """How many nodes a tab has, closed shadow roots included: a search for nothing finds all."""
    session.command("DOM.enable", clock.left_s(COMMAND_CAP_S))
    found = session.command("DOM.performSearch", clock.left_s(COMMAND_CAP_S), query="")
    session.command("DOM.disable", clock.left_s(COMMAND_CAP_S))
    return int(found["resultCount"])


def _closed_in(documents: Iterable[Any], strings: list[str]) -> Iterator[ClosedRoot]:
    """A snapshot has no node for a root; it tells of each node in which kind of root it is."""
    for number, document in enumerate(documents):
        nodes = document["nodes"]
        kinds = nodes["shadowRootType"]
        within = {
            node
            for node, kind in zip(kinds["index"], kinds["value"], strict=True)
            if strings[kind] == "closed"
        }
        parents = nodes["parentIndex"]
        for host in sorted({parents[node] for node in within} - within):
            yield ClosedRoot(
                frame_id=strings[document["frameId"]],
                host=nodes["backendNodeId"][host],
                place=(number, host),
            )


def _note(world: World, roots: Iterable[ClosedRoot], clock: Clock, end: float) -> int:
    """Have the world note the hosts; how many there was time for until `end`, a monotonic time."""
    noted = 0
    for root in roots:
        if time.monotonic() > end:
            break
        noted += 1
        try:
            element = world.session.command(
                "DOM.resolveNode",
                clock.left_s(COMMAND_CAP_S),
                backendNodeId=root.host,
                executionContextId=world.context_id,
            )["object"]
            world.session.command(
                "Runtime.callFunctionOn",
                clock.left_s(COMMAND_CAP_S),
                objectId=element["objectId"],
                functionDeclaration=_NOTE_HOST,
            )
        except CommandRefused:
            # It is gone meanwhile.
            continue
    return noted


def _described(world: World, path: tuple[str, ...], clock: Clock) -> tuple[ClosedHost, ...]:
    frames = [json.loads(step) for step in path]
    told = json.loads(world.call("describeClosedHosts", timeout_s=clock.left_s(COMMAND_CAP_S)))
    return tuple(
        ClosedHost(
            selector=target_key([*frames, host["selector"]]),
            html=host["html"],
            element=as_element(host["element"]),
        )
        for host in told
    )


def _unseen(world: World, survey: Mapping[str, Any], clock: Clock) -> Iterator[str]:
    for name in survey["blinding"]:
        yield f"a field or image is named `{name}`, which hides from axe-core what stands around it"
    if survey["embedding"] and _embeds_page(world, survey["embedding"], clock):
        yield "an `<object>` or `<embed>` shows a page, which axe-core does not enter"


def _embeds_page(world: World, embedding: int, clock: Clock) -> bool:
    """Whether one of these elements shows an HTML page, and not a picture or Chromium's error."""
    tree = world.session.command("Page.getFrameTree", clock.left_s(COMMAND_CAP_S))["frameTree"]
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


def _node(world: World, expression: str, clock: Clock) -> Mapping[str, Any]:
    """What Chromium tells of an element; nothing of one that is gone."""
    element = world.evaluate(expression, clock.left_s(COMMAND_CAP_S), by_value=False)
    if "objectId" not in element:
        return {}
    node: Mapping[str, Any] = world.session.command(
        "DOM.describeNode", clock.left_s(COMMAND_CAP_S), objectId=element["objectId"]
    )["node"]
    return node
