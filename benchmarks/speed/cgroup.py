"""A control group of its own for one run: the kernel's own count of what its processes used."""

import contextlib
import os
import time
from pathlib import Path
from typing import Self

MOUNTS = Path("/proc/self/mounts")
OWN = Path("/proc/self/cgroup")
REMOVE_S = 2.0


class Cgroup:
    """A group below this process's own in the unified hierarchy (cgroup v2)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def make(cls) -> Self | None:
        """A new group, or None where none can be made (no cgroup v2, or no right to it)."""
        mounted = [
            line.split()[1] for line in MOUNTS.read_text().splitlines() if " cgroup2 " in line
        ]
        own = [line[3:] for line in OWN.read_text().splitlines() if line.startswith("0::")]
        if not mounted or not own:
            return None
        folder = Path(mounted[0]) / own[0].lstrip("/") / f"luiska-benchmark-{os.getpid()}"
        try:
            folder.mkdir()
            group = cls(folder)
            group.cpu_s()
            (folder / "cgroup.procs").open("a").close()
        except (OSError, KeyError):
            with contextlib.suppress(OSError):
                folder.rmdir()
            return None
        return group

    def join(self) -> None:
        """Put the calling process, and what it will start, into the group."""
        with (self._folder / "cgroup.procs").open("w") as procs:
            procs.write("0")

    def cpu_s(self) -> float:
        """User and system time of all that ever ran in the group, ended processes included."""
        lines = (self._folder / "cpu.stat").read_text().splitlines()
        return int(dict(line.split() for line in lines)["usage_usec"]) / 1e6

    def close(self) -> float:
        """Remove the empty group; what it used in all."""
        used = self.cpu_s()
        end = time.monotonic() + REMOVE_S
        while time.monotonic() < end:
            try:
                self._folder.rmdir()
                break
            except OSError:
                time.sleep(0.05)
        return used
