"""A visit whose browser was lost through no fault of the page is made once more, elsewhere."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from service.browser.grid import GridAway, await_grid
from service.browser.session import CLEAN_TIMEOUT_S
from service.browser.starting import START_TIMEOUT_S
from service.browser.values import PageErrorCode, VisitOutcome
from service.browser.watch import OVERTIME_S

TRIES = 2
REFUSED_PAUSE_S = 2.0
_log = logging.getLogger("luiska.browsers")


def visit_at_most_twice(
    visit: Callable[[bool], list[VisitOutcome]],
    *,
    grid_url: str | None,
    wait_s: float,
    stop: Sequence[threading.Event],
) -> list[VisitOutcome]:
    """The outcomes of `visit(False)`, or after a loss of `visit(True)`, with a fresh deadline.

    What is given tells whether it must be in a new browser. A loss is `infrastructure`, which a
    crash is too in a browser that had shown other pages; on a Grid a first `browser_crash` as well,
    because a browser that was killed with its node looks like one that its page broke. Where a
    Grid has no node, or gives no browser because it takes a dead node for a free one, that is no
    try: it gets `wait_s`.
    """
    end = time.monotonic() + wait_s
    tries = lost_ms = 0
    while True:
        first, *others = visit(tries > 0)
        outcome = _after(lost_ms, first)
        if not _is_loss(outcome, grid_url) or any(event.is_set() for event in stop):
            return [outcome, *others]
        was_reached = grid_url is None or outcome.timings_ms["navigate"] > 0
        tries += was_reached
        if tries == TRIES or (not was_reached and time.monotonic() > end):
            return [outcome, *others]
        if not was_reached:
            # The hub is up and refuses: it is not asked without a pause.
            stop[0].wait(REFUSED_PAUSE_S)
        if grid_url is not None:
            try:
                await_grid(grid_url, wait_s, stop)
            except GridAway as error:
                _log.warning("a page was not examined: %s", error)
                return [outcome, *others]
        assert outcome.error is not None
        _log.warning("a browser was lost, its page is visited again: %s", outcome.error.detail)
        lost_ms = outcome.timings_ms["total"]


def _after(lost_ms: int, outcome: VisitOutcome) -> VisitOutcome:
    """The same, with what was lost before it as time that its page waited."""
    timings_ms = outcome.timings_ms
    return replace(
        outcome,
        timings_ms={
            **timings_ms,
            "queue": timings_ms["queue"] + lost_ms,
            "total": timings_ms["total"] + lost_ms,
        },
    )


def longest_visit_s(deadline_s: float) -> float:
    """The seconds after which `Fleet.visit` has answered for certain, once a lane is free."""
    one_try = deadline_s + START_TIMEOUT_S + CLEAN_TIMEOUT_S + deadline_s + 2 * OVERTIME_S
    return (TRIES + 1) * one_try + 2 * deadline_s


def _is_loss(outcome: VisitOutcome, grid_url: str | None) -> bool:
    if outcome.error is None:
        return False
    code = outcome.error.code
    return code is PageErrorCode.INFRASTRUCTURE or (
        grid_url is not None and code is PageErrorCode.BROWSER_CRASH
    )
