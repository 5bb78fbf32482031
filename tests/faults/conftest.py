"""Processes that execute scans and may be killed; `LUISKA_TORTURE` makes the tests long."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from scan_process import execute_scans

from service import db

# To import takes a process longer than most of what is tried here: one does it for all.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["pytest", "dbos", "service.jobs.runtime", "service.scans"])


class Worker:
    """One such process; what it says is kept."""

    def __init__(self, engine: sa.Engine, folder: Path, *options: str) -> None:
        self._log = folder / f"worker-{time.monotonic_ns()}.log"
        self._log.touch()
        url = engine.url.render_as_string(hide_password=False)
        self._process = _PROCESSES.Process(target=execute_scans, args=(self._log, url, *options))
        self._process.start()

    @property
    def said(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def has_ended(self) -> bool:
        return not self._process.is_alive()

    def signal(self, number: int) -> None:
        # The number of one that has ended may be another process's by now.
        if not self.has_ended:
            assert self._process.pid is not None
            os.kill(self._process.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self._process.join()

    def end(self, within_s: float = 120) -> int:
        """Its exit code, once it has ended by itself."""
        self._process.join(within_s)
        assert self._process.exitcode is not None, self.said
        return self._process.exitcode


MakeWorker = Callable[..., Worker]


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[sa.Engine]:
    engine = db.make_engine(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(postgres_url: str) -> Iterator[sa.Engine]:
    engine = db.make_engine(postgres_url)
    yield engine
    engine.dispose()


@pytest.fixture
def make_worker(tmp_path: Path) -> Iterator[MakeWorker]:
    """Starts a process over an engine's database, with options; killed at the end."""
    made: list[Worker] = []

    def make(engine: sa.Engine, *options: str) -> Worker:
        made.append(Worker(engine, tmp_path, *options))
        return made[-1]

    yield make
    for worker in made:
        worker.kill()
