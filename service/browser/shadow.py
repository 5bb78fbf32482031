"""Which elements host a closed shadow root, which scripts cannot see and Chromium can."""

import json
import time
from dataclasses import dataclass

from checks.axe import target_key
from checks.values import ClosedHost
from service.browser.axe import AxeRun
from service.browser.elements import as_element
from service.browser.failures import Clock, CommandInterrupted, CommandRefused
from service.browser.world import ScriptFailed, World, WorldGone

# A question takes 4 ms, a snapshot of the whole page some 25: from so many candidates on it is
# asked first whether there is any closed root at all.
FEW = 6
ASKING_SHARE = 0.5


@dataclass(frozen=True, kw_only=True)
class ClosedHosts:
    """The hosts found, and what could not be looked at."""

    hosts: tuple[ClosedHost, ...] = ()
    unfinished: tuple[str, ...] = ()


def find_closed_shadow_hosts(run: AxeRun, main: World, clock: Clock) -> ClosedHosts:
    """The elements whose closed shadow root holds something, in the frames that the run entered.

    Raises WorldGone when the page was left, and what `BrowserSession.command` raises.
    """
    found: list[ClosedHost] = []
    unfinished: list[str] = []
    end = time.monotonic() + clock.left_s() * ASKING_SHARE
    if run.possible_hosts is not None:
        if _may_have_any(main, run.possible_hosts, clock):
            found, unfinished = _closed_hosts(main, (), run.possible_hosts, clock, end)
        return ClosedHosts(hosts=tuple(found), unfinished=tuple(unfinished))
    for path, world in run.worlds.items():
        try:
            possible = int(world.call("findPossibleHosts", timeout_s=clock.left_s(10)))
            hosts, unasked = _closed_hosts(world, path, possible, clock, end)
            found += hosts
            unfinished += unasked
        except (WorldGone, ScriptFailed, CommandRefused, CommandInterrupted) as error:
            unfinished.append(f"a frame could not be searched for closed shadow roots: {error}")
    return ClosedHosts(hosts=tuple(found), unfinished=tuple(unfinished))


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


def _closed_hosts(
    world: World, path: tuple[str, ...], possible: int, clock: Clock, end: float
) -> tuple[list[ClosedHost], list[str]]:
    """The hosts in one frame, and what there was no time for until `end`, a monotonic time."""
    places: list[int] = []
    asked = 0
    while asked < possible and time.monotonic() < end:
        if _holds_closed_root(world, asked, clock):
            places.append(asked)
        asked += 1
    unfinished = []
    if asked < possible:
        unfinished.append(
            f"there was no time left to look for closed shadow roots in {possible - asked} elements"
        )
    if not places:
        return [], unfinished
    frames = [json.loads(step) for step in path]
    told = json.loads(world.call("closedHosts", places, timeout_s=clock.left_s(10)))
    hosts = [
        ClosedHost(
            selector=target_key([*frames, host["selector"]]),
            html=host["html"],
            element=as_element(host["element"]),
        )
        for host in told
    ]
    return hosts, unfinished


def _holds_closed_root(world: World, place: int, clock: Clock) -> bool:
    element = world.evaluate(f"luiska.possibleHosts[{place}]", clock.left_s(10), by_value=False)
    if "objectId" not in element:
        return False
    node = world.session.command("DOM.describeNode", clock.left_s(10), objectId=element["objectId"])
    return any(
        root["shadowRootType"] == "closed" and root.get("childNodeCount", 0) > 0
        for root in node["node"].get("shadowRoots", ())
    )
