"""The figures of one group of a study's participants, on one build or on all."""

from collections.abc import Collection, Iterable, Mapping

from service.research.measures.completion import completion
from service.research.measures.discovery import discovery
from service.research.measures.nasa_tlx import Load, nasa_tlx
from service.research.measures.problems import Exposed, Meeting, problems
from service.research.measures.seq import seq
from service.research.measures.sus import sus
from service.research.measures.times import time_on_task
from service.research.measures.tries import Try
from service.research.measures.umux_lite import umux_lite
from service.research.results.facts import Answered, Encounter, StudyFacts, Unit
from service.research.results.values import GroupKind, GroupMeasures, Questionnaires, TaskMeasures
from service.research.tables import Task

Units = frozenset[Unit]
_INSTRUMENTS = ("sus", "umux-lite", "nasa-tlx")


def measures_of(
    facts: StudyFacts,
    kind: GroupKind,
    name: str,
    units: Units,
    build: str | None,
    hidden: Collection[str] = (),
) -> GroupMeasures:
    """Every figure of the people in `units`. The forgotten are counted among all, in no group.

    Problems that are `hidden` have no figure of their own.
    """
    by_problem = met_by_problem(facts, units)
    shown = {problem: met for problem, met in by_problem.items() if problem not in hidden}
    participants = {participant for participant, _ in units & facts.active}
    harmful = {
        problem: {each.unit[0] for each in of_it}
        for problem, of_it in by_problem.items()
        if any(each.severity != 0 for each in of_it)
    }
    return GroupMeasures(
        kind=kind,
        name=name,
        participants=len(participants),
        tasks=tuple(_task_measures(facts, kind, task, units, build) for task in facts.tasks),
        questionnaires=_questionnaires(facts, None, units, _gone(facts, kind, None, build)),
        problems=problems(
            [
                Meeting(problem=each.problem, participant=each.unit[0], severity=each.severity)
                for met in shown.values()
                for each in met
            ],
            {
                problem: Exposed(
                    label=facts.labels[problem], participants=exposed_to(facts, of_it, units)
                )
                for problem, of_it in shown.items()
            },
            not_shared=len(by_problem) - len(shown),
        ),
        discovery=discovery(harmful, len(participants), harmless=len(by_problem) - len(harmful)),
    )


def tries_of(facts: StudyFacts, task_id: str, units: Units) -> list[Try]:
    """The attempts of these people at a task, in the order of time."""
    return [
        Try(
            participant=each.unit[0],
            outcome=each.outcome,
            duration_s=each.duration_s,
            seq=each.seq,
        )
        for each in facts.tried
        if each.task_id == task_id and each.unit in units
    ]


def responses_of(
    facts: StudyFacts, instrument: str, task_id: str | None, units: Units
) -> tuple[list[Answered], int]:
    """The first response of each of these people, and how many later ones there are."""
    first: dict[str, Answered] = {}
    later = 0
    for each in facts.answered:
        is_asked_for = (each.instrument, each.task_id) == (instrument, task_id)
        if is_asked_for and each.unit in units:
            later += first.setdefault(each.unit[0], each) is not each
    return list(first.values()), later


def exposed_to(facts: StudyFacts, met: Iterable[Encounter], units: Units) -> frozenset[str]:
    """Who could have met a problem: whoever did, and whoever tried a task that it was met at.

    One that was met outside of any task could have been met by everybody.
    """
    met = list(met)
    tasks = {each.task_id for each in met}
    if None in tasks:
        return frozenset(participant for participant, _ in units & facts.active)
    tried = {
        each.unit[0]
        for each in facts.tried
        if each.unit in units and each.task_id in tasks and each.was_run
    }
    return frozenset(tried | {each.unit[0] for each in met})


def met_by_problem(facts: StudyFacts, units: Units) -> dict[str, list[Encounter]]:
    """Who of these people met which problem, in the order of time."""
    by_problem: dict[str, list[Encounter]] = {}
    for each in facts.encounters:
        if each.unit in units:
            by_problem.setdefault(each.problem, []).append(each)
    return by_problem


def _task_measures(
    facts: StudyFacts, kind: GroupKind, task: Task, units: Units, build: str | None
) -> TaskMeasures:
    forgotten = forgotten_tries(facts, kind, task.id, build)
    tries = [*tries_of(facts, task.id, units), *forgotten]
    return TaskMeasures(
        task=task.number,
        title=task.title,
        completion=completion(tries),
        time_on_task=time_on_task(tries),
        seq=seq(tries),
        questionnaires=_questionnaires(facts, task.id, units, _gone(facts, kind, task.id, build)),
        forgotten=len(forgotten),
    )


def forgotten_tries(
    facts: StudyFacts, kind: GroupKind, task_id: str, build: str | None
) -> list[Try]:
    """An attempt each; nobody knows any more which of them were of one participant, or in which
    group: they are among all alone."""
    outcomes = [
        each.outcome
        for each in facts.forgotten
        if kind == "all" and each.task_id == task_id and build in (None, each.build)
        for _ in range(each.attempts)
    ]
    return [
        Try(participant=f"forgotten {n}", outcome=each, is_forgotten=True)
        for n, each in enumerate(outcomes)
    ]


def forgotten_responses(
    facts: StudyFacts, kind: GroupKind, instrument: str, task_id: str | None, build: str | None
) -> int:
    """How many responses went with who gave them; among all alone, as nobody knows the groups."""
    return sum(
        each.responses
        for each in facts.forgotten_answers
        if kind == "all"
        and (each.instrument, each.task_id) == (instrument, task_id)
        and build in (None, each.build)
    )


def _gone(
    facts: StudyFacts, kind: GroupKind, task_id: str | None, build: str | None
) -> Mapping[str, int]:
    return {
        instrument: forgotten_responses(facts, kind, instrument, task_id, build)
        for instrument in _INSTRUMENTS
    }


def _questionnaires(
    facts: StudyFacts, task_id: str | None, units: Units, gone: Mapping[str, int]
) -> Questionnaires | None:
    """None where none of them was asked anything. `gone` are the forgotten responses."""
    asked: Mapping[str, tuple[list[Answered], int]] = {
        instrument: responses_of(facts, instrument, task_id, units) for instrument in _INSTRUMENTS
    }
    told = {each for each, (responses, _) in asked.items() if responses or gone[each]}
    if not told:
        return None
    of_sus, later_sus = asked["sus"]
    of_umux, later_umux = asked["umux-lite"]
    of_tlx, later_tlx = asked["nasa-tlx"]
    loads = [Load(ratings=each.items, weights=each.weights) for each in of_tlx]
    return Questionnaires(
        sus=sus((each.items for each in of_sus), later=later_sus, forgotten=gone["sus"])
        if "sus" in told
        else None,
        umux_lite=umux_lite(
            (each.items for each in of_umux), later=later_umux, forgotten=gone["umux-lite"]
        )
        if "umux-lite" in told
        else None,
        nasa_tlx=nasa_tlx(loads, later=later_tlx, forgotten=gone["nasa-tlx"])
        if "nasa-tlx" in told
        else None,
    )
