"""Run one contestant's commands and tell what their whole process tree cost.

`python -m benchmarks.speed.launcher SPEC.json RESULT.json`: a process of its own per run, so that
all that is reaped in it belongs to the contestant. Linux only.
"""

import contextlib
import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

from benchmarks.speed.cgroup import Cgroup
from benchmarks.speed.sampling import TreeSampler

PR_SET_CHILD_SUBREAPER = 36
LEAVE_S = 5.0
POLL_S = 0.02


def main() -> None:
    spec = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    try:
        result = run(spec)
    except KeyboardInterrupt:
        sys.exit(130)
    Path(sys.argv[2]).write_text(json.dumps(result), encoding="utf-8")


def run(spec: dict[str, Any]) -> dict[str, Any]:
    """Run the commands at once; wall time ends with the last of them, CPU with the last child."""
    become_subreaper()
    group = Cgroup.make()
    sampler = TreeSampler()
    started = time.monotonic()
    processes = [_start(command, spec, group) for command in spec["commands"]]
    sampler.start()
    try:
        timed_out = not _await(processes, started + spec["timeout_s"])
    except KeyboardInterrupt:
        # They have been interrupted as well, and may want to tidy up.
        _end(sampler.stop_when_alone(LEAVE_S))
        reap_all()
        if group is not None:
            group.close()
        raise
    wall_s = time.monotonic() - started
    left = sampler.stop_when_alone(0 if timed_out else LEAVE_S)
    _end(left)
    codes = [process.wait() for process in processes]
    reap_all()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "wall_s": wall_s,
        "cpu_rusage_s": used.ru_utime + used.ru_stime,
        "cpu_cgroup_s": group.close() if group is not None else None,
        "cpu_by_program_s": sampler.cpu_by_program_s,
        "peak_pss_bytes": sampler.peak_bytes,
        "exit_codes": codes,
        "left_processes": len(left),
        "timed_out": timed_out,
    }


def become_subreaper() -> None:
    """From now on, descendants whose parent ends become children of this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl refuses to make this process a subreaper")


def reap_all() -> None:
    """Wait for every child there is, so that what it used is counted."""
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _start(
    command: dict[str, Any], spec: dict[str, Any], group: Cgroup | None
) -> subprocess.Popen[bytes]:
    with Path(command["stdout"]).open("wb") as out, Path(command["stderr"]).open("wb") as err:
        return subprocess.Popen(
            command["argv"],
            cwd=spec["cwd"],
            env={**os.environ, **spec["env"]},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            # Before the sampler's thread is started, so that nothing is held over the fork.
            preexec_fn=group.join if group is not None else None,
        )


def _end(processes: Iterable[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def _await(processes: list[subprocess.Popen[bytes]], deadline: float) -> bool:
    while any(process.poll() is None for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


if __name__ == "__main__":
    main()
