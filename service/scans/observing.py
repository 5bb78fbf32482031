"""Who is told of what happens while scans are executed."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Protocol

from sqlmodel import Session

from service.browser import BrowserEnd, VisitOutcome
from service.config.logs import log_ids, tell
from service.db import after_commit
from service.scans.tables import PageVisit, Scan
from service.scans.values import ENDED, VISIT_ENDED

if TYPE_CHECKING:
    from service.scans.metrics import ScanMetrics

_log = logging.getLogger("luiska.scans")
_browsers = logging.getLogger("luiska.browsers")


class JobObserver(Protocol):
    """Called by `ScanJob`, from the threads that do the work."""

    def scan_started(self, session: Session, scan_id: str) -> None:
        """In the transaction that starts it."""

    def scan_ended(self, session: Session, scan_id: str) -> None:
        """In the transaction that ends it."""

    def visiting(self, scan_id: str, visit_id: str) -> AbstractContextManager[None]:
        """Around the visit of one page by a lane."""

    def storing(
        self, session: Session, visit_id: str, outcome: VisitOutcome | None
    ) -> AbstractContextManager[None]:
        """Around what keeps an outcome, or None's: that there is none."""


class Unobserved:
    """Nobody looks."""

    def scan_started(self, session: Session, scan_id: str) -> None:
        """Nothing."""

    def scan_ended(self, session: Session, scan_id: str) -> None:
        """Nothing."""

    def visiting(self, scan_id: str, visit_id: str) -> AbstractContextManager[None]:  # noqa: ARG002
        return nullcontext()

    def storing(self, *_: object) -> AbstractContextManager[None]:
        return nullcontext()


class ScanEvents:
    """Logs what happens to scans, visits and browsers, and counts it.

    What a transaction does is told once it is committed. A line has ids, codes and durations:
    no address, title or text of a page.
    """

    def __init__(self, metrics: "ScanMetrics") -> None:
        self._metrics = metrics
        self.has_ended_one = threading.Event()

    def browser_started(self) -> None:
        self._metrics.browsers_started.inc()
        tell(_browsers, "browser started")

    def browser_ended(self, reason: BrowserEnd) -> None:
        self._metrics.browsers_ended.labels(reason).inc()
        tell(_browsers, "browser ended", reason=reason)

    def lease_changed(self, held: bool) -> None:
        """Whether this process may execute jobs by now."""
        self._metrics.lease_held.set(held)
        tell(_log, "lease taken" if held else "lease given up")

    def egress_refused(self, number: int) -> None:
        """So many things of one visit were refused or cut short by the guard."""
        if number:
            self._metrics.egress_refusals.inc(number)
            tell(_browsers, "egress refused", refusals=number)

    def scan_started(self, session: Session, scan_id: str) -> None:
        scan = session.get(Scan, scan_id)
        if scan is not None and scan.state == "running":
            pages = scan.pages_requested
            after_commit(session, lambda: tell(_log, "scan started", scan_id=scan_id, pages=pages))

    def scan_ended(self, session: Session, scan_id: str) -> None:
        scan = session.get(Scan, scan_id)
        # A cancelled one was told of when it was cancelled.
        if scan is None or scan.state not in ENDED - {"cancelled"}:
            return
        state, pages, took_s = scan.state, scan.ended_count, _seconds(scan)

        def committed() -> None:
            self._metrics.scans.labels(state).inc()
            self.has_ended_one.set()
            tell(_log, "scan ended", scan_id=scan_id, state=state, pages=pages, took_s=took_s)

        after_commit(session, committed)

    @contextmanager
    def visiting(self, scan_id: str, visit_id: str) -> Iterator[None]:
        with (
            self._metrics.under_way(),
            log_ids(scan_id=scan_id, visit_id=visit_id),
        ):
            yield

    @contextmanager
    def storing(
        self, session: Session, visit_id: str, outcome: VisitOutcome | None
    ) -> Iterator[None]:
        visit = session.get(PageVisit, visit_id)
        has_ended = visit is None or visit.state in VISIT_ENDED
        began = time.perf_counter()
        yield
        if visit is None or has_ended or visit.state not in VISIT_ENDED:
            return
        scan_id, state, error = visit.scan_id, visit.state, visit.error_code
        reused = visit.reused_from is not None
        timings_ms = dict(outcome.timings_ms) if outcome is not None else {}
        refusals = len(outcome.refused) if outcome is not None else 0

        def committed() -> None:
            timings_ms["store"] = round((time.perf_counter() - began) * 1000)
            self._metrics.visits.labels(state, error or "none").inc()
            if reused:
                self._metrics.reused.inc()
            for phase, took_ms in timings_ms.items():
                if phase != "total":
                    self._metrics.phase_s.labels(phase).observe(took_ms / 1000)
            with log_ids(scan_id=scan_id, visit_id=visit_id):
                self.egress_refused(refusals)
                tell(
                    _log,
                    "page ended",
                    state=state,
                    error=error,
                    reused=reused,
                    timings_ms=timings_ms,
                )

        after_commit(session, committed)


def _seconds(scan: Scan) -> float | None:
    if scan.ended_at is None or scan.started_at is None:
        return None
    return round((scan.ended_at - scan.started_at).total_seconds(), 1)
