"""A visit whose browser was lost through no fault of the page is made once more, elsewhere."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from service.browser.grid import GridAway, await_grid
from service.browser.session import CLEAN_TIMEOUT_S, START_TIMEOUT_S
from service.browser.values import PageErrorCode, VisitOutcome
from service.browser.watch import OVERTIME_S

TRIES = 2
_log = logging.getLogger("luiska.browser")


def visit_at_most_twice(
    visit: Callable[[], list[VisitOutcome]],
    *,
    grid_url: str | None,
    wait_s: float,
    stop: Sequence[threading.Event],
) -> list[VisitOutcome]:
    """The outcomes of `visit()`, or of a second one with a fresh deadline after a loss.

    A loss is `infrastructure`; on a Grid a first `browser_crash` too, because a browser that was
    killed with its node looks like one that its page broke. Before the second try the Grid gets
    `wait_s` to have a node again.
    """
    outcomes = visit()
    outcome = outcomes[0]
    if not _is_loss(outcome, grid_url) or any(event.is_set() for event in stop):
        return outcomes
    if grid_url is not None:
        try:
            await_grid(grid_url, wait_s, stop)
        except GridAway as error:
            _log.warning("a page was not examined: %s", error)
            return outcomes
    assert outcome.error is not None
    _log.warning("a browser was lost, its page is visited again: %s", outcome.error.detail)
    lost_ms = outcome.timings_ms["total"]
    second, *others = visit()
    timings_ms = second.timings_ms
    late = replace(
        second,
        timings_ms={
            **timings_ms,
            "queue": timings_ms["queue"] + lost_ms,
            "total": timings_ms["total"] + lost_ms,
        },
    )
    return [late, *others]


def longest_visit_s(deadline_s: float) -> float:
    """The seconds after which `Fleet.visit` has answered for certain, once a lane is free."""
    one_try = deadline_s + START_TIMEOUT_S + CLEAN_TIMEOUT_S + deadline_s + 2 * OVERTIME_S
    return TRIES * one_try + deadline_s


def _is_loss(outcome: VisitOutcome, grid_url: str | None) -> bool:
    if outcome.error is None:
        return False
    code = outcome.error.code
    return code is PageErrorCode.INFRASTRUCTURE or (
        grid_url is not None and code is PageErrorCode.BROWSER_CRASH
    )
