"""A real service with the sample study in its ledger, and a real Chromium to meet it with."""

import time
from collections.abc import Callable, Iterator

import pytest
from local_site import LocalSite
from own_browser import chromium, emulate, press, resize
from program import Served, serve
from selenium.webdriver import Chrome

from service.access import signin
from service.cli.client import ServerClient
from service.cli.console import local_work
from service.cli.demo import main_job, read_study
from service.db import make_engine


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`luiska serve`; its project `suvanto` holds what the demo puts there."""
    # A page that never ends, for whoever needs a scan that runs.
    with LocalSite({"/never": None}) as site:
        folder = tmp_path_factory.mktemp("service")
        served = serve(folder, LUISKA_ALLOW_HOSTS=site.host, LUISKA_LANES="2")
        with served.running:
            with ServerClient(served.address, served.token) as client:
                main_job(client, site.origin, read_study())
                _put_beside(client, site.url("/fi/tilaus.html"))
            yield served


def _put_beside(client: ServerClient, url: str) -> None:
    """A page with barriers, and its picture, beside the log of the session that tests open."""
    study = client.get("/projects/suvanto/studies")["items"][0]["id"]
    session = client.get(f"/studies/{study}/sessions")["items"][0]["id"]
    client.post_text(f"/sessions/{session}/notes", f"@{url}".encode())
    asked = client.post("/projects/suvanto/scans", {"urls": [url], "page_picture": True})
    while client.get(f"/scans/{asked['id']}")["state"] in ("queued", "running"):
        time.sleep(0.1)


NewLink = Callable[..., str]


@pytest.fixture(scope="session")
def new_link(service: Served) -> NewLink:
    """A fresh sign-in link, optionally one that leads on to a path."""

    def make(following: str | None = None) -> str:
        engine = make_engine(f"sqlite:///{service.folder}/luiska.db")
        with local_work(engine) as work:
            code = signin.create_operator_code(work)
        engine.dispose()
        return f"{service.address}/sign-in/{code}" + (f"?next={following}" if following else "")

    return make


@pytest.fixture(scope="session")
def _one_browser() -> Iterator[Chrome]:
    with chromium() as driver:
        yield driver


@pytest.fixture
def browser(_one_browser: Chrome) -> Chrome:
    """A browser that nobody is signed in on, 1280 pixels wide."""
    _one_browser.get("about:blank")
    _one_browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
    emulate(_one_browser)
    resize(_one_browser, 1280)
    _one_browser.get_log("browser")
    return _one_browser


@pytest.fixture
def signed_in(browser: Chrome, new_link: NewLink) -> Chrome:
    """A browser that a link has signed in."""
    browser.get(new_link())
    press(browser)
    return browser
