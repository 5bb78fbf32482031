"""What a process tree holds and which of its programs works, sampled.

Memory is the sum of PSS, which shares what several processes map among them; the sum of RSS would
count Chromium's own code once for each of its processes.
"""

import re
import threading
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]

SAMPLE_S = 0.5
"""Reading PSS costs about 1.5 ms a process; at 0.2 s that is a tenth of a core."""

_KIND = re.compile(r"--type=([a-z-]+)")


class TreeSampler:
    """Samples all descendants of this process from a thread of its own."""

    def __init__(self) -> None:
        self.peak_bytes = 0
        self._cpu_s: dict[tuple[int, float], float] = {}
        self._programs: dict[tuple[int, float], str] = {}
        self._own = psutil.Process()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def cpu_by_program_s(self) -> dict[str, float]:
        """CPU time by program, as last seen: what each did after its last sample is missing."""
        sums: dict[str, float] = {}
        for process, used_s in self._cpu_s.items():
            name = self._programs[process]
            sums[name] = sums.get(name, 0.0) + used_s
        return dict(sorted(sums.items(), key=lambda item: -item[1]))

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
            self._sample()

    def _sample(self) -> None:
        held = 0
        for process in self._own.children(recursive=True):
            held += pss_bytes(process.pid)
            try:
                key = (process.pid, process.create_time())
                times = process.cpu_times()
                # Each time: a process is its parent's copy until it has become another program.
                words = process.cmdline()
            except psutil.NoSuchProcess:
                continue
            self._cpu_s[key] = times.user + times.system
            if words:
                self._programs[key] = program(words)
            self._programs.setdefault(key, "other")
        self.peak_bytes = max(self.peak_bytes, held)


def program(words: list[str]) -> str:
    """What a command line is called: `python3`, `chromedriver`, `chromium renderer`."""
    # Chromium's children overwrite their words with one string.
    first, _, rest = " ".join(words).partition(" ")
    name = Path(first).name
    kind = _KIND.search(rest)
    return f"{name} {kind[1]}" if kind else name


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
