"""A study's results, as far as their reader may see them."""

from collections.abc import Mapping
from dataclasses import replace

from service.access import Permission, Work
from service.errors import FieldError, Malformed
from service.research.results.comparing import compare
from service.research.results.facts import StudyFacts, read_facts
from service.research.results.grouping import Group, Groups
from service.research.results.measuring import exposed_to, measures_of, met_by_problem
from service.research.results.naming import Named
from service.research.results.observers import agreement
from service.research.results.values import GroupMeasures, Questionnaires, StudyMeasures, Suppressed
from service.research.tables import Study


def measure(
    work: Work,
    study: Study,
    links: Mapping[str, Named],
    *,
    build: str | None = None,
    compared: tuple[str, str] | None = None,
) -> StudyMeasures:
    """The figures of a study, on one build or on all, and the change between two of them.

    Whoever may not work on the study sees no figures of groups below its `share_threshold`. Raises
    `Malformed` for a build that no session was held on.
    """
    facts = read_facts(work.session, study, links)
    for place, asked in (("build", (build,)), ("compare", compared or ())):
        _refuse_unknown(facts, place, *(each for each in asked if each is not None))
    groups = Groups(facts, shares=not work.actor.may(Permission.WRITE_RESEARCH))
    return StudyMeasures(
        study_id=study.id,
        build=build,
        builds=facts.builds,
        threshold=study.share_threshold,
        groups=tuple(_group_measures(groups, group, build) for group in groups.names),
        observer_agreement=agreement(facts, groups.units(("all", ""), build)),
        comparison=None if compared is None else compare(groups, *compared),
    )


def _refuse_unknown(facts: StudyFacts, place: str, *builds: str) -> None:
    unknown = [each for each in builds if each not in facts.builds]
    if unknown:
        known = ", ".join(facts.builds) or "none"
        detail = f"No session was held on {unknown[0]!r}. Builds with sessions: {known}."
        wrong = FieldError(pointer=f"/query/{place}", detail=detail)
        raise Malformed("The study has no such build.", errors=(wrong,))


def _group_measures(groups: Groups, group: Group, build: str | None) -> GroupMeasures:
    kind, name = group
    hidden = groups.hidden(group, build)
    if hidden is not None:
        return GroupMeasures(kind=kind, name=name, suppressed=hidden)
    units = groups.units(group, build)
    not_shared = _problems_not_shared(groups, group, build)
    known = measures_of(groups.facts, kind, name, units, build, not_shared)
    ids = {task.number: task.id for task in groups.facts.tasks}
    tasks = []
    for each in known.tasks:
        task_id = ids[each.task]
        why = groups.hidden_at(task_id, group, build)
        answers = groups.hidden_answers(task_id, group, build)
        if why is not None:
            each = replace(each, suppressed=why, completion=None, time_on_task=None, seq=None)
        tasks.append(replace(each, questionnaires=_shown(each.questionnaires, answers)))
    answers = groups.hidden_answers(None, group, build)
    return replace(known, tasks=tuple(tasks), questionnaires=_shown(known.questionnaires, answers))


def _problems_not_shared(groups: Groups, group: Group, build: str | None) -> set[str]:
    """Problems that too few of a group could have met: their figures would tell of these few."""
    facts = groups.facts
    everybody = met_by_problem(facts, facts.units)
    return {
        problem
        for problem in met_by_problem(facts, groups.units(group, build))
        if groups.hidden_among(exposed_to(facts, everybody[problem], facts.units), group, build)
    }


def _shown(known: Questionnaires | None, hidden: Suppressed | None) -> Questionnaires | None:
    return known if known is None or hidden is None else Questionnaires(suppressed=hidden)
