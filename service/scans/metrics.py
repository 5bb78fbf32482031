"""What Prometheus can ask about scans: queue, lanes, browsers, visits and their phases.

`docs/metrics.md` has the names. The numbers are of one process, but for the queue's, which is the
database's and the same in every process.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlmodel import col, func, select

from service.db import transaction
from service.scans.tables import PageVisit, Scan

_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class ScanMetrics:
    """The metrics of one process, in one registry. `lanes` is how many browsers it drives."""

    def __init__(self, registry: CollectorRegistry, engine: sa.Engine, *, lanes: int) -> None:
        self._lanes = lanes
        self._under_way = 0
        self._counting = threading.Lock()
        self._lanes_busy = Gauge(
            "luiska_lanes_busy", "Lanes that work on a visit now.", registry=registry
        )
        Gauge("luiska_lanes", "Lanes of this process.", registry=registry).set(lanes)
        self.lease_held = Gauge(
            "luiska_lease_held", "Whether this process may execute jobs.", registry=registry
        )
        self.visits = Counter(
            "luiska_visits",
            "Page visits that ended, by state and error code.",
            ["state", "error"],
            registry=registry,
        )
        self.reused = Counter(
            "luiska_visits_reused",
            "Visits that went by the findings of an earlier one.",
            registry=registry,
        )
        self.phase_s = Histogram(
            "luiska_visit_phase_seconds",
            "Time that a visit spent in a phase.",
            ["phase"],
            buckets=_BUCKETS_S,
            registry=registry,
        )
        self.scans = Counter("luiska_scans", "Scans that ended.", ["state"], registry=registry)
        self.browsers_started = Counter(
            "luiska_browsers_started", "Browsers started.", registry=registry
        )
        self.browsers_ended = Counter(
            "luiska_browsers_ended", "Browsers ended, and why.", ["reason"], registry=registry
        )
        self.egress_refusals = Counter(
            "luiska_egress_refusals", "Connections that the guard refused.", registry=registry
        )
        registry.register(_Queue(engine))

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Around one visit. One that waits for a lane does so while every lane is busy."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        with self._counting:
            self._under_way += more
            self._lanes_busy.set(min(self._under_way, self._lanes))


class _Queue(Collector):
    """Counted when it is asked for."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("luiska_database_up", "Whether the database answers.")
        try:
            numbers = self._numbers()
        except sa.exc.SQLAlchemyError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        queue = GaugeMetricFamily(
            "luiska_queue_visits", "Visits of scans that have not ended.", labels=["state"]
        )
        for state in ("queued", "running"):
            queue.add_metric([state], numbers.get(state, 0))
        yield queue

    def describe(self) -> Iterator[Metric]:
        """Without asking the database, which may not be there yet."""
        yield GaugeMetricFamily("luiska_database_up", "")
        yield GaugeMetricFamily("luiska_queue_visits", "")

    def _numbers(self) -> dict[str, int]:
        with transaction(self._engine, writes=False) as session:
            rows = session.exec(
                select(PageVisit.state, func.count())
                .join(Scan, col(Scan.id) == PageVisit.scan_id)
                .where(
                    col(Scan.state).in_(["queued", "running"]),
                    col(PageVisit.state).in_(["queued", "running"]),
                )
                .group_by(PageVisit.state)
            ).all()
        return dict(rows)
