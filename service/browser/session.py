"""One warm browser: its commands, each with a deadline, and a clean tab for every visit."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import urllib3
from selenium import webdriver
from selenium.common.exceptions import (
    InvalidSessionIdException,
    NoSuchWindowException,
    TimeoutException,
    UnexpectedAlertPresentException,
    WebDriverException,
)
from selenium.webdriver.remote.remote_connection import RemoteConnection

from service.browser.failures import (
    CommandInterrupted,
    CommandRefused,
    CommandTimeout,
    SessionLost,
    WindowClosed,
)
from service.browser.grid import Pulse, answers, free_session, is_node_gone
from service.browser.kept import Kept
from service.browser.lines import SeverableConnection
from service.browser.network_log import NetworkLog
from service.browser.processes import DriverProcess
from service.browser.values import Viewport

QUIT_TIMEOUT_S = 3.0
CLEAN_TIMEOUT_S = 5.0
MOST_OVERLOOKED = 3
# A browser that answered this short a time ago is not asked again whether it is there.
FRESH_S = 1.0

# Opening the document takes every listener off it and its window, whichever world added it.
_FORGET = "try { sessionStorage.clear() } catch {} window.name = ''; document.open(); 0"
# All that a page can leave and a later one can see.
_STORAGES = (
    "cookies,file_systems,indexeddb,local_storage,websql,service_workers,cache_storage,"
    "interest_groups,shared_storage,storage_buckets,other"
)
_GONE = (
    "tab crashed",
    "disconnected",
    "session deleted",
    "chrome not reachable",
    "target closed",
    "not connected to devtools",
    "crashed",
)


class BrowserSession:
    """A Chromium behind chromedriver, on this machine or on a Grid. Used by one visit at a time.

    `end` may be called from another thread: it is how a visit is cut short.
    """

    def __init__(
        self,
        driver: webdriver.Remote,
        connection: RemoteConnection,
        process: DriverProcess | None,
        grid_url: str | None = None,
    ) -> None:
        self.driver = driver
        self._grid_url = grid_url
        self.pages = 0
        self._process = process
        self._connection = connection
        self._ended = threading.Event()
        self._stuck = False
        self._had_dialog = False
        self._gives_way = False
        self._site: tuple[object, ...] | None = None
        self.kept = Kept()
        self._log = NetworkLog()
        self._scripts: dict[str, tuple[str, str]] = {}
        self._viewport: Viewport | None = None
        self._headers: dict[str, str] = {}
        self._has_reduced_motion = False
        self.signed_in: tuple[object, ...] | None = None
        """By which login (service/browser/logins.py) its cookies and storages came to be."""
        self._answered = time.monotonic()

    @property
    def browser_version(self) -> str:
        return str(self.driver.capabilities["browserVersion"])

    @property
    def is_stuck(self) -> bool:
        """Whether a command was left unanswered; chromedriver may be waiting for it for ever."""
        return self._stuck

    def may_have_lost_dialog(self) -> bool:
        """Whether it answers no more, and either had a dialog before or does nothing at all.

        chromedriver now and then forgets a dialog, and whatever is asked then waits for its end.
        Whether a browser on a Grid does nothing is not known.
        """
        if not self._stuck or self.ended:
            return False
        return self._had_dialog or (self._process is not None and self._process.is_idle())

    @property
    def ended(self) -> bool:
        return self._ended.is_set()

    def command(self, method: str, timeout_s: float, **params: Any) -> dict[str, Any]:
        """The answer to one CDP command.

        Raises CommandTimeout, SessionLost, WindowClosed, CommandInterrupted or CommandRefused.
        """
        try:
            answer = self._execute("executeCdpCommand", timeout_s, cmd=method, params=params)
            if answer is None:
                raise CommandInterrupted(method, dialog=True)
        except CommandInterrupted as error:
            if error.dialog:
                self._had_dialog = True
                self._dismiss_overlooked()
            raise
        return dict(answer)

    def _dismiss_overlooked(self) -> None:
        """chromedriver forgets a dialog that opens while it dismisses another; no page goes on."""
        for _ in range(MOST_OVERLOOKED):
            try:
                self._execute(
                    "executeCdpCommand",
                    CLEAN_TIMEOUT_S,
                    cmd="Page.handleJavaScriptDialog",
                    params={"accept": False},
                )
            except CommandInterrupted:
                # It dismissed the one that it knew of, and may just have forgotten the next.
                continue
            except CommandRefused:
                return

    @contextlib.contextmanager
    def blaming_what_came_before(self) -> Iterator[None]:
        """A crash in here is not the coming page's doing, where another has been shown before."""
        try:
            yield
        except SessionLost as error:
            if error.crashed and self.pages:
                what = f"the browser fell before the page was there: {error}"
                raise SessionLost(what, crashed=False) from error
            raise

    @property
    def gives_way(self) -> bool:
        """Whether it works on what others leave of this machine; it cannot be taken back."""
        return self._gives_way

    def give_way(self) -> None:
        """Leave this machine to others where they want it; a Grid's browser is not on it."""
        self._gives_way = True
        if self._process is not None:
            self._process.give_way()

    def is_alive(self) -> bool:
        """Whether the browser still answers; asked only if it has been silent for a while."""
        if self.ended or (self._process is not None and not self._process.is_running()):
            return False
        if time.monotonic() - self._answered < FRESH_S:
            return True
        try:
            self.command("Browser.getVersion", CLEAN_TIMEOUT_S)
        except (CommandTimeout, SessionLost, WindowClosed, CommandInterrupted, CommandRefused):
            return False
        return True

    def open_clean_tab(self, *, keeps_login: bool = False) -> None:
        """Leave what the last visit left: a new tab, all others closed, no cookies, no storage.

        A new tab, as `sessionStorage`, `window.name`, history and headers live as long as theirs.
        Cookies and storages stay with `keeps_login` if they are those of somebody signed in.
        """
        opened = self._execute("newWindow", CLEAN_TIMEOUT_S, type="tab")
        handle = opened["handle"]
        self._execute("switchToWindow", CLEAN_TIMEOUT_S, handle=handle)
        for other in self._execute("w3cGetWindowHandles", CLEAN_TIMEOUT_S):
            if other != handle:
                # A popup may close by itself between the listing and this.
                with contextlib.suppress(CommandRefused):
                    self.command("Target.closeTarget", CLEAN_TIMEOUT_S, targetId=other)
        self.deny_downloads()
        self._log.forget()
        self._had_dialog = False
        self._scripts.clear()
        self._viewport = None
        self._headers = {}
        self._has_reduced_motion = False
        if not (keeps_login and self.signed_in):
            self.sign_out()

    def deny_downloads(self) -> None:
        """Else what a page sends as an attachment lands in the home folder."""
        self.command("Browser.setDownloadBehavior", CLEAN_TIMEOUT_S, behavior="deny")

    def sign_out(self) -> None:
        """Forget all cookies and storages."""
        self._clear_storage()
        self.signed_in = None

    def clear_tab(self, context_id: int, origin: str) -> bool:
        """Make the same tab clean for the next page of the same site; False if it takes a new one.

        For a page of one `origin`, on its way and in frames too: to clear that alone is four times
        as quick. `context_id` is its isolated world: its own a page can have redefined.
        """
        if len(self._execute("w3cGetWindowHandles", CLEAN_TIMEOUT_S)) != 1:
            return False
        try:
            self._look_into_log(CLEAN_TIMEOUT_S)
            if not self._log.is_of_one_origin(origin):
                return False
            # Else it may write once more, or add a listener that never ends.
            self._allow_scripts(False)
            forgotten = self.command(
                "Runtime.evaluate", CLEAN_TIMEOUT_S, expression=_FORGET, contextId=context_id
            )
            self.command("Page.navigate", CLEAN_TIMEOUT_S, url="about:blank")
            self._allow_scripts(True)
            self._log.forget()
            self._had_dialog = False
            self._clear_storage(origin)
        except (CommandInterrupted, CommandRefused):
            return False
        return "exceptionDetails" not in forgotten

    def _allow_scripts(self, allowed: bool) -> None:
        self.command("Emulation.setScriptExecutionDisabled", CLEAN_TIMEOUT_S, value=not allowed)

    def _clear_storage(self, origin: str = "*") -> None:
        self.command("Network.clearBrowserCookies", CLEAN_TIMEOUT_S)
        self.command(
            "Storage.clearDataForOrigin", CLEAN_TIMEOUT_S, origin=origin, storageTypes=_STORAGES
        )

    def add_script(self, source: str, world_name: str, timeout_s: float) -> None:
        """Run this in a world of that name in every document that this tab loads from now on.

        A world has one such script: another one takes its place.
        """
        identifier, present = self._scripts.pop(world_name, ("", ""))
        if present != source:
            if identifier:
                self.command(
                    "Page.removeScriptToEvaluateOnNewDocument", timeout_s, identifier=identifier
                )
            identifier = self.command(
                "Page.addScriptToEvaluateOnNewDocument",
                timeout_s,
                source=source,
                worldName=world_name,
            )["identifier"]
        self._scripts[world_name] = (identifier, source)

    def read_log(self, timeout_s: float) -> list[dict[str, Any]]:
        """The DevTools events of the network since this was last read: `{"method", "params"}`.

        Raises what `command` raises; CommandRefused where there is no such log.
        """
        self._look_into_log(timeout_s)
        return self._log.take()

    def is_network_quiet(self, frame_id: str, since_s: float, timeout_s: float) -> bool:
        """See `NetworkLog.is_quiet`. Raises as `read_log` does."""
        self._look_into_log(timeout_s)
        return self._log.is_quiet(frame_id, since_s)

    def _look_into_log(self, timeout_s: float) -> None:
        entries = self._execute("getLog", timeout_s, type="performance") or []
        self._log.add(json.loads(entry["message"])["message"] for entry in entries)

    def enter_site(self, site: tuple[object, ...]) -> None:
        """Forget the HTTP cache of another site or scan, or of one visited by other rules.

        Between pages of one site it is kept for a scan: its servers do not pay for our isolation.
        """
        if site != self._site:
            self.command("Network.clearBrowserCache", CLEAN_TIMEOUT_S)
            self.kept.clear()
        self._site = site

    def set_headers(self, headers: dict[str, str], timeout_s: float) -> None:
        """Send these with every request that the tab makes, and none that were set before."""
        if headers != self._headers:
            self.command("Network.enable", timeout_s)
            self.command("Network.setExtraHTTPHeaders", timeout_s, headers=headers)
        self._headers = headers

    def reduce_motion(self, wanted: bool, timeout_s: float) -> None:
        """Tell pages that their visitor prefers reduced motion, or nothing of it."""
        if wanted != self._has_reduced_motion:
            features = [{"name": "prefers-reduced-motion", "value": "reduce" if wanted else ""}]
            self.command("Emulation.setEmulatedMedia", timeout_s, features=features)
        self._has_reduced_motion = wanted

    def set_viewport(self, viewport: Viewport) -> None:
        if viewport == self._viewport:
            return
        self.command(
            "Emulation.setDeviceMetricsOverride",
            CLEAN_TIMEOUT_S,
            width=viewport.width,
            height=viewport.height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self._viewport = viewport

    def pulse(self) -> Pulse | None:
        """What tells meanwhile that its node is lost; None on this machine."""
        return None if self._grid_url is None else Pulse(self._grid_url, self._session_id)

    def is_reachable(self) -> bool:
        """Whether its node answers, whatever the page is doing; always so on this machine."""
        return self._grid_url is None or answers(self._grid_url, self._session_id)

    def end(self) -> None:
        """Kill it: the whole process group here, a few bounded requests on a Grid.

        A command under way ends at once.
        """
        is_first = not self._ended.is_set()
        self._ended.set()
        if self._process is not None:
            self._process.kill()
        if isinstance(self._connection, SeverableConnection):
            self._connection.sever()
        if self._grid_url is not None and is_first:
            free_session(self._grid_url, self._session_id)
        self._connection.close()  # type: ignore[no-untyped-call]

    def quit(self) -> None:
        """Let a Grid's browser leave in its own time, which frees its slot, then make sure of it.

        One of our own has nothing to keep, and leaving would take it half a second.
        """
        if self._grid_url is not None and not self.ended:
            with contextlib.suppress(
                CommandTimeout, SessionLost, WindowClosed, CommandInterrupted, CommandRefused
            ):
                self._execute("quit", QUIT_TIMEOUT_S)
                # There is nothing left to be ended.
                self._ended.set()
        self.end()

    def _execute(self, name: str, timeout_s: float, **params: Any) -> Any:
        if self.ended:
            raise SessionLost("the browser has been ended", crashed=False)
        self._connection.client_config.timeout = max(timeout_s, 0.05)
        try:
            value = self.driver.execute(name, params)["value"]
        except urllib3.exceptions.NewConnectionError as error:
            # Refused, which urllib3 counts among the timeouts: nobody listens there any more.
            raise SessionLost(f"the driver cannot be reached: {error}", crashed=False) from error
        except urllib3.exceptions.TimeoutError as error:
            self._stuck = True
            asked = params.get("cmd", name)
            raise CommandTimeout(f"{asked} was not answered within {timeout_s:.1f} s") from error
        except urllib3.exceptions.HTTPError as error:
            raise SessionLost(f"the driver cannot be reached: {error}", crashed=False) from error
        except UnexpectedAlertPresentException as error:
            raise CommandInterrupted(name, dialog=True) from error
        except TimeoutException as error:
            # chromedriver's own: the document that was to answer has been replaced meanwhile.
            raise CommandInterrupted(name, dialog=False) from error
        except NoSuchWindowException as error:
            raise WindowClosed(_first_line(error)) from error
        except InvalidSessionIdException as error:
            message = _first_line(error)
            raise SessionLost(message, crashed=not is_node_gone(message)) from error
        except WebDriverException as error:
            message = _first_line(error)
            if self._grid_url is not None and is_node_gone(message):
                raise SessionLost(f"the Grid's node is lost: {message}", crashed=False) from error
            if any(sign in message.lower() for sign in _GONE):
                raise SessionLost(message, crashed=True) from error
            raise CommandRefused(message) from error
        self._answered = time.monotonic()
        return value

    @property
    def _session_id(self) -> str:
        return str(self.driver.session_id)


def _first_line(error: Exception) -> str:
    message = getattr(error, "msg", None) or str(error)
    return str(message).strip().splitlines()[0] if str(message).strip() else type(error).__name__
