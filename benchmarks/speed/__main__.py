"""`make benchmark ARGS="--pages FOLDER --rounds 2 --only luiska,limit --limit 20"`."""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.speed.compare import Difference, differences
from benchmarks.speed.contestants import NAMES, chosen
from benchmarks.speed.contestants.axe_cli import AxeCli
from benchmarks.speed.contestants.trial import best_processes
from benchmarks.speed.contestants.values import Contestant, Task
from benchmarks.speed.machine import look_around
from benchmarks.speed.pages import DEFAULT_FOLDER, NoPages, pages_of
from benchmarks.speed.peers import NoPeers, install_peers
from benchmarks.speed.ratios import ratios
from benchmarks.speed.report import as_json
from benchmarks.speed.rounds import Run, run_rounds
from benchmarks.speed.server import served
from benchmarks.speed.tables import facts, ratio_table, round_table
from benchmarks.speed.totals import mean_costs
from checks import standard
from service.browser import MissingPart

COMPARED = ("luiska", "limit")
SHOWN = 5

_out = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
_err = Console(stderr=True, highlight=False, soft_wrap=True)


def main() -> int:
    options = _options()
    try:
        return _run(options)
    except (NoPages, NoPeers, MissingPart, OSError) as problem:
        _err.print(f"benchmark: {problem}")
        return 1
    except KeyboardInterrupt:
        _err.print("benchmark: interrupted")
        return 130


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make benchmark", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add = parser.add_argument
    add("--pages", type=Path, default=DEFAULT_FOLDER, help="a folder of pages")
    add("--limit", type=int, help="only so many pages, spread over all")
    add("--rounds", type=int, default=2)
    add("--only", type=_names, default=NAMES, help=f"by commas: {', '.join(NAMES)}")
    add("--lanes", type=int, default=2, help="of luiska and of the limit")
    add("--processes", type=int, help="of axe-cli; without it the best of 1 to 4 is looked for")
    add("--compare", action="store_true", help="also compare luiska and limit element by element")
    add("--json", type=Path, help="write everything here as well")
    add("--keep", type=Path, help="leave each run's own files in this new folder")
    options = parser.parse_args()
    if options.compare and not set(COMPARED) <= set(options.only):
        parser.error(f"--compare needs {' and '.join(COMPARED)} among the contestants")
    if options.json and not options.json.resolve().parent.is_dir():
        parser.error(f"--json {options.json}: there is no such folder")
    return options


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in NAMES]
    if unknown or not names:
        raise argparse.ArgumentTypeError(f"{text!r}: choose of {', '.join(NAMES)}")
    return names


def _run(options: argparse.Namespace) -> int:
    folder = options.pages.resolve()
    pages = pages_of(folder, options.limit)
    load = os.getloadavg()[0]
    machine = look_around()
    needs_peers = any(name not in ("luiska", "limit", "axe-selenium") for name in options.only)
    peers = install_peers(machine.axe_version) if needs_peers else {}
    tags = standard().axe_tags
    _out.print(facts(machine, peers, tags, load))
    with tempfile.TemporaryDirectory(prefix="luiska-benchmark-") as own, served(folder) as site:
        if options.keep:
            options.keep.mkdir(parents=True)
        task = Task(
            pages=pages,
            site=site,
            folder=(options.keep or Path(own)).resolve(),
            machine=machine,
            lanes=options.lanes,
            tags=tags,
        )
        rounds = _rounds(_contestants(options, task), task, options.rounds)
    if len(rounds) > 1:
        _out.print(ratio_table("Luiska over its peers, all rounds", ratios(mean_costs(rounds))))
    compared = _compare(rounds[-1]) if options.compare else None
    if options.json:
        options.json.write_text(as_json(machine, peers, tags, load, rounds), encoding="utf-8")
    whole = all(run.whole for runs in rounds for run in runs)
    return 0 if whole and not compared else 3


def _contestants(options: argparse.Namespace, task: Task) -> tuple[Contestant, ...]:
    axe_cli = AxeCli(processes=options.processes or 1)
    if "axe-cli" in options.only and options.processes is None:
        best = best_processes(task, _err.print)
        axe_cli = AxeCli(processes=best, chosen="the best of 1 to 4")
    return chosen(options.only, axe_cli)


def _rounds(contestants: Sequence[Contestant], task: Task, number: int) -> list[list[Run]]:
    rounds = []
    for runs in run_rounds(contestants, task, number, _err.print):
        rounds.append(runs)
        _out.print(round_table(runs))
        _tell_failures(runs)
        found = ratios({run.contestant: run.cost for run in runs})
        if found:
            _out.print(ratio_table(f"Luiska over its peers, round {runs[0].round}", found))
    return rounds


def _tell_failures(runs: Sequence[Run]) -> None:
    for run in runs:
        failed = [(page, each.error) for page, each in run.pages.items() if each.error]
        for page, error in failed[:SHOWN]:
            _out.print(f"{run.contestant}: {page}: {error}", markup=False)
        if len(failed) > SHOWN:
            _out.print(f"{run.contestant}: and {len(failed) - SHOWN} more")
        if run.usage.left_processes:
            _out.print(f"{run.contestant}: left {run.usage.left_processes} processes running")


def _compare(runs: Sequence[Run]) -> tuple[Difference, ...]:
    """Print where the two differ, element by element."""
    by_name = {run.contestant: run for run in runs}
    first, second = (by_name[name] for name in COMPARED)
    found = differences(first.pages, second.pages)
    same = len(first.pages) - len(found)
    _out.print(f"{first.contestant} and {second.contestant}: {same}/{len(first.pages)} pages alike")
    for each in found:
        _out.print(f"{each.page}:")
        for name, only in ((COMPARED[0], each.only_first), (COMPARED[1], each.only_second)):
            for finding in only[:SHOWN]:
                _out.print(f"  only {name}: {' '.join(finding)}", markup=False)
            if len(only) > SHOWN:
                _out.print(f"  only {name}: and {len(only) - SHOWN} more")
    return found


if __name__ == "__main__":
    sys.exit(main())
