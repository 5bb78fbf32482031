"""Luiska as its users run it: `luiska scan`, every visit a durable job, all of it stored."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.speed.contestants.values import (
    PAGE_TIMEOUT_S,
    PageResult,
    Task,
    Told,
    Unreadable,
    last_words,
)
from benchmarks.speed.measuring import Command, Measured
from benchmarks.speed.pages import ROOT


@dataclass(frozen=True, kw_only=True)
class Luiska:
    """A new SQLite store for each run; starting up and migrating it is part of the run."""

    name: str = "luiska"
    settings: str = "scan --store sqlite, all findings stored"

    def prepare(self, task: Task) -> Measured:
        urls = task.folder / "urls.txt"
        urls.write_text("".join(f"{url}\n" for url in task.urls), encoding="utf-8")
        argv = (
            *(str(Path(sys.executable).with_name("luiska")), "scan", "--urls-file", str(urls)),
            *("--store", f"sqlite:///{task.folder / 'luiska.db'}", "--lanes", str(task.lanes)),
            *("--allow-host", task.site.host, "--viewport", "1280x1024", "--checks", "axe"),
            *("--output", str(task.folder / "scan.json")),
        )
        return Measured(
            commands=(
                Command(argv=argv, stdout=task.folder / "out.txt", stderr=task.folder / "err.txt"),
            ),
            cwd=ROOT,
            timeout_s=PAGE_TIMEOUT_S * len(task.pages),
            env={
                "LUISKA_CHROMIUM": task.machine.chromium,
                "LUISKA_CHROMEDRIVER": task.machine.chromedriver,
                "LUISKA_AXE_PATH": str(task.machine.axe_path),
                "LUISKA_PAGE_DEADLINE_S": str(PAGE_TIMEOUT_S),
            },
        )

    def read(self, task: Task) -> Told:
        path = task.folder / "scan.json"
        if not path.exists():
            raise Unreadable(last_words(task.folder / "err.txt"))
        scan = json.loads(path.read_text(encoding="utf-8"))
        return Told(
            pages={
                task.site.page(page["url"]): PageResult(
                    findings=tuple(
                        (each["outcome"], each["rule"], each["selector"])
                        for each in page["findings"]
                    ),
                    error=page["error"] or "; ".join(page["partial_reasons"]) or None,
                )
                for page in scan["pages"]
            },
            axe_versions=frozenset({scan["engine"]["axe"]}),
        )
