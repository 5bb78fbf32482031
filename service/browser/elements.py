"""Role, accessible name and ancestors of the elements that axe named, for their fingerprints."""

import json
from collections.abc import Mapping
from typing import Any

from checks.axe import target_key
from checks.values import Ancestor, Element
from service.browser.axe import AxeRun
from service.browser.failures import Clock, CommandInterrupted, CommandRefused
from service.browser.world import ScriptFailed, WorldGone

BATCH = 500


def gather_elements(run: AxeRun, clock: Clock) -> tuple[dict[str, Element], tuple[str, ...]]:
    """Each named element by its target's key, and what could not be described.

    Raises what `BrowserSession.command` raises, except for a frame that has left meanwhile.
    """
    if run.described is not None:
        return {key: as_element(found) for key, found in run.described.items()}, ()
    elements: dict[str, Element] = {}
    unfinished: list[str] = []
    for path, targets in _targets_by_frame(run.results).items():
        world = run.worlds.get(path)
        if world is None:
            unfinished.append(f"{len(targets)} elements of a frame could not be described")
            continue
        keys = list(targets)
        for start in range(0, len(keys), BATCH):
            batch = keys[start : start + BATCH]
            budget_s = clock.left_s() / 2
            try:
                text = world.call(
                    "describe",
                    [targets[key] for key in batch],
                    int(budget_s * 1000),
                    timeout_s=clock.left_s(),
                )
            except (WorldGone, ScriptFailed, CommandRefused, CommandInterrupted) as error:
                unfinished.append(f"{len(batch)} elements could not be described: {error}")
                continue
            described = json.loads(text)
            if len(described) < len(batch):
                missed = len(batch) - len(described)
                unfinished.append(f"there was no time left to describe {missed} elements")
            for key, found in zip(batch, described, strict=False):
                if found is not None:
                    elements[key] = as_element(found)
    return elements, tuple(unfinished)


def _targets_by_frame(
    results: Mapping[str, Any],
) -> dict[tuple[str, ...], dict[str, list[str]]]:
    """Frame path to `{target key: steps to the element inside that frame}`."""
    frames: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for rule in (*results["violations"], *results["incomplete"]):
        for node in rule["nodes"]:
            *frame_steps, last = node["target"]
            path = tuple(json.dumps(step) for step in frame_steps)
            steps = [last] if isinstance(last, str) else list(last)
            frames.setdefault(path, {})[target_key(node["target"])] = steps
    return frames


def as_element(found: Mapping[str, Any]) -> Element:
    """An element as world.js tells it."""
    return Element(
        role=found["role"],
        name=found["name"],
        ancestors=tuple(Ancestor(**ancestor) for ancestor in found["ancestors"]),
        path=found["path"],
    )
