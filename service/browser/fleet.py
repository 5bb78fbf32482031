"""The fleet: a number of warm browsers, each lent to one visit at a time."""

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from types import TracebackType

from service.browser.chromium import BrowserAsked, ask_browser, read_axe_version
from service.browser.failures import FAILURES, Clock
from service.browser.grid import GridAway, check_grid, has_free_slot
from service.browser.guard import Door, EgressPolicy, Guard
from service.browser.lane import Lane, Programs
from service.browser.logins import Logins
from service.browser.machine import machine_digest
from service.browser.observer import BrowserEnd, FleetObserver, Unobserved
from service.browser.outcome import visit_outcome
from service.browser.processes import clear_leftovers
from service.browser.progress import Progress, Times
from service.browser.reaching import Means
from service.browser.retrying import visit_at_most_twice
from service.browser.session import CLEAN_TIMEOUT_S
from service.browser.sources import conditions
from service.browser.starting import START_TIMEOUT_S
from service.browser.terms import egress_policy, enter_site, secrets_of
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
from service.browser.visit import Examined, examine, examine_again
from service.browser.watch import Watch, lost

_log = logging.getLogger(__name__)
POLL_S = 0.1
SLOT_POLL_S = 0.5
Stop = tuple[threading.Event, ...]


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
        gives_way: Callable[[], bool] = lambda: False,
    ) -> None:
        """While `gives_way` holds, pages are examined on what others leave of this machine."""
        self._options = options
        self._gives_way = gives_way
        self._axe_version = read_axe_version(options.axe_path)
        self._programs = Programs()
        self._asked: BrowserAsked | None = None
        self._browser_version: str | None = None
        if options.grid_url is None:
            asked = ask_browser(options.chromium, options.chromedriver)
            self._programs = Programs(chromium=asked.chromium, chromedriver=asked.chromedriver)
            self._asked = asked
            clear_leftovers()
        self._guard = guard or Guard()
        self._lanes: queue.PriorityQueue[Lane] = queue.PriorityQueue()
        for _ in range(options.lanes):
            door = self._guard.open_door()
            self._lanes.put(Lane(door, options, self._programs, observer or Unobserved()))
        self._closing = threading.Event()
        self._logins = Logins()

    @property
    def browser_version(self) -> str | None:
        """Chromium's version; on a Grid it is known from the first visit on."""
        if self._browser_version is None and self._asked is not None:
            self._browser_version = self._asked.found().chromium_version
        return self._browser_version

    @property
    def axe_version(self) -> str:
        return self._axe_version

    @property
    def guard(self) -> Guard:
        """What our own requests go out through, as the browsers do."""
        return self._guard

    def conditions(self, request: VisitRequest) -> str | None:
        """A digest of what the findings of a page depend on beside the page itself.

        None on a Grid: which of its machines will visit the page, and what that one has, is not
        known.
        """
        if self._programs.chromium is None or self.browser_version is None:
            return None
        return conditions(
            request,
            browser_version=self.browser_version,
            axe_path=self._options.axe_path,
            machine=machine_digest(self._programs.chromium),
        )

    def confirm(self) -> None:
        """Wait for the programs' versions. Raises MissingPart when one of them does not start."""
        if self._asked is not None:
            self._asked.found()

    def check(self) -> None:
        """Return when a visit could be made now, as far as can be told without one.

        Raises MissingPart when axe-core, Chromium or its driver is gone, or when no Grid answers.
        """
        read_axe_version(self._options.axe_path)
        if self._options.grid_url is not None:
            try:
                check_grid(self._options.grid_url)
            except GridAway as error:
                raise MissingPart(str(error)) from error
        self._programs.check()

    def visit(
        self, request: VisitRequest, *, cancelled: threading.Event | None = None
    ) -> VisitOutcome:
        """Examine one page: wait for a free browser, then end within the request's deadline.

        A page whose browser was lost is visited once more, with a fresh deadline.
        """
        return self.visit_page(request, (request.viewport,), cancelled=cancelled)[0]

    def visit_page(
        self,
        request: VisitRequest,
        viewports: Sequence[Viewport],
        *,
        cancelled: threading.Event | None = None,
    ) -> tuple[VisitOutcome, ...]:
        """Examine one page in several viewports, in their order; `request.viewport` is not used.

        A page that runs no script is loaded once and its window resized. Any other is loaded in
        each: what a script builds may depend on the size that it was loaded in.
        """
        if not request.approach.is_repeatable:
            request = replace(request, digests=None)
        elif request.digests is None and len(viewports) > 1:
            # What the page was made from has to be known to tell that it runs no script.
            request = replace(request, digests={})
        at_once = 1 if request.approach.changes_browser else len(viewports)
        stop = (cancelled or threading.Event(), self._closing)
        done: list[VisitOutcome] = []
        while len(done) < len(viewports):
            rest = viewports[len(done) :][:at_once]
            done += visit_at_most_twice(
                partial(self._visit_once, request, rest, stop),
                grid_url=self._options.grid_url,
                wait_s=request.deadline_s,
                stop=stop,
            )
        return tuple(done)

    def warm_up(self, browsers: int) -> None:
        """Begin to start so many browsers, at most one a lane; those of a Grid start when needed.

        What keeps one from starting is told by the visit that needs it.
        """
        for _ in range(0 if self._options.grid_url else browsers):
            with contextlib.suppress(queue.Empty):
                lane = self._lanes.get_nowait()
                threading.Thread(
                    target=self._warm_up, args=(lane,), name="luiska-warm-up", daemon=True
                ).start()

    def _warm_up(self, lane: Lane) -> None:
        try:
            with Watch((self._closing,), Clock(START_TIMEOUT_S + CLEAN_TIMEOUT_S)) as watch:
                self._browser_version = lane.ready(watch).browser_version
        except FAILURES as error:
            _log.debug("a browser did not start ahead of its time: %s", error)
        finally:
            self._lanes.put(lane)

    def close(self) -> None:
        """End every browser; visits under way are cut short as cancelled. Safe to call twice."""
        if self._closing.is_set():
            return
        self._closing.set()
        for _ in range(self._options.lanes):
            self._lanes.get().quit(BrowserEnd.CLOSED)
        self._guard.close()

    def __enter__(self) -> "Fleet":
        try:
            self.confirm()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _visit_once(
        self, request: VisitRequest, viewports: Sequence[Viewport], stop: Stop, in_new: bool
    ) -> list[VisitOutcome]:
        """The outcome for the first viewport, and for those after it that took no second load.

        With `in_new` the page is the first that its browser shows.
        """
        times = Times()
        request = replace(request, viewport=viewports[0])
        secrets = secrets_of(request, self._options)
        if isinstance(secrets, PageError):
            return [self._outcome(request, secrets, times, None)]
        try:
            lane = self._borrow(stop, request.deadline_s)
        except VisitFailed as error:
            times.grant()
            return [self._outcome(request, error.error, times, None)]
        times.grant()
        try:
            if in_new:
                lane.quit(BrowserEnd.RECYCLED)
            means = Means(secrets=secrets, logins=self._logins)
            result = self._examine(
                lane, request, stop, times.progress, means, in_new, resizes=len(viewports) > 1
            )
            outcomes = [secrets.mask(self._outcome(request, result, times, lane.door))]
            for viewport in viewports[1:]:
                if not isinstance(result, Examined) or result.answers is None:
                    break
                again = self._resized(lane, result, replace(request, viewport=viewport), stop)
                if again is None:
                    break
                outcomes.append(again)
            lane.door.end()
            lane.clean_up(result, request.approach)
        except BaseException:
            lane.spoil()
            raise
        finally:
            self._lanes.put(lane)
        return outcomes

    def _borrow(self, stop: Stop, limit_s: float) -> Lane:
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
        lane: Lane,
        request: VisitRequest,
        stop: Stop,
        progress: Progress,
        means: Means,
        in_new: bool,
        *,
        resizes: bool,
    ) -> Examined | PageError:
        """What the visit gave. With `resizes` the page will be examined in other sizes too."""
        watch = Watch(stop, Clock(START_TIMEOUT_S + CLEAN_TIMEOUT_S))
        with watch:
            result = self._examine_watched(lane, request, watch, progress, means, in_new, resizes)
        return result if watch.error is None else watch.error_in(progress.phase)

    def _examine_watched(
        self,
        lane: Lane,
        request: VisitRequest,
        watch: Watch,
        progress: Progress,
        means: Means,
        in_new: bool,
        resizes: bool,
    ) -> Examined | PageError:
        try:
            session = lane.ready(
                watch,
                isolates_sites=request.approach.is_confidential,
                gives_way=self._gives_way(),
            )
            self._browser_version = session.browser_version
            # A page is not to pay for the time that its browser took to start.
            watch.begins(Clock(request.deadline_s), session.pulse())
            policy = self.policy(request)
            enter_site(session, request, policy)
            lane.door.begin(policy)
            return examine(
                session,
                request,
                self._options.axe_path,
                watch.clock,
                progress,
                lane.door,
                means,
                resizes=resizes,
            )
        except VisitFailed as error:
            stuck = lane.session
            if stuck is not None and stuck.is_stuck and not stuck.is_reachable():
                return lost("the Grid's node does not answer any more")
            if error.error.code is PageErrorCode.BROWSER_CRASH and session.pages:
                return lost(f"{error.error.detail}, in a browser that had shown other pages")
            is_hanging = error.error.code is PageErrorCode.RENDER_TIMEOUT
            if is_hanging and not in_new and session.may_have_lost_dialog():
                return lost(f"{error.error.detail}, perhaps for a dialog that was forgotten")
            return error.error
        except FAILURES as error:
            return lost(str(error))

    def _resized(
        self, lane: Lane, shown: Examined, request: VisitRequest, stop: Stop
    ) -> VisitOutcome | None:
        """The outcome in another viewport of the page that is shown; None if it needs a load."""
        times = Times()
        session = lane.session
        if session is None:
            return None
        watch = Watch(stop, Clock(request.deadline_s))
        watch.begins(watch.clock, session.pulse())
        watch.guards(session.end)
        with watch:
            result = examine_again(session, shown, request, watch.clock, times.progress, lane.door)
        if result is None or watch.error is not None:
            return None
        return self._outcome(request, result, times, lane.door)

    def policy(self, request: VisitRequest) -> EgressPolicy:
        """By which rules this visit goes out."""
        return egress_policy(request, self._options)

    def _outcome(
        self, request: VisitRequest, result: Examined | PageError, times: Times, door: Door | None
    ) -> VisitOutcome:
        has_answers = isinstance(result, Examined) and result.answers is not None
        return visit_outcome(
            result,
            times,
            refusals=door.refusals if door is not None else (),
            browser_version=self.browser_version,
            axe_version=self._axe_version,
            conditions=self.conditions(request) if has_answers else None,
        )
