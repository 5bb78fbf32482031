"""Which elements host a closed shadow root, which scripts cannot see and Chromium can."""

import json
from dataclasses import dataclass

from checks.axe import target_key
from checks.values import ClosedHost
from service.browser.axe import AxeRun
from service.browser.elements import as_element
from service.browser.failures import Clock, CommandInterrupted, CommandRefused
from service.browser.world import ScriptFailed, World, WorldGone

# In each frame; a question takes about 2 ms. Custom elements come first.
MAX_ASKED = 50


@dataclass(frozen=True, kw_only=True)
class ClosedHosts:
    """The hosts found, and what could not be looked at."""

    hosts: tuple[ClosedHost, ...] = ()
    unfinished: tuple[str, ...] = ()


def find_closed_shadow_hosts(run: AxeRun, main: World, clock: Clock) -> ClosedHosts:
    """The elements whose closed shadow root holds something, in the frames that the run entered.

    Raises WorldGone when the page was left, and what `BrowserSession.command` raises.
    """
    if run.possible_hosts is not None:
        hosts = _closed_hosts(main, (), run.possible_hosts, clock)
        return ClosedHosts(hosts=hosts)
    found: list[ClosedHost] = []
    unfinished: list[str] = []
    for path, world in run.worlds.items():
        try:
            possible = int(world.call("findPossibleHosts", timeout_s=clock.left_s(10)))
            found.extend(_closed_hosts(world, path, possible, clock))
        except (WorldGone, ScriptFailed, CommandRefused, CommandInterrupted) as error:
            unfinished.append(f"a frame could not be searched for closed shadow roots: {error}")
    return ClosedHosts(hosts=tuple(found), unfinished=tuple(unfinished))


def _closed_hosts(
    world: World, path: tuple[str, ...], possible: int, clock: Clock
) -> tuple[ClosedHost, ...]:
    if possible == 0:
        return ()
    places = [
        place
        for place in range(min(possible, MAX_ASKED))
        if _holds_closed_root(world, place, clock)
    ]
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
    element = world.evaluate(f"luiska.possibleHosts[{place}]", clock.left_s(10), by_value=False)
    if "objectId" not in element:
        return False
    node = world.session.command("DOM.describeNode", clock.left_s(10), objectId=element["objectId"])
    return any(
        root["shadowRootType"] == "closed" and root.get("childNodeCount", 0) > 0
        for root in node["node"].get("shadowRoots", ())
    )
