"""`luiska serve` with real browsers, killed in the middle of a scan of 20 pages, and started again.

What a kill at any moment does to jobs is tried in `tests/faults`, without browsers.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import psutil
import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from service import db
from service.barriers import Sighting
from service.scans import FindingRow, PageVisit, Scan
from service.scans.tables import RuleCountRow

PAGES = 20
Findings = dict[str, list[tuple[str, str, str, str]]]


def wait_until(condition: Callable[[], bool], within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "this took too long"
        time.sleep(0.01)


def ended_visits(engine: sa.Engine, scan_id: str) -> int:
    with db.transaction(engine, writes=False) as session:
        return session.get_one(Scan, scan_id).ended_count


def findings_by_path(session: Session, scan_id: str) -> Findings:
    visits = session.exec(select(PageVisit).where(PageVisit.scan_id == scan_id)).all()
    return {
        re.sub(r"^https?://[^/]+", "", visit.url): sorted(
            (row.rule, row.outcome, row.selector, row.instance_key)
            for row in session.exec(select(FindingRow).where(FindingRow.visit_id == visit.id))
        )
        for visit in visits
    }


def assert_none_lost_none_doubled(engine: sa.Engine, scan_id: str) -> Findings:
    """What must hold of a scan of 20 pages whatever died meanwhile; answers its findings."""
    with db.transaction(engine, writes=False) as session:
        scan = session.get_one(Scan, scan_id)
        visits = session.exec(select(PageVisit).where(PageVisit.scan_id == scan_id)).all()
        rows = session.exec(select(FindingRow).where(FindingRow.scan_id == scan_id)).all()
        counts = session.exec(select(RuleCountRow.visit_id, RuleCountRow.rule)).all()
        sightings = session.exec(select(Sighting)).all()
        found = findings_by_path(session, scan_id)
    assert (scan.state, scan.pages_requested, scan.ended_count) == ("completed", PAGES, PAGES)
    assert [visit.state for visit in visits] == ["examined"] * PAGES
    orders = sorted(visit.ended_order for visit in visits if visit.ended_order is not None)
    assert orders == list(range(1, PAGES + 1))
    assert sum(len(each) for each in found.values()) == len(rows)
    assert len(set(counts)) == len(counts)
    places = Counter((s.barrier_id, s.page_id, s.viewport, s.instance_key) for s in sightings)
    assert set(places.values()) == {1}
    return found


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[sa.Engine]:
    engine = db.make_engine(sqlite_url)
    yield engine
    engine.dispose()


class Pages(BaseHTTPRequestHandler):
    """Twenty pages, each with its own number of images without a text."""

    def do_GET(self) -> None:
        number = int(re.sub(r"\D", "", self.path) or 0)
        images = "".join(f'<img id="i{n}" src="data:,">' for n in range(number % 3 + 1))
        body = (
            f'<!doctype html><html lang="en"><title>Page {number}</title>'
            f"<main><h1>Page {number}</h1>{images}</main></html>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: requests are no news."""


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class Service:
    """`luiska serve` as a process of its own, with a temporary folder of its own."""

    def __init__(self, database_url: str, site: str, folder: Path) -> None:
        self.folder = folder
        self._environment = {
            **os.environ,
            "LUISKA_DATABASE_URL": database_url,
            "LUISKA_ALLOW_HOSTS": site,
            "LUISKA_LANES": "2",
            "LUISKA_LOG_LEVEL": "warning",
            "TMPDIR": str(folder),
        }
        self.token = ""

    def start(self) -> None:
        self.process = subprocess.Popen(
            [Path(sys.executable).with_name("luiska"), "serve", "--port", "0"],
            env=self._environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr is not None
        said = ""
        while "Sign in here" not in said:
            line = self.process.stderr.readline()
            assert line, f"luiska serve ended: {said}"
            said += line
        self.token = (re.findall(r"luiska_\S+", said) or [self.token])[0]
        (self.address,) = re.findall(r"Serving on (http://\S+)", said)

    def call(self, method: str, path: str, **body: Any) -> Any:
        answer = httpx2.request(
            method,
            f"{self.address}/api/v1{path}",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
            **({"json": body} if body else {}),
        )
        assert answer.is_success, answer.text
        return answer.json()

    def kill(self) -> None:
        self.process.kill()
        self._reap()

    def stop(self) -> tuple[int, str]:
        """Its exit code and what it still had to say."""
        self.process.send_signal(signal.SIGTERM)
        return self._reap()

    def _reap(self) -> tuple[int, str]:
        _, said = self.process.communicate(timeout=30)
        return self.process.returncode, said

    def browsers(self) -> list[psutil.Process]:
        """The living processes that any of the service's browsers started."""
        found = []
        for process in psutil.process_iter():
            try:
                is_ours = process.environ().get("TMPDIR", "").startswith(f"{self.folder}/luiska-")
                if is_ours and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found


@pytest.fixture
def service(sqlite_url: str, site: str) -> Iterator[Service]:
    # Chromium's socket must have a short path.
    with tempfile.TemporaryDirectory(
        prefix="lk-", dir="/tmp", ignore_cleanup_errors=True
    ) as folder:
        service = Service(sqlite_url, site, Path(folder))
        service.start()
        try:
            yield service
        finally:
            if service.process.returncode is None:
                service.stop()
            for process in service.browsers():
                process.kill()


@pytest.mark.long
def test_a_service_killed_while_it_scans_takes_the_scan_up_again(service, site, sqlite_engine):
    urls = [f"http://{site}/{n}" for n in range(PAGES)]
    scan_id = service.call("POST", "/projects/default/scans", urls=urls)["id"]
    wait_until(lambda: ended_visits(sqlite_engine, scan_id) >= 5, 60)
    service.kill()
    orphans = service.browsers()
    assert orphans
    assert ended_visits(sqlite_engine, scan_id) < PAGES

    service.start()
    wait_until(lambda: service.call("GET", f"/scans/{scan_id}")["state"] == "completed", 60)
    assert not [process for process in orphans if process in service.browsers()]
    disturbed = assert_none_lost_none_doubled(sqlite_engine, scan_id)
    # Pages whose numbers leave the same rest are alike: three stand for the twenty.
    again_id = service.call("POST", "/projects/default/scans", urls=urls[:3])["id"]
    wait_until(lambda: service.call("GET", f"/scans/{again_id}")["state"] == "completed", 60)
    with db.transaction(sqlite_engine, writes=False) as session:
        undisturbed = findings_by_path(session, again_id)
    assert disturbed == {f"/{n}": undisturbed[f"/{n % 3}"] for n in range(PAGES)}
    assert [sum(f[0] == "image-alt" for f in disturbed[f"/{n}"]) for n in range(3)] == [1, 2, 3]

    assert service.stop() == (0, "")
    assert service.browsers() == []
