"""The fleet: a number of warm browsers, each lent to one visit at a time."""

import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from urllib.parse import urlsplit

from service.browser.addresses import RESOLVE_TIMEOUT_S, check_address
from service.browser.chromium import find_browser, read_axe_version
from service.browser.grid import GridAway, Pulse, check_grid, has_free_slot
from service.browser.processes import clear_leftovers
from service.browser.retrying import TRIES, visit_at_most_twice
from service.browser.session import (
    CLEAN_TIMEOUT_S,
    START_TIMEOUT_S,
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
SLOT_POLL_S = 0.5
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


@dataclass(order=True)
class _Lane:
    """A free lane; the one whose browser was used last is lent first, one without comes last."""

    rank: tuple[bool, float]
    session: BrowserSession | None = field(compare=False)

    @classmethod
    def of(cls, session: BrowserSession | None) -> "_Lane":
        return cls((session is None, -time.monotonic()), session)


class Fleet:
    """`lanes` warm browsers, each started when it is first needed. Thread-safe.

    Raises MissingPart when it is made without axe-core or Chromium. `visit` never raises for what a
    page or a browser does.
    """

    def __init__(self, options: BrowserOptions) -> None:
        self._options = options
        self._axe_version = read_axe_version(options.axe_path)
        self._chromium: str | None = None
        self._chromedriver: str | None = None
        self._browser_version: str | None = None
        if options.grid_url is None:
            found = find_browser(options.chromium, options.chromedriver)
            self._chromium, self._chromedriver = found.chromium, found.chromedriver
            self._browser_version = found.chromium_version
            clear_leftovers()
        self._lanes: queue.PriorityQueue[_Lane] = queue.PriorityQueue()
        for _ in range(options.lanes):
            self._lanes.put(_Lane.of(None))
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

        Raises MissingPart when axe-core, Chromium or its driver is gone, or the Grid has no node.
        """
        read_axe_version(self._options.axe_path)
        if self._options.grid_url is not None:
            try:
                check_grid(self._options.grid_url)
            except GridAway as error:
                raise MissingPart(str(error)) from error
        for part, program in (("Chromium", self._chromium), ("chromedriver", self._chromedriver)):
            if program is not None and not os.access(program, os.X_OK):
                raise MissingPart(f"{part} is not at {program} any more; run `luiska doctor`")

    def visit(
        self, request: VisitRequest, *, cancelled: threading.Event | None = None
    ) -> VisitOutcome:
        """Examine one page: wait for a free browser, then end within the request's deadline.

        A page whose browser was lost is visited once more, with a fresh deadline.
        """
        stop = (cancelled or threading.Event(), self._closing)
        return visit_at_most_twice(
            lambda: self._visit_once(request, stop),
            grid_url=self._options.grid_url,
            wait_s=request.deadline_s,
            stop=stop,
        )

    def _visit_once(self, request: VisitRequest, stop: tuple[threading.Event, ...]) -> VisitOutcome:
        started = time.monotonic()
        progress = Progress()
        refusal = check_address(
            request.url,
            request.allowed_hosts,
            timeout_s=min(RESOLVE_TIMEOUT_S, request.deadline_s),
        )
        if refusal is not None:
            return self._outcome(refusal, progress, started, started)
        try:
            session = self._borrow(stop, request.deadline_s)
        except VisitFailed as error:
            return self._outcome(error.error, progress, started, time.monotonic())
        granted = progress.started = time.monotonic()
        watch = _Watch(stop, Clock(START_TIMEOUT_S + CLEAN_TIMEOUT_S))
        kept: BrowserSession | None = None
        try:
            with watch:
                result, session = self._examine(session, request, watch, progress)
            if watch.error is not None:
                result = watch.error_in(progress.phase)
            outcome = self._outcome(result, progress, started, granted)
            kept = self._keep(session, result)
        finally:
            self._lanes.put(_Lane.of(kept))
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
            session = self._lanes.get().session
            if session is not None:
                session.quit()

    def __enter__(self) -> "Fleet":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _borrow(self, stop: tuple[threading.Event, ...], limit_s: float) -> BrowserSession | None:
        """A lane's browser, None if it has to be started. Raises VisitFailed when cancelled.

        Where the Grid has no slot for another one, another lane's browser will do; after `limit_s`
        the hub is asked all the same and says itself what is lacking.
        """
        end = time.monotonic() + limit_s
        while not any(event.is_set() for event in stop):
            try:
                session = self._lanes.get(timeout=POLL_S).session
            except queue.Empty:
                continue
            if session is not None or time.monotonic() > end or self._can_start():
                return session
            self._lanes.put(_Lane.of(None))
            stop[0].wait(SLOT_POLL_S)
        raise VisitFailed(PageErrorCode.CANCELLED, "cancelled before a browser was free")

    def _can_start(self) -> bool:
        """Whether another browser can be started, or the attempt will tell why not."""
        if self._options.grid_url is None:
            return True
        try:
            return has_free_slot(self._options.grid_url)
        except GridAway:
            return True

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
            # A page is not to pay for the time that its browser took to start.
            watch.begins(Clock(request.deadline_s), session.pulse())
            session.enter_site(urlsplit(request.url)[:2])
            return examine(session, request, self._options.axe_path, watch.clock, progress), session
        except VisitFailed as error:
            if session is not None and session.is_stuck and not session.is_reachable():
                return _lost("the Grid's node does not answer any more"), session
            return error.error, session
        except _UNUSABLE as error:
            return _lost(str(error)), session

    def _ready(self, session: BrowserSession | None, watch: "_Watch") -> BrowserSession:
        """A browser that answers: the lane's, or a new one. Raises SessionLost when none starts."""
        if session is not None:
            watch.guards(session.end)
            if session.is_alive():
                return session
            session.end()
        session = start_session(
            chromium=self._chromium,
            chromedriver=self._chromedriver,
            grid_url=self._options.grid_url,
            on_start=watch.guards,
        )
        watch.guards(session.end)
        self._browser_version = session.browser_version
        return session

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
            return None
        if session.pages >= self._options.recycle_after_pages:
            session.quit()
            return None
        try:
            session.open_clean_tab()
        except _UNUSABLE:
            # The page would not go; the next visit starts a new browser.
            session.end()
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


def _lost(detail: str) -> PageError:
    return PageError(code=PageErrorCode.INFRASTRUCTURE, detail=detail)


def longest_visit_s(deadline_s: float) -> float:
    """The seconds after which `Fleet.visit` has answered for certain, once a lane is free."""
    one_try = deadline_s + START_TIMEOUT_S + CLEAN_TIMEOUT_S + deadline_s + 2 * OVERTIME_S
    return TRIES * one_try + deadline_s


class _Watch:
    """Ends the browser from a thread of its own when the visit is cancelled, far too late or lost.

    Lost is a visit whose Grid node has fallen silent.
    """

    def __init__(self, stop: tuple[threading.Event, ...], clock: Clock) -> None:
        self.clock = clock
        self._pulse: Pulse | None = None
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

    def begins(self, clock: Clock, pulse: Pulse | None) -> None:
        """The browser is there: from now on this is the visit's time, and this its node's pulse."""
        self.clock = clock
        self._pulse = pulse

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
        if self.error is PageErrorCode.INFRASTRUCTURE:
            return _lost("the Grid's node does not answer any more")
        if phase == "start":
            return _lost("no browser started in time")
        code = PageErrorCode.RENDER_TIMEOUT if phase == "navigate" else PageErrorCode.CHECK_TIMEOUT
        return PageError(code=code, detail="the visit did not end within its deadline")

    def _run(self) -> None:
        while not self._done.wait(POLL_S):
            if any(event.is_set() for event in self._stop):
                error = PageErrorCode.CANCELLED
            elif self.clock.left_s() < -OVERTIME_S:
                error = PageErrorCode.CHECK_TIMEOUT
            elif self._pulse is not None and self._pulse.has_stopped():
                error = PageErrorCode.INFRASTRUCTURE
            else:
                continue
            with self._lock:
                self.error = error
                kill = self._kill
            if kill is not None:
                kill()
            return
