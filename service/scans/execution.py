"""Executing scans in this process: a fleet of warm browsers and the jobs that use it."""

import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import sqlalchemy as sa

from service.browser import BrowserOptions, Fleet, MissingPart, longest_visit_s
from service.config import DenyList, Settings
from service.errors import Unavailable
from service.scans.batch import ScanJob
from service.scans.observing import ScanEvents
from service.scans.unchanged import AskAgain
from service.scans.values import MAX_VIEWPORTS
from service.scans.web import GuardedWeb

if TYPE_CHECKING:
    from service.jobs import JobRuntime
    from service.scans.metrics import ScanMetrics

# A visit keeps its own deadline; this one is for a fleet that itself got stuck, with a page in as
# many viewports as there may be.
_LAST_RESORT = 1.2
# A restart of the database takes less.
_LONGEST_OUTAGE_S = 30


class ScanExecutor:
    """From `start` to `stop`, takes up the scans that were asked for, also interrupted ones."""

    def __init__(
        self,
        engine: sa.Engine,
        settings: Settings,
        clock: Callable[[], datetime],
        metrics: "ScanMetrics | None" = None,
        gives_way: Callable[[], bool] = lambda: False,
    ) -> None:
        """While `gives_way` holds, pages are begun on half of the lanes only, and go last."""
        self._engine = engine
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._gives_way = gives_way
        self._fleet: Fleet | None = None
        self._runtime: JobRuntime | None = None
        self._stopping: Future[None] | None = None

    def warm_up(self, browsers: int) -> None:
        """Begin to start so many browsers at once. Needs no migrated store yet.

        Raises `MissingPart` without browser or axe-core.
        """
        self._fleet_at_hand().warm_up(browsers)

    def start(self) -> None:
        """Raises `MissingPart` without browser or axe-core, `ExecutorIsTaken` beside another."""
        from service.jobs import JobRuntime

        settings = self._settings
        fleet = self._fleet_at_hand()
        events, options = self._events, browser_options(settings)
        job = ScanJob(
            engine=self._engine,
            fleet=fleet,
            clock=self._clock,
            allowed_hosts=frozenset(settings.allow_hosts),
            page_deadline_s=settings.page_deadline_s,
            observer=events,
            open_web=GuardedWeb(fleet.guard, options),
            recheck=AskAgain(fleet),
        )
        runtime = JobRuntime(
            self._engine,
            [job.batch()],
            executor_id=settings.executor,
            # One page more than there are lanes is read in advance, so that no lane waits for it.
            lanes=settings.lanes + 1,
            on_lease=events.lease_changed,
            gives_way=self._gives_way,
            item_timeout_s=longest_visit_s(settings.page_deadline_s) * _LAST_RESORT * MAX_VIEWPORTS,
            lease_s=settings.lease_s,
            items_per_partition=settings.host_concurrency,
        )
        try:
            fleet.confirm()
            runtime.start()
        except BaseException:
            self._fleet = None
            fleet.close()
            raise
        self._runtime = runtime

    def _fleet_at_hand(self) -> Fleet:
        if self._fleet is None:
            options = browser_options(self._settings)
            self._fleet = Fleet(options, self._events, gives_way=self._gives_way)
        return self._fleet

    def begin_to_stop(self) -> None:
        """Stop, while the caller goes on reading what was found; `stop` waits for the end of it."""
        pool = ThreadPoolExecutor(1, thread_name_prefix="luiska-stop")
        self._stopping = pool.submit(self._stop)
        pool.shutdown(wait=False)

    def stop(self) -> None:
        """Drop what runs; it is taken up at the next start."""
        if self._stopping is None:
            self._stop()
        else:
            self._stopping.result()

    def _stop(self) -> None:
        try:
            if self._runtime is not None:
                self._runtime.stop()
        finally:
            if self._fleet is not None:
                self._fleet.close()

    @cached_property
    def _events(self) -> ScanEvents:
        return ScanEvents(self._metrics or self._own_metrics())

    def _own_metrics(self) -> "ScanMetrics":
        """Numbers that nobody asks for."""
        from prometheus_client import CollectorRegistry

        from service.scans.metrics import ScanMetrics

        return ScanMetrics(CollectorRegistry(), self._engine, lanes=self._settings.lanes)

    def look(self) -> None:
        """Take up at once what was asked for in this process. Nothing before `start`."""
        if self._runtime is not None:
            self._runtime.look()

    def outlasting(self) -> AbstractContextManager[None]:
        """For reading what is executed: a database that cannot be used counts for `check_queue`."""
        if self._runtime is None:
            return contextlib.nullcontext()
        return self._runtime.outages.outlasted("follow")

    def wait_for_end(self, longest_s: float) -> None:
        """Until a scan has ended in this process since the last such wait, or for so long."""
        ended = self._events.has_ended_one
        ended.wait(longest_s)
        ended.clear()

    def check(self) -> None:
        """Raise `RuntimeError` unless jobs are being executed."""
        if self._runtime is None:
            raise RuntimeError("jobs are not being executed in this process")
        self._runtime.check()

    def check_queue(self) -> None:
        """The same, and `Unavailable` where the database could not be used for some time."""
        self.check()
        outage = self._runtime.outages.longest() if self._runtime is not None else None
        if outage is not None and outage.lasts_s > _LONGEST_OUTAGE_S:
            raise Unavailable(
                f"The database has not been usable for {outage.lasts_s:.0f} s: {outage.reason}."
            )

    def check_browser(self) -> None:
        """Raise `Unavailable` unless a browser and axe-core are there."""
        if self._fleet is None:
            raise Unavailable("No browsers are kept in this process.")
        try:
            self._fleet.check()
        except MissingPart as error:
            raise Unavailable(f"{error}.") from error


def browser_options(settings: Settings) -> BrowserOptions:
    """The settings as the fleet wants them."""
    return BrowserOptions(
        axe_path=settings.axe_path,
        chromium=settings.chromium,
        chromedriver=settings.chromedriver,
        grid_url=settings.grid_url,
        grid_proxy=settings.grid_proxy,
        denied=DenyList.of(settings.deny_hosts),
        max_response_bytes=settings.max_response_bytes,
        max_visit_bytes=settings.max_visit_bytes,
        max_response_s=settings.max_response_s,
        lanes=settings.lanes,
    )
