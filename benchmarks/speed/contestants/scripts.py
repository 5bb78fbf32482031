"""The two contestants that are scripts of ours: axe-selenium as people write it, and the limit."""

import json
import sys
from dataclasses import dataclass
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
from benchmarks.speed.pages import ROOT


@dataclass(frozen=True, kw_only=True)
class Script:
    """A module of `benchmarks.speed.loops`, told what to do by a file and telling by another."""

    name: str
    settings: str
    module: str

    def prepare(self, task: Task) -> Measured:
        job = {
            "urls": task.urls,
            "lanes": task.lanes,
            "tags": task.tags,
            "chromium": task.machine.chromium,
            "chromedriver": task.machine.chromedriver,
            "flags": (*task.machine.flags, task.machine.window_flag),
            "axe_path": str(task.machine.axe_path),
            "timeout_s": PAGE_TIMEOUT_S,
        }
        asked, answer = task.folder / "job.json", task.folder / "answer.jsonl"
        asked.write_text(json.dumps(job), encoding="utf-8")
        return Measured(
            commands=(
                Command(
                    argv=(
                        *(sys.executable, "-m", f"benchmarks.speed.loops.{self.module}"),
                        str(asked),
                    ),
                    stdout=answer,
                    stderr=task.folder / "err.txt",
                ),
            ),
            cwd=ROOT,
            timeout_s=PAGE_TIMEOUT_S * len(task.pages),
        )

    def read(self, task: Task) -> Told:
        answer = task.folder / "answer.jsonl"
        lines = [json.loads(line) for line in answer.read_text(encoding="utf-8").splitlines()]
        if not lines:
            raise Unreadable(last_words(task.folder / "err.txt"))
        return Told(
            pages={task.site.page(line["url"]): _page(line) for line in lines},
            axe_versions=frozenset(
                line["results"]["testEngine"]["version"] for line in lines if "results" in line
            ),
        )


def _page(line: dict[str, Any]) -> PageResult:
    if "error" in line:
        return PageResult(error=line["error"])
    state = line["results"].get("state", "complete")
    if state != "complete":
        return PageResult(error=f"the page was still {state}")
    return PageResult(findings=findings_of_axe(line["results"]))


LIMIT = Script(
    name="limit",
    module="limit",
    settings="warm drivers, CDP inject and run, nothing stored",
)
PLAIN = Script(
    name="axe-selenium",
    module="plain",
    settings="one driver; get, inject, run",
)
