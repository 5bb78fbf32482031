"""How barriers are ranked. Pure: evidence in, a score with every component of it out.

The score adds six components. Each one's largest value is smaller than one step of the component
before it, so the order is that of the table and a later component only decides between equals:

    component      points   step   what
    evidence       0..400   200    0 machine · 200 human · 400 corroborated
    severity       0..160    40    40 x the worst severity people gave (0..4)
    task            0..30    10    30 failed or gave up · 20 partly or thought it done · 10 assisted
    participants     0..9   0.9    0.9 x tenths begun of the share met of exposed, the largest over
                                   everybody and over each class of technology
    impact         0..0.8   0.2    0.2 x axe's impact (1 minor .. 4 critical); advisory counts none
    pages        0..<0.08     -    0.08 x (1 - 1/(1 + pages))

Severity is impact on a participant and stands before frequency; frequency is counted once. The
share is taken per class of technology too, so that what stops the only user of a screen reader
is not averaged away (DESIGN.md, Severity).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from checks import Impact
from service.research.measures import Interval, adjusted_wald

EvidenceKind = Literal["machine", "human", "corroborated"]

_TASK_POINTS = {
    "failed": 30,
    "gave_up": 30,
    "partial": 20,
    "thinks_finished": 20,
    "assisted": 10,
}


@dataclass(frozen=True, kw_only=True)
class Share:
    """Distinct participants: how many met a barrier of how many were exposed to its pages."""

    met: int
    exposed: int

    @property
    def ratio(self) -> float:
        return self.met / self.exposed if self.exposed else 0.0

    @property
    def tenths(self) -> int:
        """The share in tenths begun, 0..10: small samples tell no finer shares apart."""
        return -(-10 * self.met // self.exposed) if self.exposed else 0

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
        _task(evidence),
        _participants(evidence),
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
        points=float(_TASK_POINTS[worst]),
        detail=f"{len(hit)} attempts suffered; the worst ended {worst}",
    )


def _participants(evidence: Evidence) -> Component:
    everybody = evidence.everybody
    if not everybody.met:
        return Component(name="participants", points=0.0, detail="met by no participant")
    shares = {"all participants": everybody, **(evidence.by_technology or {})}
    name, worst = max(shares.items(), key=lambda pair: pair[1].ratio)
    detail = f"{everybody.met} of {everybody.exposed} exposed participants met it"
    if everybody.interval is not None:
        low, high = everybody.interval.low, everybody.interval.high
        detail += f" (95 % interval {low:.0%} to {high:.0%})"
    return Component(
        name="participants",
        points=round(0.9 * worst.tenths, 6),
        detail=detail,
        research_detail=None
        if name == "all participants"
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
        points=round(0.2 * evidence.impact.rank, 6),
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
