"""What changed in a study from one build to another."""

from service.research.measures.change import completion_change, sus_change, time_change
from service.research.results.grouping import Group, Groups
from service.research.results.measuring import (
    forgotten_responses,
    forgotten_tries,
    responses_of,
    tries_of,
)
from service.research.results.values import Comparison, GroupChange, TaskChange
from service.research.tables import Task


def compare(groups: Groups, before: str, after: str) -> Comparison:
    """The change of every group that somebody of was on either build."""
    return Comparison(
        before=before,
        after=after,
        groups=tuple(_group_change(groups, group, before, after) for group in groups.names),
    )


def _group_change(groups: Groups, group: Group, before: str, after: str) -> GroupChange:
    kind, name = group
    hidden = groups.hidden(group, before, after)
    if hidden is not None:
        return GroupChange(kind=kind, name=name, suppressed=hidden)
    old, new = groups.units(group, before), groups.units(group, after)
    facts = groups.facts
    sus_hidden = groups.hidden_answers(None, group, before, after)
    (sus_before, later_before), (sus_after, later_after) = (
        responses_of(facts, "sus", None, units) for units in (old, new)
    )
    return GroupChange(
        kind=kind,
        name=name,
        in_both=len({who for who, _ in old} & {who for who, _ in new}),
        tasks=tuple(_task_change(groups, group, task, before, after) for task in facts.tasks),
        sus_suppressed=sus_hidden,
        sus=None
        if sus_hidden is not None
        else sus_change(
            [each.items for each in sus_before],
            [each.items for each in sus_after],
            later=later_before + later_after,
            forgotten=sum(
                forgotten_responses(facts, kind, "sus", None, build) for build in (before, after)
            ),
        ),
    )


def _task_change(groups: Groups, group: Group, task: Task, before: str, after: str) -> TaskChange:
    hidden = groups.hidden_at(task.id, group, before, after)
    if hidden is not None:
        return TaskChange(task=task.number, title=task.title, suppressed=hidden)
    old, new = (
        [
            *tries_of(groups.facts, task.id, groups.units(group, build)),
            *forgotten_tries(groups.facts, group[0], task.id, build),
        ]
        for build in (before, after)
    )
    return TaskChange(
        task=task.number,
        title=task.title,
        completion=completion_change(old, new),
        time_on_task=time_change(old, new),
    )
