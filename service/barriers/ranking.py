"""How barriers are ranked. Pure: evidence in, a score with every component of it out.

The score adds six components. Each one's largest value is smaller than one step of the component
before it, so the order is that of the table and a later component only decides between equals:

    component      points   step   what
    evidence       0..400   200    0 machine · 200 human · 400 corroborated
    severity       0..160    40    40 x the worst severity people gave (0..4)
    participants    0..30     3    3 x tenths begun of how often it is met (below)
    task           0..1.5   0.5    1.5 failed, gave up · 1 partly, thought it done · 0.5 assisted
    impact         0..0.4   0.1    0.1 x axe's impact (1 minor .. 4 critical); advisory counts none
    pages        0..<0.08     -    0.08 x (1 - 1/(1 + pages))

Severity is impact on a participant and stands before frequency; frequency is counted once. It is
the mean of two shares of met among exposed: everybody's, and that of the class of technology that
meets it most, so that what stops the only user of a screen reader is not averaged away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Literal

from checks import Impact
from service.research.measures import Interval, adjusted_wald

EvidenceKind = Literal["machine", "human", "corroborated"]

_TASK_POINTS = {
    "failed": 1.5,
    "gave_up": 1.5,
    "partial": 1.0,
    "thinks_finished": 1.0,
    "assisted": 0.5,
}


@dataclass(frozen=True, kw_only=True)
class Share:
    """Distinct participants: how many met a barrier of how many were exposed to its pages."""

    met: int
    exposed: int

    @property
    def ratio(self) -> Fraction:
        """Exact, 0..1; 0 when nobody was exposed."""
        return Fraction(self.met, self.exposed) if self.exposed else Fraction(0)

    @property
    def interval(self) -> Interval | None:
        """95 % adjusted Wald; None when nobody was exposed."""
        return adjusted_wald(self.met, self.exposed)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of one barrier. `worst_severity` is 0..4; `task_outcomes` are of those who
    met it, in the task they met it in."""

    kind: EvidenceKind
    worst_severity: int | None = None
    task_outcomes: tuple[str, ...] = ()
    everybody: Share = Share(met=0, exposed=0)
    by_technology: Mapping[str, Share] | None = None
    impact: Impact | None = None
    advisory: bool = False
    pages: int = 0
    instances: int = 0


@dataclass(frozen=True, kw_only=True)
class Component:
    """One reason: its name, its points in the score, and the fact behind it.

    `detail` holds counts only; what tells of single people is in `research_detail`.
    """

    name: str
    points: float
    detail: str
    research_detail: str | None = None


@dataclass(frozen=True, kw_only=True)
class Score:
    value: float
    because: tuple[Component, ...]


def score(evidence: Evidence) -> Score:
    """Score one barrier; the components always come in the order of the module's table."""
    because = (
        _kind(evidence),
        _severity(evidence),
        _participants(evidence),
        _task(evidence),
        _impact(evidence),
        _pages(evidence),
    )
    return Score(value=round(sum(part.points for part in because), 6), because=because)


def _kind(evidence: Evidence) -> Component:
    points, detail = {
        "machine": (0.0, "found by checks; nobody was seen to meet it"),
        "human": (200.0, "met by people; no check finds it"),
        "corroborated": (400.0, "found by checks and met by people"),
    }[evidence.kind]
    return Component(name="evidence", points=points, detail=detail)


def _severity(evidence: Evidence) -> Component:
    if evidence.worst_severity is None:
        return Component(name="severity", points=0.0, detail="nobody gave a severity")
    return Component(
        name="severity",
        points=40.0 * evidence.worst_severity,
        detail=f"worst severity that people gave: {evidence.worst_severity} of 4",
    )


def _task(evidence: Evidence) -> Component:
    hit = [outcome for outcome in evidence.task_outcomes if outcome in _TASK_POINTS]
    if not hit:
        return Component(name="task", points=0.0, detail="no task was seen to suffer")
    worst = max(hit, key=lambda outcome: _TASK_POINTS[outcome])
    return Component(
        name="task",
        points=_TASK_POINTS[worst],
        detail=f"{len(hit)} attempts suffered; the worst ended {worst}",
    )


def _participants(evidence: Evidence) -> Component:
    everybody = evidence.everybody
    if not everybody.met:
        return Component(name="participants", points=0.0, detail="met by no participant")
    classes = {"everybody": everybody, **(evidence.by_technology or {})}
    name, worst = max(classes.items(), key=lambda pair: pair[1].ratio)
    tenths = ceil(10 * (everybody.ratio + worst.ratio) / 2)
    detail = f"{everybody.met} of {everybody.exposed} exposed participants met it"
    if everybody.interval is not None:
        low, high = everybody.interval.low, everybody.interval.high
        detail += f" (95 % interval {low:.0%} to {high:.0%})"
    return Component(
        name="participants",
        points=3.0 * tenths,
        detail=detail,
        research_detail=None
        if name == "everybody"
        else f"{worst.met} of {worst.exposed} who use {name}",
    )


def _impact(evidence: Evidence) -> Component:
    if evidence.impact is None:
        return Component(name="impact", points=0.0, detail="no check gave an impact")
    if evidence.advisory:
        return Component(
            name="impact",
            points=0.0,
            detail=f"{evidence.impact} by best practice, no success criterion",
        )
    return Component(
        name="impact",
        points=round(0.1 * evidence.impact.rank, 6),
        detail=f"impact {evidence.impact}",
    )


def _pages(evidence: Evidence) -> Component:
    pages = "1 page" if evidence.pages == 1 else f"{evidence.pages} pages"
    instances = "1 instance" if evidence.instances == 1 else f"{evidence.instances} instances"
    return Component(
        name="pages",
        points=round(0.08 * (1 - 1 / (1 + evidence.pages)), 6),
        detail=f"{instances} on {pages}",
    )
