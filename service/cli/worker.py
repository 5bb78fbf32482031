"""`luiska worker`: lanes only, beside a service on the same PostgreSQL."""

import signal
import threading
from typing import Annotated

import typer

from service.cli.console import CannotRun, opened_store, say
from service.config import Settings
from service.scans import ScanExecutor
from service.store import utc_now


def worker(
    lanes: Annotated[
        int | None, typer.Option(min=1, max=64, help="How many browsers at once.")
    ] = None,
) -> None:
    """Examine pages that others ask for, until a signal; needs PostgreSQL.

    What a worker leaves when it dies, the others take up within three times LUISKA_LEASE_S.
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
    with opened_store(settings) as engine:
        executor = ScanExecutor(engine, settings, utc_now)
        executor.start()
        say(f"Working as {settings.executor} with {settings.lanes} lanes.")
        try:
            asked_to_stop.wait()
        finally:
            executor.stop()
