"""@axe-core/cli: one page after the other in a process; several processes share the pages."""

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.speed.contestants.values import (
    PAGE_TIMEOUT_S,
    PageResult,
    Task,
    Told,
    Unreadable,
    findings_of_axe,
    last_words,
)
from benchmarks.speed.measuring import Command, Measured
from benchmarks.speed.peers import PEERS, node


@dataclass(frozen=True, kw_only=True)
class AxeCli:
    """`processes` of it over equal shares of the pages, all started at once.

    `chosen` tells how that number was come by.
    """

    processes: int
    chosen: str = "as asked for"
    name: str = "axe-cli"

    @property
    def settings(self) -> str:
        return f"{self.processes} processes share the pages ({self.chosen})"

    def prepare(self, task: Task) -> Measured:
        chromium = _chromium(task)
        return Measured(
            commands=tuple(
                Command(
                    argv=_argv(task, chromium, share),
                    stdout=_out(task, number),
                    stderr=task.folder / f"err-{number}.txt",
                )
                for number, share in enumerate(self._shares(task))
            ),
            cwd=task.folder,
            timeout_s=PAGE_TIMEOUT_S * len(task.pages),
        )

    def read(self, task: Task) -> Told:
        pages: dict[str, PageResult] = {}
        versions = set()
        for number, share in enumerate(self._shares(task)):
            for result in _results(task, number):
                page = task.site.page(result["url"])
                pages[page] = PageResult(findings=findings_of_axe(result))
                versions.add(result["testEngine"]["version"])
            missing = [page for page in map(task.site.page, share) if page not in pages]
            error = last_words(task.folder / f"err-{number}.txt")
            pages.update({page: PageResult(error=error) for page in missing})
        if not versions:
            raise Unreadable(last_words(task.folder / "err-0.txt"))
        return Told(pages=pages, axe_versions=frozenset(versions))

    def _shares(self, task: Task) -> list[tuple[str, ...]]:
        shares = (task.urls[number :: self.processes] for number in range(self.processes))
        return [share for share in shares if share]


def _argv(task: Task, chromium: Path, urls: tuple[str, ...]) -> tuple[str, ...]:
    return (
        *(node(), str(PEERS / "node_modules/@axe-core/cli/dist/src/bin/cli.js"), *urls),
        *("--tags", ",".join(task.tags), "--timeout", str(PAGE_TIMEOUT_S), "--stdout"),
        *("--chrome-path", str(chromium), "--chromedriver-path", task.machine.chromedriver),
        *("--chrome-options", ",".join(flag.removeprefix("--") for flag in task.machine.flags)),
    )


def _chromium(task: Task) -> Path:
    """Chromium with the window's size: its --chrome-options is a list by commas and takes none."""
    machine, script = task.machine, task.folder / "chromium"
    start = f"exec {shlex.quote(machine.chromium)} {machine.window_flag}"
    script.write_text(f'#!/bin/sh\n{start} "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    return script


def _out(task: Task, number: int) -> Path:
    return task.folder / f"results-{number}.json"


def _results(task: Task, number: int) -> list[dict[str, Any]]:
    text = _out(task, number).read_text(encoding="utf-8")
    return json.loads(text) if text.startswith("[") else []
