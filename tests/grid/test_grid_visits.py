"""Visits through a real Grid: findings as here, nodes that die or freeze, slots given back."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import AXE, Request, Site
from selenium_grid import GridProcess, SeleniumGrid

from service.browser import BrowserOptions, Fleet, PageErrorCode, VisitOutcome
from service.browser.failures import SessionLost
from service.browser.starting import start_session

ELSEWHERE_S = 30.0


def _findings(outcome: VisitOutcome) -> list[tuple[str, str, str]]:
    assert outcome.artifacts is not None, outcome.error
    return sorted(
        (kind, rule["id"], repr(node["target"]))
        for kind in ("violations", "incomplete")
        for rule in outcome.artifacts.axe[kind]
        for node in rule["nodes"]
    )


def test_a_page_has_the_same_findings_through_a_grid_as_here(fleet: Fleet, asked: Request) -> None:
    with Fleet(BrowserOptions(axe_path=AXE)) as here:
        local = here.visit(asked("/faulty"))
    remote = fleet.visit(asked("/faulty"))
    assert _findings(remote) == _findings(local)
    assert {rule for _, rule, _ in _findings(remote)} >= {
        "button-name", "image-alt", "color-contrast",
    }  # fmt: skip
    assert remote.browser_version == local.browser_version


@pytest.mark.parametrize(
    "accident", [GridProcess.kill, pytest.param(GridProcess.freeze, marks=pytest.mark.long)]
)
def test_a_lost_node_costs_its_page_nothing_but_time(
    accident: Callable[[GridProcess], None],
    grid: SeleniumGrid,
    fleet: Fleet,
    site: Site,
    asked: Request,
) -> None:
    """The picture would be waited for 15 s: it is the node's silence that ends the visit."""
    with ThreadPoolExecutor(1) as pool:
        visit = pool.submit(fleet.visit, asked("/slow"))
        site.await_visits(1)
        grid.await_sessions(1)
        (session,) = grid.sessions()
        site.recover()
        accident(grid.node_of(session))
        lost = time.monotonic()
        outcome = visit.result()
    assert outcome.state == "examined", outcome.error
    assert (outcome.partial_reasons, site.paths.count("/slow")) == ((), 2)
    assert time.monotonic() - lost < ELSEWHERE_S
    # The fixture's end waits until the slot of a frozen node is free again.


@pytest.mark.long
def test_a_node_that_freezes_shortly_before_the_deadline_is_not_the_page_s_fault(
    grid: SeleniumGrid, fleet: Fleet, site: Site, asked: Request
) -> None:
    with ThreadPoolExecutor(1) as pool:
        visit = pool.submit(fleet.visit, asked("/slow", deadline_s=3))
        site.await_visits(1)
        grid.await_sessions(1)
        (session,) = grid.sessions()
        site.recover()
        grid.node_of(session).freeze()
        assert visit.result().state == "examined"


def test_a_page_that_hangs_is_not_taken_for_a_frozen_node_and_keeps_no_slot(
    grid: SeleniumGrid, fleet: Fleet, asked: Request
) -> None:
    outcome = fleet.visit(asked("/endless", deadline_s=4))
    assert outcome.error is not None
    assert outcome.error.code in {PageErrorCode.RENDER_TIMEOUT, PageErrorCode.CHECK_TIMEOUT}
    grid.await_sessions(0)


def test_a_page_whose_browser_dies_on_every_node_is_a_browser_crash(
    grid: SeleniumGrid, fleet: Fleet, site: Site, asked: Request
) -> None:
    with ThreadPoolExecutor(1) as pool:
        visit = pool.submit(fleet.visit, asked("/slow"))
        for attempt in (1, 2):
            site.await_visits(attempt)
            grid.await_sessions(1)
            (session,) = grid.sessions()
            browser = next(
                p
                for p in grid.node_of(session).tree()
                if p.name().startswith("chrom") and p.name() != "chromedriver"
            )
            browser.kill()
        outcome = visit.result()
    assert outcome.error is not None
    assert outcome.error.code is PageErrorCode.BROWSER_CRASH
    grid.await_sessions(0)


def test_a_cancelled_visit_frees_its_slot_at_once(
    grid: SeleniumGrid, fleet: Fleet, site: Site, asked: Request
) -> None:
    cancelled = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        visit = pool.submit(fleet.visit, asked("/slow"), cancelled=cancelled)
        site.await_visits(1)
        cancelled.set()
        asked_at = time.monotonic()
        outcome = visit.result()
    assert time.monotonic() - asked_at < 3
    assert outcome.error is not None
    assert outcome.error.code is PageErrorCode.CANCELLED
    grid.await_sessions(0)


@pytest.mark.long
def test_a_lane_without_a_slot_shares_the_browsers_of_the_others(
    grid: SeleniumGrid, fleet: Fleet, asked: Request
) -> None:
    with (
        Fleet(BrowserOptions(axe_path=AXE, grid_url=grid.url, lanes=3)) as crowded,
        ThreadPoolExecutor(4) as pool,
    ):
        # One of the two slots is the other fleet's, and one its first lane's.
        states = [each.visit(asked("/faulty")).state for each in (fleet, crowded)]
        assert states == ["examined"] * 2
        # What is refused is refused after the grid's ten seconds: it may wait beside the visits.
        refused = pool.submit(
            start_session,
            chromium=None,
            chromedriver=None,
            grid_url=grid.url,
            proxy="socks5://127.0.0.1:1",
            on_start=_ignored,
        )
        outcomes = list(pool.map(crowded.visit, [asked("/faulty")] * 4))
        assert len(grid.sessions()) == 2
        with pytest.raises(SessionLost, match="New session request timed out"):
            refused.result()
    assert [outcome.state for outcome in outcomes] == ["examined"] * 4


def _ignored(_: object) -> None:
    """Nobody ends this start before its time."""
