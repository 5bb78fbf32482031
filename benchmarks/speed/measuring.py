"""Run a contestant's commands under the launcher and read what they cost."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Command:
    """One program of a contestant; where its output goes."""

    argv: tuple[str, ...]
    stdout: Path
    stderr: Path


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a run cost. `cpu_s` is by the control group where there is one, else by rusage.

    `cpu_by_program_s` is sampled, and so a little less than all of it.
    """

    wall_s: float
    cpu_rusage_s: float
    cpu_cgroup_s: float | None
    cpu_by_program_s: Mapping[str, float]
    peak_pss_bytes: int
    exit_codes: tuple[int, ...]
    left_processes: int
    timed_out: bool

    @property
    def cpu_s(self) -> float:
        return self.cpu_rusage_s if self.cpu_cgroup_s is None else self.cpu_cgroup_s

    @property
    def counted_by(self) -> str:
        return "rusage" if self.cpu_cgroup_s is None else "cgroup"


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Commands that are started together, and how they are run."""

    commands: tuple[Command, ...]
    cwd: Path
    timeout_s: float
    env: Mapping[str, str] = field(default_factory=dict)


def measure(measured: Measured, folder: Path) -> Usage:
    """Run the commands to their end. Raises CalledProcessError when the launcher itself fails."""
    spec, result = folder / "launch.json", folder / "usage.json"
    spec.write_text(json.dumps(asdict(measured), default=str), encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks.speed.launcher", str(spec), str(result)]
    with subprocess.Popen(command) as launcher:
        try:
            code = launcher.wait()
        except KeyboardInterrupt:
            # It has been interrupted as well, and now ends what it started.
            launcher.wait()
            raise
    if code:
        raise subprocess.CalledProcessError(code, command)
    found = json.loads(result.read_text(encoding="utf-8"))
    return Usage(**{**found, "exit_codes": tuple(found["exit_codes"])})
