"""What a fleet's browsers leave on this machine, and how much memory they take."""

import os
import tempfile
import threading
from pathlib import Path
from types import TracebackType

import psutil

SAMPLE_S = 0.2


# Chromium writes its renderers' titles over their environment, but they stay in its session.
_sessions: dict[Path, set[int]] = {}


def processes_of(folder: Path) -> list[psutil.Process]:
    """Every process of the browsers, now and ever, whose temporary folder lies in this one.

    One that has ended and waits for a parent that is not ours to ask for it is none any more.
    """
    running = [(process, _session(process)) for process in psutil.process_iter()]
    known = _sessions.setdefault(folder, set())
    rooted = {process.pid for process, _ in running if _is_below(process, folder)}
    # A browser just forked may still have been in our own session when that was looked up.
    unknown = {0, os.getsid(0)}
    known |= {session for process, session in running if process.pid in rooted} - unknown
    ours = [process for process, sid in running if process.pid in rooted or sid in known]
    return [process for process in ours if _runs(process)]


def zombies() -> list[psutil.Process]:
    """Children of ours that ended and were never asked for how."""
    children = psutil.Process().children(recursive=True)
    return [child for child in children if child.status() == psutil.STATUS_ZOMBIE]


def _is_below(process: psutil.Process, folder: Path) -> bool:
    try:
        return str(process.environ().get("TMPDIR", "")).startswith(str(folder))
    except (psutil.Error, OSError):
        return False


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _session(process: psutil.Process) -> int:
    try:
        return os.getsid(process.pid)
    except OSError:
        return 0


class MemoryWatch:
    """Samples what the processes below a folder hold, in bytes, all together; keeps the most.

    Pages that several processes share are counted once (PSS).
    """

    def __init__(self, folder: Path) -> None:
        self.most = 0
        self._folder = folder
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "MemoryWatch":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.wait(SAMPLE_S):
            self.most = max(self.most, sum(map(_held, processes_of(self._folder))))


def _held(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except (psutil.Error, OSError):
        return 0


def own_folder() -> Path:
    """A temporary folder with a short name: Chromium keeps a socket below it."""
    return Path(tempfile.mkdtemp(prefix="lt-"))
