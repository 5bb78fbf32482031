"""Starting a browser, on this machine or on a Grid."""

from collections.abc import Callable

import urllib3
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection

from service.browser.chromium import chromium_options, last_words
from service.browser.failures import FAILURES, SessionLost
from service.browser.lines import GivenUp, SeverableConnection, begin
from service.browser.processes import DriverProcess, start_driver
from service.browser.session import CLEAN_TIMEOUT_S, BrowserSession

START_TIMEOUT_S = 30.0
# Longer than any hub's queue should be: a session that comes later than this is freed by nobody
# but its node's own session timeout.
LATE_START_S = 120.0
_CDP_PATH = "/session/$sessionId/goog/cdp/execute"


def start_session(
    *,
    chromium: str | None,
    chromedriver: str | None,
    grid_url: str | None,
    proxy: str,
    on_start: Callable[[Callable[[], None]], None],
    isolates_sites: bool = False,
) -> BrowserSession:
    """A new browser with a clean tab, whose every connection goes through `proxy`.

    Raises SessionLost when there is none to be had.

    `on_start` is told how to kill it as soon as there is something to kill. For `isolates_sites`
    see `chromium_options`.
    """
    if grid_url is not None:
        address = grid_url.rstrip("/")
        options = chromium_options(proxy=proxy, isolates_sites=isolates_sites)
        return _start_on_grid(address, options, on_start)
    assert chromedriver is not None
    try:
        process = start_driver(chromedriver)
    except OSError as error:
        raise SessionLost(f"chromedriver does not start: {error}", crashed=False) from error
    on_start(process.kill)
    try:
        options = chromium_options(
            proxy=proxy, binary=chromium, profile=process.profile, isolates_sites=isolates_sites
        )
        return _connect(process.address, process, options)
    except SessionLost as error:
        process.kill()
        # chromedriver does not say what Chromium said before it ended.
        words = last_words(chromium) if chromium and "exited" in str(error) else None
        if words is None:
            raise
        raise SessionLost(f"{error} Chromium says: {words}", crashed=error.crashed) from error


def _start_on_grid(
    grid_url: str, options: Options, on_start: Callable[[Callable[[], None]], None]
) -> BrowserSession:
    try:
        return begin(
            lambda: _connect(grid_url, None, options),
            undo=BrowserSession.quit,
            limit_s=START_TIMEOUT_S,
            on_start=on_start,
        )
    except GivenUp as error:
        raise SessionLost(f"no browser at {grid_url}: {error}", crashed=False) from error


def _connect(address: str, process: DriverProcess | None, options: Options) -> BrowserSession:
    on_grid = process is None
    config = ClientConfig(
        remote_server_addr=address,
        timeout=int(LATE_START_S if on_grid else START_TIMEOUT_S),
        # urllib3 would otherwise repeat a command three times against a frozen node.
        init_args_for_pool_manager={"init_args_for_pool_manager": {"retries": False}},
    )
    connection_class = SeverableConnection if on_grid else RemoteConnection
    connection = connection_class(client_config=config, ignore_proxy=not on_grid)
    connection.add_command("executeCdpCommand", "POST", _CDP_PATH)  # type: ignore[no-untyped-call]
    try:
        driver = webdriver.Remote(command_executor=connection, options=options)
    except (urllib3.exceptions.HTTPError, WebDriverException) as error:
        connection.close()  # type: ignore[no-untyped-call]
        raise SessionLost(f"no browser at {address}: {_reason(error)}", crashed=False) from error
    session = BrowserSession(driver, connection, process, address if on_grid else None)
    try:
        # The tab of a new browser is clean, unless its administrator has it begin elsewhere.
        shown = session.command("Target.getTargetInfo", CLEAN_TIMEOUT_S)["targetInfo"]["url"]
        if shown == "about:blank":
            session.deny_downloads()
        else:
            session.open_clean_tab()
    except FAILURES as error:
        session.quit()
        raise SessionLost(f"a new browser does not answer: {error}", crashed=False) from error
    return session


def _reason(error: Exception) -> str:
    """What chromedriver says of a session that it could not make: all but links and addresses."""
    text = str(getattr(error, "msg", None) or error)
    for aside in ("Stacktrace:", "; For documentation", "Host info:", "Build info:"):
        text = text.partition(aside)[0]
    lines = text.splitlines()
    return "; ".join(line.strip() for line in lines if line.strip()) or type(error).__name__
