"""A guard beside a node: `luiska guard` as its own process, and a node's browser behind it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import AXE, Request, Site
from local_site import LocalSite
from program import Running
from selenium_grid import SeleniumGrid

from service.browser import BrowserOptions, Fleet, PageErrorCode


@pytest.fixture
def guarded(grid: SeleniumGrid, site: Site, tmp_path: Path) -> Iterator[Fleet]:
    """A fleet whose browsers may reach the site, and no other private address."""
    arguments = ("guard", "--listen", "127.0.0.1:0", "--allow-host", site.host)
    with Running(*arguments, folder=tmp_path) as guard:
        address = guard.wait_for(r"Guarding at (\S+)\.")[1]
        options = BrowserOptions(axe_path=AXE, grid_url=grid.url, grid_proxy=address, lanes=1)
        with Fleet(options) as fleet:
            yield fleet


def test_a_page_is_examined_and_its_way_to_a_private_address_is_barred(
    guarded: Fleet, site: Site, asked: Request
) -> None:
    with LocalSite({"/secret": "reached"}) as secret:
        reached: list[str] = []
        answer = secret._answer
        secret._answer = lambda request: (  # type: ignore[method-assign]
            reached.append(request.path), answer(request)
        )[1]  # fmt: skip
        site.pages["/attack"] = (
            '<!doctype html><html lang="en"><head><title>Attack</title></head><body><h1>Attack</h1>'
            f'<img src="{secret.url("/image")}" alt="x"><script src="{secret.url("/script")}">'
            f'</script><iframe title="f" src="{secret.url("/frame")}"></iframe></body></html>'
        )
        attack = guarded.visit(asked("/attack"))
        # The worker lets it pass; the guard beside the node does not.
        straight = replace(
            asked("/"), url=secret.url("/secret"), allowed_hosts=frozenset({secret.host})
        )
        barred = guarded.visit(straight)
        examined = guarded.visit(asked("/faulty"))
    assert reached == []
    assert attack.state == "examined", attack.error
    assert barred.error is not None
    # The node's browser says only that its guard did not let it through.
    assert barred.error.code is PageErrorCode.REFUSED
    assert "SOCKS" in barred.error.detail
    assert examined.state == "examined", examined.error
