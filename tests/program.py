"""The installed program as a process of its own: what people and CI jobs really run."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

LUISKA = Path(sys.executable).with_name("luiska")
# What tells the program where this machine's browser and axe-core are stays as it is.
KEPT = {"LUISKA_CHROMIUM", "LUISKA_CHROMEDRIVER", "LUISKA_AXE_PATH"}


@dataclass(frozen=True, kw_only=True)
class Ended:
    code: int
    out: str
    err: str


def environment(**changes: str) -> dict[str, str]:
    """This process's environment without settings of Luiska's, and with `changes`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("LUISKA_") or name in KEPT
    }
    return {**kept, **changes}


def luiska(
    *arguments: str,
    folder: Path,
    settings: Mapping[str, str] | None = None,
    text: str = "",
    timeout_s: float = 120,
) -> Ended:
    """Run the program to its end, without a terminal."""
    done = subprocess.run(
        [str(LUISKA), *arguments],
        cwd=folder,
        env=environment(**(settings or {})),
        input=text,
        capture_output=True,
        encoding="utf-8",
        timeout=timeout_s,
        check=False,
    )
    return Ended(code=done.returncode, out=done.stdout, err=done.stderr)


class Running:
    """The program while it runs; whatever it has started is ended with it."""

    def __init__(
        self, *arguments: str, folder: Path, settings: Mapping[str, str] | None = None
    ) -> None:
        self._process = subprocess.Popen(
            [str(LUISKA), *arguments],
            cwd=folder,
            env=environment(**(settings or {})),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self._out: list[str] = []
        self._err: list[str] = []
        self._threads = [
            threading.Thread(target=kept.extend, args=(stream,), daemon=True)
            for kept, stream in (
                (self._out, self._process.stdout),
                (self._err, self._process.stderr),
            )
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.stop()

    @property
    def err(self) -> str:
        return "".join(self._err)

    def wait_for(self, pattern: str, timeout_s: float = 60) -> re.Match[str]:
        """The first match in what it has told on stderr."""
        deadline = time.monotonic() + timeout_s
        while (match := re.search(pattern, self.err)) is None:
            assert self._process.poll() is None, f"it ended: {self.err}"
            assert time.monotonic() < deadline, f"no {pattern!r} in: {self.err}"
            time.sleep(0.05)
        return match

    def descendants(self) -> list[psutil.Process]:
        """Every process that it started, browsers with all their parts included."""
        return psutil.Process(self._process.pid).children(recursive=True)

    def stop(self, number: int = signal.SIGTERM, timeout_s: float = 30) -> Ended:
        """Send a signal and wait for the end."""
        self._process.send_signal(number)
        return self.ended(timeout_s)

    def ended(self, timeout_s: float = 60) -> Ended:
        try:
            code = self._process.wait(timeout_s)
        finally:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
            for thread in self._threads:
                thread.join(5)
            for stream in (self._process.stdout, self._process.stderr):
                assert stream is not None
                stream.close()
        return Ended(code=code, out="".join(self._out), err=self.err)


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running `luiska serve`: its address, an owner's token and a single-use sign-in link."""

    running: Running
    address: str
    token: str
    link: str
    folder: Path
    settings: Mapping[str, str]


def serve(folder: Path, **settings: str) -> Served:
    """Start `luiska serve` on a free port over a database in `folder`."""
    settings = {"LUISKA_LANES": "1", **settings}
    running = Running("serve", "--port", "0", folder=folder, settings=settings)
    try:
        link = running.wait_for(r"(http://[^/\s]+)/sign-in/\S+")
        token = running.wait_for(r"luiska_[\w-]+")
    except BaseException:
        running.__exit__()
        raise
    return Served(
        running=running,
        address=link[1],
        token=token[0],
        link=link[0],
        folder=folder,
        settings=settings,
    )


def still_running(processes: list[psutil.Process], within_s: float = 5) -> list[str]:
    """The names of those that have not ended in that time."""
    _, alive = psutil.wait_procs(processes, timeout=within_s)
    return [process.name() for process in alive if process.status() != psutil.STATUS_ZOMBIE]
