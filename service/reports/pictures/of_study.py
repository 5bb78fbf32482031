"""The pictures of a study: what they show, in words of a language."""

from collections.abc import Callable

from service.languages import translations
from service.reports.pictures.values import Grid, Mark, Table, Whisker, Whiskers
from service.reports.pictures.words import outcome_marks, severity_marks
from service.research.grammar import TaskOutcome
from service.research.measures.figures import Proportion
from service.research.results.facts import StudyFacts
from service.research.results.values import GroupMeasures

_HEAVY = 3


def rainbow(facts: StudyFacts, measured: GroupMeasures, language: str) -> Grid:
    """Participants × problems, the first to mend at the top; in each cell the worst severity."""
    _ = translations()[language].gettext
    ngettext = translations()[language].ngettext
    marks = severity_marks(language)
    ranked = measured.problems.problems if measured.problems else ()
    people = _people(facts)
    worst: dict[tuple[str, str], int | None] = {}
    for each in facts.encounters:
        key = (each.problem, each.unit[0])
        known = [rank for rank in (worst.get(key), each.severity) if rank is not None]
        worst[key] = max(known, default=None)
    cells = {
        (row, column): marks[worst[problem.problem, who]]
        for row, problem in enumerate(ranked)
        for column, (who, _pseudonym) in enumerate(people)
        if (problem.problem, who) in worst
    }
    heavy = sum((each.worst_severity or 0) >= _HEAVY for each in ranked)
    told = [
        ngettext(
            "One problem was met; participants who met it: %(people)d.",
            "%(num)d problems were met; participants who met any: %(people)d.",
            len(ranked),
        )
        % {"num": len(ranked), "people": len({who for _problem, who in worst})},
        _("Major or worse: %(number)d.") % {"number": heavy},
        *(
            _("First: %(problem)s, met by %(met)d of %(exposed)d.")
            % {"problem": each.label, "met": each.met.count, "exposed": each.met.n}
            for each in ranked[:1]
        ),
    ]
    return Grid(
        title=_("Problems by participant"),
        description=" ".join(told) if ranked else _("No problems were noted."),
        nothing=_("No problems were noted."),
        rows=tuple(each.label for each in ranked),
        columns=tuple(pseudonym for _who, pseudonym in people),
        cells=cells,
        legend=tuple(marks.values()),
        table=_grid_table(
            _("Problem"), [each.label for each in ranked], [name for _who, name in people], cells
        ),
    )


def tasks(facts: StudyFacts, measured: GroupMeasures, language: str) -> Grid:
    """Tasks × participants with how the first attempt ended that was run."""
    _ = translations()[language].gettext
    marks = outcome_marks(language)
    people = _people(facts)
    ended: dict[tuple[str, str], str | None] = {}
    for each in facts.tried:
        key = (each.task_id, each.unit[0])
        if ended.get(key) in (None, TaskOutcome.NOT_RUN):
            ended[key] = each.outcome or ended.get(key)
    cells = {
        (row, column): marks[ended[task.id, who]]
        for row, task in enumerate(facts.tasks)
        for column, (who, _pseudonym) in enumerate(people)
        if (task.id, who) in ended
    }
    names = [f"T{each.number} {each.title}" for each in facts.tasks]
    told = [
        _("%(task)s: %(count)d of %(n)d without help.")
        % {"task": name, "count": each.completion.count, "n": each.completion.n}
        for name, each in zip(names, measured.tasks, strict=True)
        if each.completion is not None
    ]
    return Grid(
        title=_("Outcomes of tasks by participant"),
        description=" ".join(told) if cells else _("No task was tried."),
        nothing=_("No task was tried."),
        rows=tuple(names),
        columns=tuple(pseudonym for _who, pseudonym in people),
        cells=cells,
        legend=tuple(marks.values()),
        table=_grid_table(_("Task"), names, [name for _who, name in people], cells),
    )


def intervals(measured: GroupMeasures, language: str) -> Whiskers:
    """The completion rate of each task, with its interval."""
    _ = translations()[language].gettext
    rows = []
    table = []
    for each in measured.tasks:
        if each.completion is None or not each.completion.n:
            continue
        name = f"T{each.task} {each.title}"
        shares = _shares(each.completion)
        beside = f"{each.completion.count}/{each.completion.n}: {shares}"
        rows.append(_whisker(name, each.completion, beside))
        table.append((name, str(each.completion.count), str(each.completion.n), shares))
    told = [f"{name}: {count}/{n}, {shares}." for name, count, n, shares in table]
    return Whiskers(
        title=_("Completion without help, with intervals (95 %)"),
        description=" ".join(told) if told else _("No task was tried."),
        nothing=_("No task was tried."),
        rows=tuple(rows),
        high=100,
        unit="%",
        table=Table(
            columns=(_("Task"), _("Without help"), _("Tried"), _("Rate and interval (95 %)")),
            rows=tuple(table),
        ),
    )


STUDY_PICTURES: dict[str, Callable[[StudyFacts, GroupMeasures, str], Grid | Whiskers]] = {
    "rainbow": rainbow,
    "tasks": tasks,
    "intervals": lambda _facts, measured, language: intervals(measured, language),
}


def _people(facts: StudyFacts) -> list[tuple[str, str]]:
    """Ids and pseudonyms of those who took part, by pseudonym."""
    active = {participant for participant, _ in facts.units}
    return [(who, each.pseudonym) for who, each in facts.people.items() if who in active]


def _grid_table(
    corner: str, rows: list[str], columns: list[str], cells: dict[tuple[int, int], Mark]
) -> Table:
    return Table(
        columns=(corner, *columns),
        rows=tuple(
            (
                name,
                *(
                    cells[row, column].meaning if (row, column) in cells else "–"
                    for column in range(len(columns))
                ),
            )
            for row, name in enumerate(rows)
        ),
    )


def _whisker(name: str, figure: Proportion, beside: str) -> Whisker:
    interval = figure.interval
    return Whisker(
        label=name,
        value=None if figure.rate is None else figure.rate * 100,
        low=None if interval is None else interval.low * 100,
        high=None if interval is None else interval.high * 100,
        beside=beside,
    )


def _shares(figure: Proportion) -> str:
    if figure.rate is None or figure.interval is None:
        return "–"
    low, high = round(figure.interval.low * 100), round(figure.interval.high * 100)
    return f"{round(figure.rate * 100)} % ({low}–{high} %)"
