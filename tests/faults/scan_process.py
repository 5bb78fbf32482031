"""A process that executes scans with a fake fleet: made to be killed, frozen and starved.

    DATABASE_URL [--until SCAN_ID,…] [--name N] [--lease S] [--lanes N]
                 [--page-s S] [--gate FILE] [--entered FILE] [--max-pages N]

Without --until it runs until a signal. The title of every page ends in the process's name.
`/poison` kills the process. `/gate` writes to the file `entered`, then waits until the file
`gate` is there. `--max-pages` is how large, in pages of SQLite, the database may become.
"""

import os
import signal
import sys
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

sys.path.append(str(Path(__file__).resolve().parents[1] / "scans"))
from fake_fleet import FakeFleet, found_on, outcome_of

from service import db
from service.browser import VisitOutcome, VisitRequest
from service.jobs import JobRuntime
from service.scans import ENDED, Scan, ScanJob

POLL_S = 0.02


class Site(FakeFleet):
    def __init__(self, options: Namespace) -> None:
        super().__init__()
        self._options = options

    def visit(
        self, request: VisitRequest, *, cancelled: threading.Event | None = None
    ) -> VisitOutcome:
        path = urlsplit(request.url).path
        if path == "/poison":
            os.kill(os.getpid(), signal.SIGKILL)
        if path == "/gate":
            self._wait_at_the_gate()
        time.sleep(self._options.page_s)
        found = found_on(request.url)
        return outcome_of(replace(found, title=f"{found.title} by {self._options.name}"))

    def _wait_at_the_gate(self) -> None:
        if self._options.gate is None:
            return
        Path(self._options.entered).touch()
        while not Path(self._options.gate).exists():
            time.sleep(POLL_S)


def execute_scans(log: Path, *arguments: str) -> None:
    """What the process is begun with; all it says goes to the log."""
    with log.open("ab") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    options = _options(arguments)
    engine = db.make_engine(options.database_url)
    if options.max_pages:
        sa.event.listen(
            sa.Engine,
            "connect",
            lambda connection, _: connection.execute(f"PRAGMA max_page_count={options.max_pages}"),
        )
    job = ScanJob(
        engine=engine,
        fleet=Site(options),
        clock=lambda: datetime.now(UTC),
        allowed_hosts=frozenset(),
        page_deadline_s=5,
    )
    runtime = JobRuntime(
        engine,
        [job.batch()],
        executor_id=options.name,
        lanes=options.lanes,
        item_timeout_s=120,
        lease_s=options.lease,
        items_per_partition=options.lanes,
    )
    asked_to_stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: asked_to_stop.set())
    runtime.start()
    while not asked_to_stop.wait(0.05) and not _have_ended(engine, options.until):
        pass
    runtime.stop()
    engine.dispose()


def _have_ended(engine: sa.Engine, scan_ids: list[str]) -> bool:
    if not scan_ids:
        return False
    try:
        with db.transaction(engine, writes=False) as session:
            return all(session.get_one(Scan, each).state in ENDED for each in scan_ids)
    except sa.exc.OperationalError:
        return False


def _options(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser()
    parser.add_argument("database_url")
    parser.add_argument("--until", type=lambda text: text.split(","), default=[])
    parser.add_argument("--name", default="embedded")
    parser.add_argument("--lease", type=float, default=15)
    parser.add_argument("--lanes", type=int, default=4)
    parser.add_argument("--page-s", type=float, default=0.03)
    parser.add_argument("--gate")
    parser.add_argument("--entered")
    parser.add_argument("--max-pages", type=int)
    return parser.parse_args(arguments)
