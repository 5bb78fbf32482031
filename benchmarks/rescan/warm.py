"""Two scans in one process that goes on running, as a server's: `python -m benchmarks.rescan.warm`.

Its arguments are the store, the number of lanes, the host that may be scanned and a file of
addresses. It writes one line of JSON for each scan: the seconds it took and how many were reused.
"""

import json
import sys
import time
from pathlib import Path

import sqlalchemy as sa

from service import scans
from service.access import Permission
from service.cli.console import find_project, local_work, opened_store
from service.config import Settings
from service.jobs import JobQueue
from service.scans import ENDED, ScanRequest
from service.store import utc_now

_POLL_S = 0.05


def main() -> None:
    store, lanes, host, addresses = sys.argv[1:]
    settings = Settings(database_url=store, lanes=int(lanes), allow_hosts=(host,))
    urls = tuple(Path(addresses).read_text(encoding="utf-8").split())
    with opened_store(settings) as engine:
        executor = scans.ScanExecutor(engine, settings, utc_now)
        executor.start()
        queue = JobQueue(engine)
        try:
            for _ in range(2):
                _scan(engine, queue, urls)
        finally:
            executor.stop()
            queue.close()


def _scan(engine: sa.Engine, queue: JobQueue, urls: tuple[str, ...]) -> None:
    started = time.perf_counter()
    with local_work(engine) as work:
        project = find_project(work, "default", Permission.SCAN)
        scan_id = scans.request_scan(work, queue, project, ScanRequest(urls=urls)).id
    while True:
        with local_work(engine) as work:
            if scans.find_scan(work, scan_id).state in ENDED:
                break
        time.sleep(_POLL_S)
    took_s = time.perf_counter() - started
    with local_work(engine) as work:
        document = scans.document_of(work.session, scans.find_scan(work, scan_id))
    reused = sum(page.reused_from is not None for page in document.pages)
    print(json.dumps({"took_s": took_s, "reused": reused}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
