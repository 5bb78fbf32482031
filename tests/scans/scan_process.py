"""A process that executes scans with a fake fleet until one scan has ended: made to be killed.

python scan_process.py DATABASE_URL SCAN_ID
"""

import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fake_fleet import FakeFleet, found_on, outcome_of

from service import db
from service.browser import VisitOutcome, VisitRequest
from service.jobs import JobRuntime
from service.scans import ENDED, Scan, ScanJob

PAGE_S = 0.03


def page(request: VisitRequest, cancelled: threading.Event) -> VisitOutcome:
    cancelled.wait(PAGE_S)
    return outcome_of(found_on(request.url))


class Site(FakeFleet):
    def visit(
        self, request: VisitRequest, *, cancelled: threading.Event | None = None
    ) -> VisitOutcome:
        return page(request, cancelled or threading.Event())


def main(database_url: str, scan_id: str) -> None:
    engine = db.make_engine(database_url)
    job = ScanJob(
        engine=engine,
        fleet=Site(),
        clock=lambda: datetime.now(UTC),
        allowed_hosts=frozenset(),
        page_deadline_s=5,
    )
    runtime = JobRuntime(engine, [job.batch()], executor_id="embedded", lanes=4, item_timeout_s=15)
    runtime.start()
    while True:
        with db.transaction(engine, writes=False) as session:
            if session.get_one(Scan, scan_id).state in ENDED:
                break
        time.sleep(0.05)
    runtime.stop()
    engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
