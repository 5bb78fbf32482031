"""The fleet: a number of warm browsers, each lent to one visit at a time."""

import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from http import HTTPStatus
from types import TracebackType
from urllib.parse import urlsplit

import urllib3

from service.browser.addresses import RESOLVE_TIMEOUT_S, check_address
from service.browser.chromium import find_browser, read_axe_version
from service.browser.observer import BrowserEnd, FleetObserver, Unobserved
from service.browser.processes import clear_leftovers
from service.browser.session import (
    BrowserSession,
    Clock,
    CommandInterrupted,
    CommandRefused,
    CommandTimeout,
    SessionLost,
    WindowClosed,
    start_session,
)
from service.browser.values import (
    BrowserOptions,
    MissingPart,
    PageError,
    PageErrorCode,
    Viewport,
    VisitFailed,
    VisitOutcome,
    VisitRequest,
)
from service.browser.visit import Examined, Progress, examine

POLL_S = 0.1
GRID_STATUS_S = 3.0
# How long after its deadline a visit is ended by force, whatever command it is waiting for.
OVERTIME_S = 1.0
# After these the page may still be running wild in there: that browser is not lent again.
_SPOILING = frozenset(
    {
        PageErrorCode.RENDER_TIMEOUT,
        PageErrorCode.CHECK_TIMEOUT,
        PageErrorCode.BROWSER_CRASH,
        PageErrorCode.INFRASTRUCTURE,
        PageErrorCode.CANCELLED,
    }
)

_UNUSABLE = (SessionLost, CommandTimeout, CommandRefused, CommandInterrupted, WindowClosed)


class Fleet:
    """`lanes` warm browsers, each started when it is first needed. Thread-safe.

    Raises MissingPart when it is made without axe-core or Chromium. `visit` never raises for what a
    page or a browser does.
    """

    def __init__(self, options: BrowserOptions, observer: FleetObserver | None = None) -> None:
        self._options = options
        self._observer = observer or Unobserved()
        self._open: set[BrowserSession] = set()
        self._axe_version = read_axe_version(options.axe_path)
        self._chromium: str | None = None
        self._chromedriver: str | None = None
        self._browser_version: str | None = None
        if options.grid_url is None:
            found = find_browser(options.chromium, options.chromedriver)
            self._chromium, self._chromedriver = found.chromium, found.chromedriver
            self._browser_version = found.chromium_version
            clear_leftovers()
        self._lanes: queue.LifoQueue[BrowserSession | None] = queue.LifoQueue()
        for _ in range(options.lanes):
            self._lanes.put(None)
        self._closing = threading.Event()

    @property
    def browser_version(self) -> str | None:
        """Chromium's version; on a Grid it is known from the first visit on."""
        return self._browser_version

    @property
    def axe_version(self) -> str:
        return self._axe_version

    def check(self) -> None:
        """Return when a visit could be made now, as far as can be told without one.

        Raises MissingPart when axe-core, Chromium or its driver is gone, or when no Grid answers.
        """
        read_axe_version(self._options.axe_path)
        grid_url = self._options.grid_url
        if grid_url is not None:
            try:
                answer = urllib3.request(
                    "GET", f"{grid_url.rstrip('/')}/status", timeout=GRID_STATUS_S, retries=False
                )
            except urllib3.exceptions.HTTPError as error:
                raise MissingPart(f"no Selenium Grid answers at {grid_url}") from error
            if answer.status != HTTPStatus.OK:
                raise MissingPart(f"the Selenium Grid at {grid_url} answers {answer.status}")
        for part, program in (("Chromium", self._chromium), ("chromedriver", self._chromedriver)):
            if program is not None and not os.access(program, os.X_OK):
                raise MissingPart(f"{part} is not at {program} any more; run `luiska doctor`")

    def visit(
        self, request: VisitRequest, *, cancelled: threading.Event | None = None
    ) -> VisitOutcome:
        """Examine one page: wait for a free browser, then end within the request's deadline."""
        started = time.monotonic()
        progress = Progress()
        refusal = check_address(
            request.url,
            request.allowed_hosts,
            timeout_s=min(RESOLVE_TIMEOUT_S, request.deadline_s),
        )
        if refusal is not None:
            return self._outcome(refusal, progress, started, started)
        stop = (cancelled or threading.Event(), self._closing)
        try:
            session = self._borrow(stop)
        except VisitFailed as error:
            return self._outcome(error.error, progress, started, time.monotonic())
        granted = progress.started = time.monotonic()
        watch = _Watch(stop, Clock(request.deadline_s))
        kept: BrowserSession | None = None
        try:
            with watch:
                result, session = self._examine(session, request, watch, progress)
            if watch.error is not None:
                result = watch.error_in(progress.phase)
            outcome = self._outcome(result, progress, started, granted)
            kept = self._keep(session, result)
        finally:
            self._lanes.put(kept)
        return outcome

    def visit_page(
        self,
        request: VisitRequest,
        viewports: Sequence[Viewport],
        *,
        cancelled: threading.Event | None = None,
    ) -> tuple[VisitOutcome, ...]:
        """Examine one page in several viewports, in their order; `request.viewport` is not used."""
        return tuple(
            self.visit(replace(request, viewport=viewport), cancelled=cancelled)
            for viewport in viewports
        )

    def close(self) -> None:
        """End every browser; visits under way are cut short as cancelled. Safe to call twice."""
        if self._closing.is_set():
            return
        self._closing.set()
        for _ in range(self._options.lanes):
            session = self._lanes.get()
            if session is not None:
                session.quit()
                self._tell_end(session, BrowserEnd.CLOSED)

    def __enter__(self) -> "Fleet":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _borrow(self, stop: tuple[threading.Event, ...]) -> BrowserSession | None:
        """A lane's browser, None if it has to be started. Raises VisitFailed when cancelled."""
        while not any(event.is_set() for event in stop):
            try:
                return self._lanes.get(timeout=POLL_S)
            except queue.Empty:
                continue
        raise VisitFailed(PageErrorCode.CANCELLED, "cancelled before a browser was free")

    def _examine(
        self,
        session: BrowserSession | None,
        request: VisitRequest,
        watch: "_Watch",
        progress: Progress,
    ) -> tuple[Examined | PageError, BrowserSession | None]:
        """What the visit gave, and the browser it ran on."""
        try:
            session = self._ready(session, watch)
            session.enter_site(urlsplit(request.url)[:2])
            return examine(session, request, self._options.axe_path, watch.clock, progress), session
        except VisitFailed as error:
            return error.error, session
        except _UNUSABLE as error:
            return PageError(code=PageErrorCode.INFRASTRUCTURE, detail=str(error)), session

    def _ready(self, session: BrowserSession | None, watch: "_Watch") -> BrowserSession:
        """A browser that answers: the lane's, or a new one. Raises SessionLost when none starts."""
        if session is not None:
            watch.guards(session.end)
            if session.is_alive():
                return session
            session.end()
            self._tell_end(session, BrowserEnd.DIED)
        session = start_session(
            chromium=self._chromium,
            chromedriver=self._chromedriver,
            grid_url=self._options.grid_url,
            on_start=watch.guards,
        )
        watch.guards(session.end)
        self._browser_version = session.browser_version
        self._open.add(session)
        self._observer.browser_started()
        return session

    def _tell_end(self, session: BrowserSession, reason: BrowserEnd) -> None:
        """Each browser's end is told once, with the reason that was known first."""
        if session in self._open:
            self._open.discard(session)
            self._observer.browser_ended(reason)

    def _keep(
        self, session: BrowserSession | None, result: Examined | PageError
    ) -> BrowserSession | None:
        """The browser with a clean tab for the next visit, or None if it must not be lent again."""
        if session is None:
            return None
        session.pages += 1
        spoiled = isinstance(result, PageError) and result.code in _SPOILING
        if spoiled or session.is_stuck or session.ended:
            session.end()
            self._tell_end(session, BrowserEnd.SPOILED)
            return None
        if session.pages >= self._options.recycle_after_pages:
            session.quit()
            self._tell_end(session, BrowserEnd.RECYCLED)
            return None
        try:
            session.open_clean_tab()
        except _UNUSABLE:
            # The page would not go; the next visit starts a new browser.
            session.end()
            self._tell_end(session, BrowserEnd.SPOILED)
            return None
        return session

    def _outcome(
        self, result: Examined | PageError, progress: Progress, started: float, granted: float
    ) -> VisitOutcome:
        examined = result if isinstance(result, Examined) else None
        return VisitOutcome(
            state="examined" if examined else "error",
            partial=bool(examined and examined.partial_reasons),
            partial_reasons=examined.partial_reasons if examined else (),
            error=result if isinstance(result, PageError) else None,
            artifacts=examined.artifacts if examined else None,
            timings_ms={
                # Waiting for a browser to start is waiting for a browser.
                "queue": int((granted - started) * 1000) + progress.start_ms,
                "navigate": progress.navigate_ms,
                "axe": progress.axe_ms,
                "elements": progress.elements_ms,
                "total": int((time.monotonic() - started) * 1000),
            },
            browser_version=self._browser_version,
            axe_version=self._axe_version,
        )


class _Watch:
    """Ends the browser from a thread of its own when the visit is cancelled or far too late."""

    def __init__(self, stop: tuple[threading.Event, ...], clock: Clock) -> None:
        self.clock = clock
        self.error: PageErrorCode | None = None
        self._stop = stop
        self._kill: Callable[[], None] | None = None
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="luiska-watch", daemon=True)

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def guards(self, kill: Callable[[], None]) -> None:
        """What is to be killed; at once if the visit is already to end."""
        with self._lock:
            self._kill = kill
            is_late = self.error is not None
        if is_late:
            kill()

    def error_in(self, phase: str) -> PageError:
        """The named error of a visit that was ended in this phase."""
        if self.error is PageErrorCode.CANCELLED:
            return PageError(code=self.error, detail="cancelled while the page was being examined")
        if phase == "start":
            return PageError(code=PageErrorCode.INFRASTRUCTURE, detail="no browser started in time")
        code = PageErrorCode.RENDER_TIMEOUT if phase == "navigate" else PageErrorCode.CHECK_TIMEOUT
        return PageError(code=code, detail="the visit did not end within its deadline")

    def _run(self) -> None:
        while not self._done.wait(POLL_S):
            if any(event.is_set() for event in self._stop):
                error = PageErrorCode.CANCELLED
            elif self.clock.left_s() < -OVERTIME_S:
                error = PageErrorCode.CHECK_TIMEOUT
            else:
                continue
            with self._lock:
                self.error = error
                kill = self._kill
            if kill is not None:
                kill()
            return
