"""Pictures of elements that failed, each marked. A page that hinders them goes without."""

import base64
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from checks.axe import criteria_of_tags, target_key
from service.browser.failures import FAILURES, Clock
from service.browser.secrets import Secrets
from service.browser.values import Picture, VisitRequest
from service.browser.world import ScriptFailed, World, WorldGone

MAX_WIDTH = 800
MAX_HEIGHT = 600
MARGIN = 40
"""CSS pixels, as both above."""
MAX_BYTES = 200_000
QUALITIES = (80, 40, 10)
COMMAND_CAP_S = 5.0
# The rest of the visit's time is the page's own.
SHARE = 0.5

HINDRANCES = (*FAILURES, ScriptFailed, WorldGone)


def take_pictures(
    results: Mapping[str, Any],
    main: World,
    request: VisitRequest,
    secrets: Secrets,
    clock: Clock,
) -> tuple[Picture, ...]:
    """One of each failed rule, those with a success criterion first, `approach.pictures` at most.

    Elements in frames have none. A page that shows a secret has none either. A browser that fails
    meanwhile has examined its page all the same; the next visit meets what became of it.
    """
    if not request.approach.pictures:
        return ()
    taken: dict[str, bytes] = {}
    own = Clock(clock.left_s() * SHARE)
    with suppress(*HINDRANCES):
        if main.call("shows", list(secrets.values.values()), timeout_s=own.left_s(COMMAND_CAP_S)):
            return ()
        for target in _targets(results):
            if len(taken) == request.approach.pictures or own.left_s() < COMMAND_CAP_S:
                break
            selector = target_key(target)
            content = None if selector in taken else _picture(main, target[0], own)
            if content is not None:
                taken[selector] = content
    return tuple(Picture(selector=at, content=content) for at, content in taken.items())


def _targets(results: Mapping[str, Any]) -> Iterator[list[Any]]:
    """The first element of each failed rule that stands in the main frame."""
    rules = sorted(results["violations"], key=lambda rule: not criteria_of_tags(rule["tags"]))
    for rule in rules:
        for node in rule["nodes"]:
            if len(node["target"]) == 1:
                yield node["target"]
                break


def _picture(main: World, selector: Any, clock: Clock) -> bytes | None:
    """WebP, or None for what shows nothing, is gone, or is too large in any quality."""
    steps = [selector] if isinstance(selector, str) else selector
    try:
        place = main.call(
            "mark", steps, MARGIN, MAX_WIDTH, MAX_HEIGHT, timeout_s=clock.left_s(COMMAND_CAP_S)
        )
        if place is None:
            return None
        return shoot(main, place, clock, most_bytes=MAX_BYTES, holds="isMarked")
    finally:
        with suppress(*HINDRANCES):
            main.call("unmark", timeout_s=clock.left_s(COMMAND_CAP_S))


def shoot(
    main: World,
    place: Mapping[str, Any],
    clock: Clock,
    *,
    most_bytes: int,
    holds: str,
    beyond_window: bool = False,
) -> bytes | None:
    """A part of the document as WebP, in the best quality that is small enough.

    None if there is none, or once our function `holds` says that something else is shown.
    """
    for quality in QUALITIES:
        shot = main.session.command(
            "Page.captureScreenshot",
            clock.left_s(COMMAND_CAP_S),
            format="webp",
            quality=quality,
            clip={**place, "scale": 1},
            captureBeyondViewport=beyond_window,
        )
        if not main.call(holds, timeout_s=clock.left_s(COMMAND_CAP_S)):
            return None
        content = base64.b64decode(shot["data"])
        if len(content) <= most_bytes:
            return content
    return None
