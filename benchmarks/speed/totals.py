"""A contestant's rounds taken together."""

from collections.abc import Sequence
from statistics import mean

from benchmarks.speed.ratios import Cost
from benchmarks.speed.rounds import Run


def mean_costs(rounds: Sequence[Sequence[Run]]) -> dict[str, Cost]:
    """Each contestant's mean cost; whole only when every round was."""
    costs: dict[str, list[Cost]] = {}
    for runs in rounds:
        for run in runs:
            costs.setdefault(run.contestant, []).append(run.cost)
    return {
        name: Cost(
            wall_s=mean(cost.wall_s for cost in own),
            cpu_s=mean(cost.cpu_s for cost in own),
            whole=all(cost.whole for cost in own),
        )
        for name, own in costs.items()
    }
