"""Run the contestants in turn, round after round, over the same pages."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.speed.contestants.values import Contestant, PageResult, Task, Told, Unreadable
from benchmarks.speed.measuring import Usage, measure
from benchmarks.speed.ratios import Cost


@dataclass(frozen=True, kw_only=True)
class Run:
    """One contestant in one round. `failure` tells why it left nothing at all."""

    contestant: str
    settings: str
    round: int
    usage: Usage
    pages: dict[str, PageResult]
    failure: str | None

    @property
    def failed(self) -> int:
        """How many pages it was asked for and did not scan in full."""
        return sum(result.error is not None for result in self.pages.values())

    @property
    def scanned(self) -> int:
        return len(self.pages) - self.failed

    @property
    def whole(self) -> bool:
        return self.failure is None and self.failed == 0

    @property
    def pages_per_minute(self) -> float:
        return self.scanned / self.usage.wall_s * 60

    @property
    def cpu_per_page_s(self) -> float:
        return self.usage.cpu_s / max(self.scanned, 1)

    @property
    def findings(self) -> int:
        return sum(len(result.findings) for result in self.pages.values())

    @property
    def cost(self) -> Cost:
        return Cost(wall_s=self.usage.wall_s, cpu_s=self.usage.cpu_s, whole=self.whole)


def run_rounds(
    contestants: Sequence[Contestant], task: Task, rounds: int, say: Callable[[str], None]
) -> Iterator[list[Run]]:
    """Each round's runs, as soon as the round is over: A B C, then A B C again."""
    for number in range(1, rounds + 1):
        runs = []
        for contestant in contestants:
            say(f"round {number}: {contestant.name}, {len(task.pages)} pages")
            run = run_once(contestant, task, number)
            runs.append(run)
            told = run.failure or (f"{run.failed} pages failed" if run.failed else "")
            say(f"  {run.usage.wall_s:.1f} s, CPU {run.usage.cpu_s:.1f} s {told}".rstrip())
            by = (f"{name} {used_s:.1f}" for name, used_s in run.usage.cpu_by_program_s.items())
            say(f"  CPU s by program, about: {', '.join(by)}")
        yield runs


def run_once(contestant: Contestant, task: Task, number: int) -> Run:
    """One run, in a folder of its own below the task's."""
    own = replace(task, folder=task.folder / f"{number}-{contestant.name}")
    own.folder.mkdir(parents=True)
    usage = measure(contestant.prepare(own), own.folder)
    failure = "it did not end in time" if usage.timed_out else None
    try:
        told = contestant.read(own)
        failure = failure or _wrong_axe(told, own)
    except (Unreadable, ValueError, KeyError) as error:
        told = Told(pages={}, axe_versions=frozenset())
        failure = failure or f"its results cannot be read: {error!r}"
    nothing = PageResult(error="no result")
    return Run(
        contestant=contestant.name,
        settings=contestant.settings,
        round=number,
        usage=usage,
        pages={page: told.pages.get(page, nothing) for page in task.pages},
        failure=failure,
    )


def _wrong_axe(told: Told, task: Task) -> str | None:
    if told.axe_versions == {task.machine.axe_version}:
        return None
    return f"it ran axe-core {', '.join(sorted(told.axe_versions)) or 'of no version'}"
