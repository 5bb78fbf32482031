"""pa11y-ci with its axe runner, as it comes and tuned."""

import json
from dataclasses import dataclass, field
from typing import Any

from benchmarks.speed.contestants.values import (
    PAGE_TIMEOUT_S,
    PageResult,
    Task,
    Told,
    Unreadable,
    last_words,
)
from benchmarks.speed.measuring import Command, Measured
from benchmarks.speed.peers import PEERS, node

STANDARD_TAGS = frozenset({"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"})
"""What its axe runner runs for WCAG2AA; the rules of other tags are named one by one."""
RULES_OF_OTHER_TAGS = {"wcag22aa": ("target-size",)}


@dataclass(frozen=True, kw_only=True)
class Pa11yCi:
    """`own` are the settings that make the difference between the two."""

    name: str
    settings: str
    own: dict[str, Any] = field(default_factory=dict)

    def prepare(self, task: Task) -> Measured:
        config = task.folder / "pa11y.json"
        config.write_text(json.dumps(self._config(task)), encoding="utf-8")
        program = str(PEERS / "node_modules" / "pa11y-ci" / "bin" / "pa11y-ci.js")
        return Measured(
            commands=(
                Command(
                    argv=(node(), program, "--config", str(config), "--json"),
                    stdout=task.folder / "results.json",
                    stderr=task.folder / "err.txt",
                ),
            ),
            cwd=task.folder,
            timeout_s=PAGE_TIMEOUT_S * len(task.pages),
        )

    def read(self, task: Task) -> Told:
        text = (task.folder / "results.json").read_text(encoding="utf-8")
        if not text.startswith("{"):
            raise Unreadable(last_words(task.folder / "err.txt"))
        results = json.loads(text)["results"]
        return Told(
            pages={task.site.page(url): _page(issues) for url, issues in results.items()},
            # It does not tell; `install_peers` has refused any other copy.
            axe_versions=frozenset({task.machine.axe_version}),
        )

    def _config(self, task: Task) -> dict[str, Any]:
        other = sorted(set(task.tags) - STANDARD_TAGS)
        return {
            "urls": task.urls,
            "defaults": {
                "runners": ["axe"],
                "standard": "WCAG2AA",
                "rules": [rule for tag in other for rule in RULES_OF_OTHER_TAGS[tag]],
                # Else it drops what axe calls moderate or minor, and all that needs review.
                "includeWarnings": True,
                "includeNotices": True,
                "viewport": {"width": 1280, "height": 1024},
                "timeout": PAGE_TIMEOUT_S * 1000,
                "chromeLaunchConfig": {
                    "executablePath": task.machine.chromium,
                    "args": task.machine.flags,
                    # Else its pages are wider by a scroll bar than everybody else's.
                    "ignoreDefaultArgs": ["--hide-scrollbars"],
                },
                **self.own,
            },
        }


def _page(issues: list[dict[str, Any]]) -> PageResult:
    errors = [issue["message"] for issue in issues if "code" not in issue]
    if errors:
        return PageResult(error=errors[0])
    return PageResult(
        findings=tuple(
            (
                "cantTell" if issue["runnerExtras"]["needsFurtherReview"] else "failed",
                issue["code"],
                issue["selector"],
            )
            for issue in issues
        )
    )


DEFAULT = Pa11yCi(name="pa11y-ci", settings="axe runner, concurrency 1, incognito context a page")
TUNED = Pa11yCi(
    name="pa11y-ci-tuned",
    settings="axe runner, concurrency 4, useIncognitoBrowserContext false",
    own={"concurrency": 4, "useIncognitoBrowserContext": False},
)
