"""All lanes on a Grid, one that is not there, and one that comes back."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import AXE, Request
from selenium_grid import SeleniumGrid, free_ports

from service.browser import BrowserOptions, Fleet, MissingPart, PageErrorCode


def test_two_lanes_take_two_nodes_and_give_them_back(grid: SeleniumGrid, asked: Request) -> None:
    with (
        Fleet(BrowserOptions(axe_path=AXE, grid_url=grid.url, lanes=2)) as fleet,
        ThreadPoolExecutor(2) as pool,
    ):
        outcomes = list(pool.map(fleet.visit, [asked("/slow", deadline_s=8)] * 2))
        nodes = set(grid.sessions().values())
    assert [outcome.state for outcome in outcomes] == ["examined"] * 2
    assert nodes == set(grid.nodes)
    grid.await_sessions(0)


@pytest.mark.long
def test_a_grid_that_comes_back_in_time_is_waited_for(grid: SeleniumGrid, asked: Request) -> None:
    assert grid.hub is not None
    grid.hub.kill()
    with Fleet(BrowserOptions(axe_path=AXE, grid_url=grid.url)) as fleet:
        with pytest.raises(MissingPart, match="no Selenium Grid answers at"):
            fleet.check()
        with ThreadPoolExecutor(1) as pool:
            visit = pool.submit(fleet.visit, asked("/faulty"))
            time.sleep(1)
            grid.start_hub()
            assert visit.result().state == "examined"
        fleet.check()


def test_a_grid_that_stays_away_is_infrastructure_within_the_deadline(asked: Request) -> None:
    (port,) = free_ports(1)
    with Fleet(BrowserOptions(axe_path=AXE, grid_url=f"http://127.0.0.1:{port}")) as fleet:
        began = time.monotonic()
        outcome = fleet.visit(asked("/faulty", deadline_s=2))
    assert time.monotonic() - began < 5
    assert outcome.error is not None
    assert outcome.error.code is PageErrorCode.INFRASTRUCTURE
    assert outcome.error.detail.startswith(f"no browser at http://127.0.0.1:{port}: ")
