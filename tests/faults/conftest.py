"""Processes that execute scans and may be killed; `LUISKA_TORTURE` makes the tests long."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from evidence import SCAN_PROCESS

from service import db


class Worker:
    """One such process; what it says is kept."""

    def __init__(self, engine: sa.Engine, folder: Path, *options: str) -> None:
        self._log = folder / f"worker-{time.monotonic_ns()}.log"
        url = engine.url.render_as_string(hide_password=False)
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(SCAN_PROCESS), url, *options], stdout=log, stderr=log
            )

    @property
    def said(self) -> str:
        return self._log.read_text(errors="replace")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self, within_s: float = 120) -> int:
        """Its exit code, once it has ended by itself."""
        return self.process.wait(within_s)


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
