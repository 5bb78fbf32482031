"""A picture of the page as a whole, with the places of what was found on it."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from checks.axe import target_key
from service.browser.failures import Clock
from service.browser.pictures import COMMAND_CAP_S, HINDRANCES, SHARE, shoot
from service.browser.values import PagePicture, Place, VisitRequest
from service.browser.world import World

MAX_PAGE_WIDTH = 4000
MAX_PAGE_HEIGHT = 4000
"""CSS pixels; what is beyond is cut off."""
MAX_PAGE_BYTES = 1_000_000
MAX_PLACES = 300


def take_page_picture(
    results: Mapping[str, Any], main: World, request: VisitRequest, clock: Clock
) -> PagePicture | None:
    """What somebody sees who scrolls down the page, if it was asked for.

    None of a page that may show what is behind a login or a secret, of one that changes meanwhile,
    and of one that is too large in any quality. Chromium draws what is below the window without
    laying the page out anew, so the places that were measured hold for the picture.
    """
    if not request.approach.page_picture or request.approach.is_confidential:
        return None
    with suppress(*HINDRANCES):
        return _taken(_targets(results), main, Clock(clock.left_s() * SHARE))
    return None


def _targets(results: Mapping[str, Any]) -> dict[str, Any]:
    """What failed or needs review in the main frame, as findings spell it, `MAX_PLACES` at most."""
    found = {
        target_key(node["target"]): node["target"][0]
        for kind in ("violations", "incomplete")
        for rule in results[kind]
        for node in rule["nodes"]
        if len(node["target"]) == 1
    }
    return dict(list(found.items())[:MAX_PLACES])


def _taken(targets: Mapping[str, Any], main: World, clock: Clock) -> PagePicture | None:
    steps = [[each] if isinstance(each, str) else each for each in targets.values()]
    main.call("toTop", timeout_s=clock.left_s(COMMAND_CAP_S))
    # The first picture of a document takes its scroll bars away, and what they took of its width.
    _shot(main, 1, 1, clock)
    before = main.call("layout", steps, timeout_s=clock.left_s(COMMAND_CAP_S))
    width = min(before["width"], MAX_PAGE_WIDTH)
    height = min(before["height"], MAX_PAGE_HEIGHT)
    if width < 1 or height < 1:
        return None
    content = _shot(main, width, height, clock)
    if content is None:
        return None
    after = main.call("layout", steps, timeout_s=clock.left_s(COMMAND_CAP_S))
    return PagePicture(
        content=content,
        width=width,
        height=height,
        is_cut=(width, height) != (before["width"], before["height"]),
        places=_places(targets, before["boxes"], width, height) if after == before else (),
    )


def _shot(main: World, width: int, height: int, clock: Clock) -> bytes | None:
    return shoot(
        main,
        {"x": 0, "y": 0, "width": width, "height": height},
        clock,
        most_bytes=MAX_PAGE_BYTES,
        holds="stands",
        beyond_window=True,
    )


def _places(
    selectors: Mapping[str, Any], boxes: list[list[int] | None], width: int, height: int
) -> tuple[Place, ...]:
    """Those of them that the picture has, cut to it."""
    found = []
    for selector, box in zip(selectors, boxes, strict=True):
        if box is None:
            continue
        left, top = max(box[0], 0), max(box[1], 0)
        right, bottom = min(box[0] + box[2], width), min(box[1] + box[3], height)
        if right > left and bottom > top:
            found.append(
                Place(selector=selector, x=left, y=top, width=right - left, height=bottom - top)
            )
    return tuple(found)
