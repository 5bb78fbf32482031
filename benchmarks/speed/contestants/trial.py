"""How many processes are best for @axe-core/cli on this machine."""

from collections.abc import Callable
from dataclasses import replace

from benchmarks.speed.contestants.axe_cli import AxeCli
from benchmarks.speed.contestants.values import Task
from benchmarks.speed.pages import spread
from benchmarks.speed.peers import NoPeers
from benchmarks.speed.rounds import run_once

TRIED = (1, 2, 3, 4)
TRIAL_PAGES = 16


def best_processes(task: Task, say: Callable[[str], None]) -> int:
    """The number that took the least wall time over a spread of the pages, failing none.

    Raises NoPeers when it failed with every number.
    """
    trial = replace(task, pages=spread(task.pages, TRIAL_PAGES))
    walls = {}
    for processes in TRIED:
        run = run_once(AxeCli(processes=processes, name=f"trial-{processes}"), trial, 0)
        say(
            f"trial: axe-cli with {processes} processes, {len(trial.pages)} pages:"
            f" {run.usage.wall_s:.1f} s, CPU {run.usage.cpu_s:.1f} s, {run.failed} failed"
        )
        if run.whole:
            walls[processes] = run.usage.wall_s
    if not walls:
        raise NoPeers("@axe-core/cli failed pages however many processes shared them")
    return min(walls, key=walls.__getitem__)
