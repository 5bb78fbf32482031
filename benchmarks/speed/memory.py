"""Peak memory of a process tree: the sum of PSS, sampled.

PSS shares what several processes map among them; the sum of RSS would count Chromium's own code
once for each of its processes.
"""

import threading
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]

SAMPLE_S = 0.5
"""Reading PSS costs about 1.5 ms a process; at 0.2 s that is a tenth of a core."""


class MemorySampler:
    """Samples all descendants of this process from a thread of its own."""

    def __init__(self) -> None:
        self.peak_bytes = 0
        self._own = psutil.Process()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop_when_alone(self, wait_s: float) -> list[psutil.Process]:
        """Stop sampling; wait until no descendant runs any more. Returns those that still do."""
        self._done.set()
        self._thread.join()
        end = time.monotonic() + wait_s
        while (left := self._running()) and time.monotonic() < end:
            time.sleep(0.05)
        return left

    def _running(self) -> list[psutil.Process]:
        return [each for each in self._own.children(recursive=True) if _runs(each)]

    def _run(self) -> None:
        while not self._done.wait(SAMPLE_S):
            total = sum(pss_bytes(each.pid) for each in self._own.children(recursive=True))
            self.peak_bytes = max(self.peak_bytes, total)


def pss_bytes(pid: int) -> int:
    """A process's proportional share of memory; 0 for one that has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
