"""Problems by frequency × severity."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

from service.research.measures.checked import whole
from service.research.measures.figures import (
    ProblemCell,
    ProblemFigure,
    Problems,
    Reason,
    left_out_of,
)
from service.research.measures.proportions import SOURCES, proportion

SOURCE = "Nielsen (1994), severity ratings; " + SOURCES["adjusted-wald"]


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """One participant met one problem. `severity` is its impact on them, 0..4; None: not rated."""

    problem: str
    participant: str
    severity: int | None = None


@dataclass(frozen=True, kw_only=True)
class Exposed:
    """A problem's name for people, and who could have met it."""

    label: str
    participants: frozenset[str]


def problems(
    meetings: Iterable[Meeting],
    exposed: Mapping[str, Exposed],
    *,
    not_shared: int = 0,
    confidence: float = 0.95,
) -> Problems:
    """Each problem that somebody met, with the adjusted Wald interval of met / exposed.

    A participant counts once for a problem, with the worst that it did to them. Ranking: the worst
    severity first (4 before 0, unrated last), then the share of the exposed who met it, then their
    number, then the mean severity, then the name; so what stopped one outranks what annoyed many.
    Frequency is never folded into severity. `not_shared` problems were left out. Example: 3 of 8
    with severities 4 2 2 has the worst 4, the mean 2.67 and 0.135..0.696. Raises ValueError (a
    severity beside 0..4, or somebody who met what they were not exposed to).
    """
    impacts = _impacts(meetings)
    figures = [
        _figure(name, exposed[name], by_participant, confidence)
        for name, by_participant in impacts.items()
    ]
    figures.sort(
        key=lambda each: (
            -1 if each.worst_severity is None else each.worst_severity,
            each.met.rate or 0.0,
            each.met.count,
            -1.0 if each.mean_severity is None else each.mean_severity,
        ),
        reverse=True,
    )
    cells = Counter((each.worst_severity, each.met.count) for each in figures)
    return Problems(
        n=len(frozenset[str]().union(*(exposed[name].participants for name in impacts))),
        left_out=left_out_of({Reason.NOT_SHARED: not_shared}),
        confidence=confidence,
        source=SOURCE,
        problems=tuple(
            ProblemFigure(**{**vars(each), "rank": rank})
            for rank, each in enumerate(figures, start=1)
        ),
        table=tuple(
            ProblemCell(severity=severity, participants=met, problems=count)
            for (severity, met), count in sorted(
                cells.items(),
                key=lambda cell: (-1 if cell[0][0] is None else cell[0][0], cell[0][1]),
                reverse=True,
            )
        ),
    )


def _impacts(meetings: Iterable[Meeting]) -> dict[str, dict[str, int | None]]:
    """By problem (in the order of their names) the worst severity for each participant."""
    impacts: dict[str, dict[str, int | None]] = {}
    for each in meetings:
        if each.severity is not None:
            whole(each.severity, "severity", 0, 4)
        of_problem = impacts.setdefault(each.problem, {})
        known = of_problem.get(each.participant)
        rated = [severity for severity in (known, each.severity) if severity is not None]
        of_problem[each.participant] = max(rated, default=None)
    return {name: impacts[name] for name in sorted(impacts, reverse=True)}


def _figure(
    name: str, exposed: Exposed, impacts: Mapping[str, int | None], confidence: float
) -> ProblemFigure:
    _refuse_unexposed(name, impacts, exposed.participants)
    rated = [severity for severity in impacts.values() if severity is not None]
    counts = Counter("unrated" if each is None else str(each) for each in impacts.values())
    return ProblemFigure(
        problem=name,
        label=exposed.label,
        rank=0,
        met=proportion(len(impacts), len(exposed.participants), confidence=confidence),
        worst_severity=max(rated, default=None),
        mean_severity=fmean(rated) if rated else None,
        severities=dict(sorted(counts.items(), reverse=True)),
    )


def _refuse_unexposed(name: str, met: Collection[str], exposed: frozenset[str]) -> None:
    beside = sorted(set(met) - exposed)
    if beside:
        raise ValueError(f"{beside[0]!r} met {name!r} and was not exposed to it")
