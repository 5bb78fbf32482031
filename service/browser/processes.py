"""chromedriver in a session of its own: started, killed whole, and cleared away after a crash.

Each browser has one folder, `luiska-browser-<pid>-<started>-<random>`, named after the process that
owns it. It holds the profile and is the temporary folder of everything the browser starts, so both
what is left on the disk and what is left running can be told to be ours.
"""

import contextlib
import logging
import os
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]

PREFIX = "luiska-browser-"
START_TIMEOUT_S = 20.0
KILL_TIMEOUT_S = 5.0
LONGEST_HOME = 17
CLEAR_ATTEMPTS = 5
CLEAR_PAUSE_S = 0.05
GIVE_WAY_ATTEMPTS = 5
IDLE_LOOK_S = 0.5
IDLE_SHARE = 0.2
# A page cannot take more private memory per process than this; Chromium's own tab limit is higher.
MEMORY_LIMIT_BYTES = 4 * 1024**3

_log = logging.getLogger(__name__)
_FOLDER = re.compile(re.escape(PREFIX) + r"(\d+)-(\d+)-")
_PORT = re.compile(r"started successfully on port (\d+)")


class DriverEnded(OSError):
    """chromedriver ended before it said which port it took."""


def start_driver(chromedriver: str) -> "DriverProcess":
    """A chromedriver that runs. Raises OSError.

    On a busy machine one that is fine ends now and then before it has a port, and says no word why:
    that one is started once more.
    """
    try:
        return DriverProcess(chromedriver)
    except DriverEnded:
        return DriverProcess(chromedriver)


class DriverProcess:
    """One chromedriver, its port and the folder of its browser. Raises OSError."""

    def __init__(self, chromedriver: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=_folder_prefix(), dir=_home()))
        self.profile = self.folder / "profile"
        self._gone = threading.Lock()
        try:
            self._process = subprocess.Popen(
                [chromedriver, "--port=0"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env={
                    **_environment(),
                    "TMPDIR": str(self.folder),
                    # Else what is left of a crashed page lands in the home folder, for good.
                    "BREAKPAD_DUMP_LOCATION": str(self.folder),
                },
                start_new_session=True,
            )
        except OSError:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        try:
            if hasattr(psutil, "RLIMIT_DATA"):
                limits = (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES)
                psutil.Process(self._process.pid).rlimit(psutil.RLIMIT_DATA, limits)
            self.port = self._read_port()
        except (OSError, psutil.Error):
            self.kill()
            raise

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def is_running(self) -> bool:
        return self._process.poll() is None

    def is_idle(self) -> bool:
        """Whether the whole group does as good as nothing for a moment."""
        before_s = _cpu_s(self._process.pid)
        time.sleep(IDLE_LOOK_S)
        return _cpu_s(self._process.pid) - before_s < IDLE_LOOK_S * IDLE_SHARE

    def give_way(self) -> None:
        """Have the whole group work on what others leave of the machine, for good.

        On Linux (SCHED_IDLE); elsewhere nothing changes. Only the superuser could take it back.
        Chromium sets its own niceness, and keeps this.
        """
        for _ in range(GIVE_WAY_ATTEMPTS if hasattr(os, "SCHED_IDLE") else 0):
            # What begins from here on takes after what began it.
            threads = list(_threads_of_group(self._process.pid))
            if sum(_goes_last_now(thread) for thread in threads) == 0:
                return

    def kill(self) -> None:
        """End every process of the group and remove the folder. Safe to call twice."""
        with self._gone:
            if not self.folder.exists() and self._process.returncode is not None:
                return
            _kill_group(self._process.pid)
            try:
                self._process.wait(KILL_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                # Stuck in the kernel. Its folder stays, so a later start's clearing finds it.
                _log.warning("chromedriver %d survived SIGKILL", self._process.pid)
                return
            if self._process.stdout is not None:
                self._process.stdout.close()
            _await_end(_group_members(self._process.pid))
            _clear(self.folder)

    def _read_port(self) -> int:
        """The port that chromedriver says it took; a thread reads, as a pipe has no timeout."""
        found: queue.Queue[int | None] = queue.Queue()
        stdout = self._process.stdout
        assert stdout is not None

        def read() -> None:
            for line in stdout:
                match = _PORT.search(line)
                if match:
                    found.put(int(match[1]))
                    return
            found.put(None)

        thread = threading.Thread(target=read, name="luiska-chromedriver-port", daemon=True)
        thread.start()
        try:
            port = found.get(timeout=START_TIMEOUT_S)
        except queue.Empty:
            raise OSError("chromedriver did not say which port it took") from None
        if port is None:
            raise DriverEnded("chromedriver ended before it said which port it took")
        return port


def _cpu_s(group: int) -> float:
    spent_s = 0.0
    for process in _group_members(group):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            spent_s += times.user + times.system
    return spent_s


def clear_leftovers() -> list[Path]:
    """Kill the browsers and remove the folders whose owner is no longer alive; returns them."""
    cleared = []
    for folder in _home().glob(f"{PREFIX}*"):
        match = _FOLDER.match(folder.name)
        if match is None or _is_alive(int(match[1]), int(match[2])):
            continue
        _clear(folder)
        cleared.append(folder)
    return cleared


def _clear(folder: Path) -> None:
    """Kill whatever still works in a browser's folder, then remove the folder.

    Chromium's crash handler leaves the process group, and what it writes while the folder is
    being removed would keep the folder there.
    """
    for _ in range(CLEAR_ATTEMPTS):
        left = [process for process in psutil.process_iter() if _works_in(process, folder)]
        for process in left:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        _await_end(left)
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(CLEAR_PAUSE_S)
    _log.warning("the folder %s could not be removed; the next start tries again", folder)


def _home() -> Path:
    """Where browsers have their folders: where temporary files belong, unless that is too long.

    Chromium keeps a socket below its folder, and a socket's path may have about 100 characters.
    """
    temporary = Path(tempfile.gettempdir())
    if len(str(temporary)) > LONGEST_HOME and os.access("/tmp", os.W_OK | os.X_OK):
        return Path("/tmp")
    return temporary


def _folder_prefix() -> str:
    return f"{PREFIX}{os.getpid()}-{_started(os.getpid())}-"


def _is_alive(pid: int, started: int) -> bool:
    try:
        return _started(pid) == started
    except (psutil.NoSuchProcess, ProcessLookupError):
        return False


def _started(pid: int) -> int:
    """When a process began; on Linux in ticks since the machine's start, which no clock moves.

    Raises psutil.NoSuchProcess or ProcessLookupError when it is gone.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return int(psutil.Process(pid).create_time())
    # The 22nd field of proc(5); the 2nd is a name, which may hold anything.
    return int(stat.rpartition(")")[2].split()[19])


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return bool(process.environ().get("TMPDIR") == str(folder))
    except (psutil.Error, OSError):
        # Somebody else's process, or one that has just ended: either way not ours to kill.
        return False


def _kill_group(pgid: int) -> None:
    try:
        os.killpg(pgid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _group_members(pgid: int) -> list[psutil.Process]:
    members = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == pgid:
                members.append(process)
        except (ProcessLookupError, PermissionError):
            continue
    return members


def _threads_of_group(pgid: int) -> Iterator[int]:
    for member in _group_members(pgid):
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            yield from (thread.id for thread in member.threads())


def _goes_last_now(thread: int) -> bool:
    """Whether it did not before. Some containers forbid it: then it goes on as it was."""
    try:
        if os.sched_getscheduler(thread) == os.SCHED_IDLE:
            return False
        os.sched_setscheduler(thread, os.SCHED_IDLE, os.sched_param(0))
    except ProcessLookupError:
        return False
    except OSError as error:
        _log.warning("browsers cannot go last on this machine: %s", error.strerror)
        return False
    return True


def _await_end(processes: list[psutil.Process]) -> None:
    """Wait until none runs any more; a zombie that nobody has reaped yet counts as ended."""
    end = time.monotonic() + KILL_TIMEOUT_S
    while any(_runs(process) for process in processes) and time.monotonic() < end:
        time.sleep(0.01)


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _environment() -> dict[str, str]:
    """Ours without our own settings and secrets, which no page's process has a use for."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LUISKA_")}
