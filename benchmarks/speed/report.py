"""Everything a run measured, as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from benchmarks.speed.machine import Machine
from benchmarks.speed.ratios import Cost, Ratio, ratios
from benchmarks.speed.rounds import Run
from benchmarks.speed.totals import mean_costs


def as_json(
    machine: Machine,
    peers: Mapping[str, str],
    tags: tuple[str, ...],
    load: float,
    rounds: Sequence[Sequence[Run]],
) -> str:
    document = {
        "machine": {**asdict(machine), "load_before": load},
        "peers": dict(peers),
        "tags": tags,
        "rounds": [
            {
                "runs": [_run(run) for run in runs],
                "ratios": _ratios({run.contestant: run.cost for run in runs}),
            }
            for runs in rounds
        ],
        "ratios": _ratios(mean_costs(rounds)),
    }
    return json.dumps(document, indent=2, default=str)


def _run(run: Run) -> dict[str, Any]:
    return {
        "contestant": run.contestant,
        "settings": run.settings,
        "pages": len(run.pages),
        "failed": run.failed,
        "failure": run.failure,
        "errors": {page: each.error for page, each in run.pages.items() if each.error},
        "pages_per_minute": run.pages_per_minute,
        "cpu_per_page_s": run.cpu_per_page_s,
        "findings": run.findings,
        **asdict(run.usage),
    }


def _ratios(costs: Mapping[str, Cost]) -> list[dict[str, Any]]:
    return [_ratio(each) for each in ratios(costs)]


def _ratio(each: Ratio) -> dict[str, Any]:
    return {**asdict(each), "met": each.met}
