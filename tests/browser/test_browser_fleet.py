"""The fleet leaves nothing behind, can be stopped at any moment, and names what it lacks."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from hostile_site import Site
from visiting import AXE, TAGS

from service.browser import (
    BrowserOptions,
    Fleet,
    MissingPart,
    PageErrorCode,
    Viewport,
    VisitRequest,
    find_browser,
)
from service.browser.failures import SessionLost
from service.browser.observer import BrowserEnd
from service.browser.processes import PREFIX, DriverProcess, clear_leftovers, start_driver
from service.browser.session import BrowserSession
from service.browser.starting import start_session


def _request(site: Site, path: str, deadline_s: float = 20.0) -> VisitRequest:
    return VisitRequest(
        url=f"{site.origin}{path}",
        viewport=Viewport(width=1280, height=1024),
        axe_tags=TAGS,
        allowed_hosts=site.hosts,
        deadline_s=deadline_s,
    )


@pytest.fixture
def own_temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of this test's own, so that other fleets' browsers are not counted."""
    # Chromium's socket path has to stay below 108 characters.
    folder = Path(tempfile.mkdtemp(prefix="lt-"))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    shutil.rmtree(folder)


def _processes_in(folder: Path) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if process.environ().get("TMPDIR", "").startswith(str(folder)):
                yield process
        except (psutil.Error, OSError):
            continue


def _running_in(folder: Path) -> list[str]:
    return [process.name() for process in _processes_in(folder)]


def _policies_in(folder: Path) -> set[int]:
    """How the threads of the browsers there are scheduled; crash handlers are not in the group."""
    return {
        os.sched_getscheduler(thread.id)
        for process in _processes_in(folder)
        if "crashpad" not in process.name()
        for thread in process.threads()
    }


def test_a_closed_fleet_leaves_no_process_and_no_profile(site: Site, own_temp: Path) -> None:
    with Fleet(BrowserOptions(axe_path=AXE, lanes=2)) as fleet:
        outcomes: list[str] = []
        threads = [
            threading.Thread(
                target=lambda: outcomes.append(fleet.visit(_request(site, "/good")).state)
            )
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert outcomes == ["examined"] * 3
        assert len(list(own_temp.glob(f"{PREFIX}*"))) == 2
        assert "chromedriver" in _running_in(own_temp)
    assert _running_in(own_temp) == []
    assert list(own_temp.iterdir()) == []


@pytest.mark.parametrize("path", [pytest.param("/hang", marks=pytest.mark.long), "/endless-script"])
def test_a_cancelled_visit_has_its_browser_killed_within_two_seconds(
    site: Site, own_temp: Path, path: str
) -> None:
    cancelled = threading.Event()
    with Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        fleet.visit(_request(site, "/good"))
        timer = threading.Timer(1.0, cancelled.set)
        timer.start()
        started = time.monotonic()
        outcome = fleet.visit(_request(site, path), cancelled=cancelled)
        took = time.monotonic() - started
        assert _running_in(own_temp) == []
        timer.join()
        assert outcome.error is not None
        assert outcome.error.code is PageErrorCode.CANCELLED
        assert took < 3.0
        assert fleet.visit(_request(site, "/good")).state == "examined"


def test_a_visit_cancelled_while_it_waits_for_a_browser_never_starts(site: Site) -> None:
    cancelled, done = threading.Event(), threading.Event()
    with Fleet(BrowserOptions(axe_path=AXE, lanes=1)) as fleet, ThreadPoolExecutor(2) as threads:
        first = threads.submit(fleet.visit, _request(site, "/hang"), cancelled=done)
        time.sleep(0.3)
        second = threads.submit(fleet.visit, _request(site, "/good"), cancelled=cancelled)
        with pytest.raises(TimeoutError):
            second.result(1.0)
        cancelled.set()
        outcome = second.result(1.0)
        assert not first.done()
        done.set()
    assert outcome.error is not None
    assert outcome.error.code is PageErrorCode.CANCELLED
    assert outcome.timings_ms["navigate"] == 0


def test_closing_cuts_a_running_visit_short(site: Site, own_temp: Path) -> None:
    fleet = Fleet(BrowserOptions(axe_path=AXE))
    timer = threading.Timer(2.0, fleet.close)
    timer.start()
    outcome = fleet.visit(_request(site, "/hang"))
    timer.join()
    assert outcome.error is not None
    assert outcome.error.code is PageErrorCode.CANCELLED
    assert _running_in(own_temp) == []


def test_a_browser_that_died_while_idle_is_replaced(site: Site, own_temp: Path) -> None:
    with Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        assert fleet.visit(_request(site, "/good")).state == "examined"
        for process in psutil.process_iter():
            try:
                if process.environ().get("TMPDIR", "").startswith(str(own_temp)):
                    process.kill()
            except (psutil.Error, OSError):
                continue
        assert fleet.visit(_request(site, "/good")).state == "examined"


def _offline_session() -> BrowserSession:
    """A new browser whose guard is not there."""
    found = find_browser()
    return start_session(
        chromium=found.chromium,
        chromedriver=found.chromedriver,
        grid_url=None,
        proxy="socks5://127.0.0.1:9",
        on_start=lambda kill: None,
    )


def test_a_driver_that_is_gone_is_told_as_lost_not_as_slow(own_temp: Path) -> None:
    session = _offline_session()
    try:
        [driver] = [
            child
            for child in psutil.Process().children()
            if child.environ().get("TMPDIR", "").startswith(str(own_temp))
        ]
        driver.kill()
        driver.wait(10)
        with pytest.raises(SessionLost, match="cannot be reached"):
            session.command("Browser.getVersion", 5.0)
        assert not session.is_stuck
    finally:
        session.end()


@pytest.mark.parametrize(("ends", "are_started"), [(1, True), (2, False)])
def test_a_driver_that_ends_before_it_has_a_port_is_started_once_more(
    own_temp: Path, tmp_path: Path, ends: int, are_started: bool
) -> None:
    program = tmp_path / "chromedriver"
    starts = tmp_path / "starts"
    program.write_text(
        f"#!/bin/sh\necho >> {starts}\n[ $(wc -l < {starts}) -gt {ends} ] || exit 1\n"
        f'exec {find_browser().chromedriver} "$@"\n'
    )
    program.chmod(0o755)
    if are_started:
        start_driver(str(program)).kill()
    else:
        with pytest.raises(OSError, match="ended before it said which port"):
            start_driver(str(program))
    assert list(own_temp.iterdir()) == []


def test_a_new_browser_loads_nothing_of_its_own(own_temp: Path) -> None:
    session = _offline_session()
    try:
        time.sleep(0.5)
        shown = session.command("Target.getTargetInfo", 5.0)["targetInfo"]["url"]
        asked = [
            event["params"]["request"]["url"]
            for event in session.read_log(5.0)
            if event["method"] == "Network.requestWillBeSent"
        ]
    finally:
        session.quit()
    assert (shown, asked) == ("about:blank", [])


def test_browsers_go_last_while_others_need_the_machine_and_are_replaced_afterwards(
    site: Site, own_temp: Path
) -> None:
    others = iter([False, True, True, False])
    with Fleet(BrowserOptions(axe_path=AXE), gives_way=lambda: next(others)) as fleet:
        went_last = []
        for _ in range(4):
            assert fleet.visit(_request(site, "/good")).state == "examined"
            went_last.append(_policies_in(own_temp))
    assert went_last == [{os.SCHED_OTHER}, {os.SCHED_IDLE}, {os.SCHED_IDLE}, {os.SCHED_OTHER}]


@dataclass
class Counted:
    """How many browsers were started."""

    started: int = 0

    def browser_started(self) -> None:
        self.started += 1

    def browser_ended(self, reason: BrowserEnd) -> None:
        pass


def test_a_browser_that_was_started_ahead_is_the_one_that_visits(
    site: Site, own_temp: Path
) -> None:
    counted = Counted()
    with Fleet(BrowserOptions(axe_path=AXE), counted) as fleet:
        fleet.warm_up(3)
        assert fleet.visit(_request(site, "/good")).state == "examined"
    assert counted.started == 1
    assert _running_in(own_temp) == []


def test_closing_ends_a_browser_that_is_being_started_ahead(own_temp: Path) -> None:
    with Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        fleet.warm_up(1)
    assert _running_in(own_temp) == []
    assert list(own_temp.iterdir()) == []


def test_a_browser_is_replaced_after_its_number_of_pages(site: Site, own_temp: Path) -> None:
    with Fleet(BrowserOptions(axe_path=AXE, recycle_after_pages=1)) as fleet:
        assert fleet.visit(_request(site, "/good")).state == "examined"
        assert list(own_temp.iterdir()) == []
        assert fleet.visit(_request(site, "/good")).state == "examined"


def test_what_a_killed_owner_left_is_cleared_and_what_a_living_one_runs_is_not(
    own_temp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import os, tempfile\n"
        f"tempfile.tempdir = {str(own_temp)!r}\n"
        "from service.browser.processes import DriverProcess\n"
        f"DriverProcess({find_browser().chromedriver!r})\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
    living = DriverProcess(find_browser().chromedriver)
    try:
        assert _running_in(own_temp) == ["chromedriver"] * 2
        # The clock was set meanwhile.
        boot_time = psutil.boot_time()
        monkeypatch.setattr("psutil._pslinux.boot_time", lambda: boot_time + 2)
        assert len(clear_leftovers()) == 1
        assert _running_in(own_temp) == ["chromedriver"]
        assert list(own_temp.iterdir()) == [living.folder]
    finally:
        living.kill()


def test_a_download_is_refused_and_leaves_no_file(
    site: Site, own_temp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = own_temp / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    with Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        for path in ("/zip", "/attachment"):
            outcome = fleet.visit(_request(site, path))
            assert outcome.error is not None
            assert outcome.error.code is PageErrorCode.NOT_HTML
        assert not (home / "Downloads").exists() or not list((home / "Downloads").iterdir())


def test_a_long_path_of_temporary_files_is_no_obstacle(monkeypatch, tmp_path, site: Site) -> None:
    """As on macOS: Chromium's socket would have too long a path below it."""
    deep = tmp_path / ("d" * 60)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    request = VisitRequest(
        url=f"{site.origin}/good",
        viewport=Viewport(width=1280, height=1024),
        axe_tags=TAGS,
        allowed_hosts=site.hosts,
    )
    with Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        assert fleet.visit(request).state == "examined"
    assert list(deep.iterdir()) == []


def test_a_fleet_tells_when_a_part_or_its_grid_is_gone(tmp_path, site: Site) -> None:
    axe = tmp_path / "axe.min.js"
    axe.write_bytes(AXE.read_bytes())
    with Fleet(BrowserOptions(axe_path=axe)) as fleet:
        fleet.check()
        axe.unlink()
        with pytest.raises(MissingPart, match="axe-core is not at"):
            fleet.check()
    with (
        Fleet(BrowserOptions(axe_path=AXE, grid_url="http://127.0.0.1:9")) as on_grid,
        pytest.raises(MissingPart, match="no Selenium Grid answers at"),
    ):
        on_grid.check()


def test_a_browser_is_not_lent_again_after_a_failure_of_our_own(
    site: Site, own_temp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: object, **_options: object) -> None:
        raise KeyError("frameId")

    with Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        fleet.visit(_request(site, "/good"))
        before = {process.pid for process in _processes_in(own_temp)}
        with monkeypatch.context() as broken:
            broken.setattr("service.browser.fleet.examine", fails)
            with pytest.raises(KeyError):
                fleet.visit(_request(site, "/good"))
        assert fleet.visit(_request(site, "/good")).state == "examined"
        assert not before & {process.pid for process in _processes_in(own_temp)}
