"""The fleet: a number of warm browsers, each lent to one visit at a time."""

import os
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from urllib.parse import urlsplit

from service.browser.addresses import split_url
from service.browser.chromium import find_browser, read_axe_version
from service.browser.grid import GridAway, check_grid, has_free_slot
from service.browser.guard import Door, EgressPolicy, Guard
from service.browser.observer import BrowserEnd, FleetObserver, Unobserved
from service.browser.processes import clear_leftovers
from service.browser.retrying import visit_at_most_twice
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
    Refusal,
    Viewport,
    VisitFailed,
    VisitOutcome,
    VisitRequest,
)
from service.browser.visit import Examined, Progress, examine
from service.browser.watch import Watch, lost

POLL_S = 0.1
SLOT_POLL_S = 0.5
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


@dataclass
class _Lane:
    """A door of the guard and the browser that goes out through it, None until it is started.

    Ordered by who is lent next: the browser used last, and one that is to be started after all.
    """

    door: Door
    session: BrowserSession | None = None
    used: float = 0

    def __lt__(self, other: "_Lane") -> bool:
        return (self.session is None, -self.used) < (other.session is None, -other.used)


class Fleet:
    """`lanes` warm browsers, each started when it is first needed. Thread-safe.

    Each browser goes out through a door of `guard`, which is closed with the fleet.

    Raises MissingPart when it is made without axe-core or Chromium. `visit` never raises for what a
    page or a browser does.
    """

    def __init__(
        self,
        options: BrowserOptions,
        observer: FleetObserver | None = None,
        *,
        guard: Guard | None = None,
    ) -> None:
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
        self._guard = guard or Guard()
        self._lanes: queue.PriorityQueue[_Lane] = queue.PriorityQueue()
        for _ in range(options.lanes):
            self._lanes.put(_Lane(self._guard.open_door()))
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
        parts = split_url(request.url)
        if isinstance(parts, PageError):
            return self._outcome(parts, progress, started, started)
        try:
            lane = self._borrow(stop, request.deadline_s)
        except VisitFailed as error:
            return self._outcome(error.error, progress, started, time.monotonic())
        granted = progress.started = time.monotonic()
        watch = Watch(stop, Clock(START_TIMEOUT_S + CLEAN_TIMEOUT_S))
        session, lane.session = lane.session, None
        try:
            with watch:
                result, session = self._examine(lane.door, session, request, watch, progress)
            if watch.error is not None:
                result = watch.error_in(progress.phase)
            outcome = self._outcome(result, progress, started, granted, lane.door.end())
            lane.session = self._keep(session, result)
        finally:
            lane.used = time.monotonic()
            self._lanes.put(lane)
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
                self._tell_end(session, BrowserEnd.CLOSED)
        self._guard.close()

    def __enter__(self) -> "Fleet":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _borrow(self, stop: tuple[threading.Event, ...], limit_s: float) -> _Lane:
        """A free lane. Raises VisitFailed when cancelled.

        Where the Grid has no slot for another browser, another lane's will do; after `limit_s` the
        hub is asked all the same and says itself what is lacking.
        """
        end = time.monotonic() + limit_s
        while not any(event.is_set() for event in stop):
            try:
                lane = self._lanes.get(timeout=POLL_S)
            except queue.Empty:
                continue
            if lane.session is not None or time.monotonic() > end or self._can_start():
                return lane
            self._lanes.put(lane)
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
        door: Door,
        session: BrowserSession | None,
        request: VisitRequest,
        watch: Watch,
        progress: Progress,
    ) -> tuple[Examined | PageError, BrowserSession | None]:
        """What the visit gave, and the browser it ran on."""
        try:
            session = self._ready(door, session, watch)
            # A page is not to pay for the time that its browser took to start.
            watch.begins(Clock(request.deadline_s), session.pulse())
            policy = self._policy(request)
            session.enter_site((*urlsplit(request.url)[:2], policy))
            door.begin(policy)
            axe_path = self._options.axe_path
            return examine(session, request, axe_path, watch.clock, progress, door), session
        except VisitFailed as error:
            if session is not None and session.is_stuck and not session.is_reachable():
                return lost("the Grid's node does not answer any more"), session
            return error.error, session
        except _UNUSABLE as error:
            return lost(str(error)), session

    def _policy(self, request: VisitRequest) -> EgressPolicy:
        return EgressPolicy(
            allowed_hosts=request.allowed_hosts,
            denied=self._options.denied,
            max_response_bytes=self._options.max_response_bytes,
            max_visit_bytes=self._options.max_visit_bytes,
            max_response_s=self._options.max_response_s,
        )

    def _ready(self, door: Door, session: BrowserSession | None, watch: Watch) -> BrowserSession:
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
            proxy=self._options.grid_proxy or door.address,
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
            if not (_leaves_little(result) and session.clear_tab()):
                session.open_clean_tab()
        except _UNUSABLE:
            # The page would not go; the next visit starts a new browser.
            session.end()
            self._tell_end(session, BrowserEnd.SPOILED)
            return None
        return session

    def _outcome(
        self,
        result: Examined | PageError,
        progress: Progress,
        started: float,
        granted: float,
        record: tuple[Refusal, ...] = (),
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
            refused=tuple(
                refusal
                for refusal in record
                if refusal.is_cut or refusal.code is PageErrorCode.BLOCKED_ADDRESS
            ),
        )


def _leaves_little(result: Examined | PageError) -> bool:
    """Whether this page's tab can be made clean: it was one whole document, of one site."""
    return (
        isinstance(result, Examined)
        and not result.has_frames
        and not result.partial_reasons
        and urlsplit(result.artifacts.url)[:2] == urlsplit(result.artifacts.final_url)[:2]
    )
