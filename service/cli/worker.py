"""`luiska worker`: lanes only, beside a service on the same PostgreSQL."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from prometheus_client import CollectorRegistry

from service.cli.console import CannotRun, opened_store, say
from service.cli.metrics_server import metrics_served
from service.config import Settings
from service.config.logs import logging_to_stderr
from service.scans import ScanExecutor
from service.scans.metrics import ScanMetrics
from service.store import utc_now


def worker(
    lanes: Annotated[
        int | None, typer.Option(min=1, max=64, help="How many browsers at once.")
    ] = None,
) -> None:
    """Examine pages that others ask for, until a signal; needs PostgreSQL.

    What a worker leaves when it dies is taken up by the next one of the same
    LUISKA_EXECUTOR_ID (else the machine's name).
    """
    settings = Settings()
    if settings.is_sqlite:
        raise CannotRun(
            "A worker needs PostgreSQL (LUISKA_DATABASE_URL); on SQLite `luiska serve` itself "
            "examines the pages."
        )
    if lanes is not None:
        settings = settings.model_copy(update={"lanes": lanes})
    asked_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked_to_stop.set())
    with (
        logging_to_stderr(settings.log_level, settings.log_format),
        opened_store(settings) as engine,
    ):
        registry = CollectorRegistry(auto_describe=True)
        metrics = ScanMetrics(registry, engine, lanes=settings.lanes)
        executor = ScanExecutor(engine, settings, utc_now, metrics)
        with _metrics_served(settings, registry, executor):
            executor.start()
            say(f"Working as {settings.executor} with {settings.lanes} lanes.")
            try:
                asked_to_stop.wait()
            finally:
                executor.stop()


@contextmanager
def _metrics_served(
    settings: Settings, registry: CollectorRegistry, executor: ScanExecutor
) -> Iterator[None]:
    if settings.metrics_port is None:
        yield
        return
    with metrics_served(
        settings.metrics_host, settings.metrics_port, registry, executor.check
    ) as address:
        say(f"Metrics on {address}/metrics")
        yield
