"""What a contestant is: commands to run, and a way to read what they found."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from benchmarks.speed.machine import Machine
from benchmarks.speed.measuring import Measured
from benchmarks.speed.server import Site

Finding = tuple[str, str, str]
"""Outcome (`failed` or `cantTell`), rule, selector."""
PAGE_TIMEOUT_S = 120
OUTCOMES = (("violations", "failed"), ("incomplete", "cantTell"))


@dataclass(frozen=True, kw_only=True)
class Task:
    """One run of one contestant: these pages, this folder for its own files."""

    pages: tuple[str, ...]
    site: Site
    folder: Path
    machine: Machine
    lanes: int
    tags: tuple[str, ...]

    @property
    def urls(self) -> tuple[str, ...]:
        return tuple(self.site.url(page) for page in self.pages)


@dataclass(frozen=True, kw_only=True)
class PageResult:
    """What a contestant says of one page; `error` names why it says nothing."""

    findings: tuple[Finding, ...] = ()
    error: str | None = None

    def counts(self) -> Counter[tuple[str, str]]:
        """Elements by outcome and rule: what can be compared whatever a selector looks like."""
        return Counter((outcome, rule) for outcome, rule, _ in self.findings)


@dataclass(frozen=True, kw_only=True)
class Told:
    """Everything that one run said: its pages by path, the axe-core that it used."""

    pages: dict[str, PageResult]
    axe_versions: frozenset[str]


class Contestant(Protocol):
    """One way to scan the pages."""

    @property
    def name(self) -> str: ...

    @property
    def settings(self) -> str:
        """What differs from the program's defaults, for the table."""
        ...

    def prepare(self, task: Task) -> Measured:
        """Write what the commands need into the task's folder, and name them."""
        ...

    def read(self, task: Task) -> Told:
        """What the commands left. Raises Unreadable when that is not what they should have."""
        ...


class Unreadable(Exception):
    """A contestant left no results; the message says what it printed instead."""


def findings_of_axe(results: dict[str, Any]) -> tuple[Finding, ...]:
    """axe's own results as findings, selectors written as Luiska writes them."""
    return tuple(
        (outcome, rule["id"], selector(node["target"]))
        for kind, outcome in OUTCOMES
        for rule in results[kind]
        for node in rule["nodes"]
    )


def selector(target: Iterable[str | list[str]]) -> str:
    """An axe target in one line: ` >>> ` leads into a frame, ` >> ` into a shadow root."""
    return " >>> ".join(step if isinstance(step, str) else " >> ".join(step) for step in target)


def last_words(path: Path) -> str:
    """The last line that a program printed."""
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else "it printed nothing"
