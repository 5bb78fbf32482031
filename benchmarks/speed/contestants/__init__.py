"""The contestants, one file for each program, in the order in which they run."""

from benchmarks.speed.contestants.axe_cli import AxeCli
from benchmarks.speed.contestants.luiska import Luiska
from benchmarks.speed.contestants.pa11y import DEFAULT, TUNED
from benchmarks.speed.contestants.scripts import LIMIT, PLAIN
from benchmarks.speed.contestants.values import Contestant

NAMES = ("luiska", "limit", "axe-cli", "pa11y-ci-tuned", "pa11y-ci", "axe-selenium")


def chosen(names: tuple[str, ...], axe_cli: AxeCli) -> tuple[Contestant, ...]:
    """The contestants with these names, in the order of `NAMES`."""
    every: dict[str, Contestant] = {
        each.name: each for each in (Luiska(), LIMIT, axe_cli, TUNED, DEFAULT, PLAIN)
    }
    return tuple(every[name] for name in NAMES if name in names)
