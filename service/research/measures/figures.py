"""The figures that the measures give. Each says `n`, what was left out and why, and its source.

A value that cannot be told is None, and `missing` or its like says why; no figure is ever NaN.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why something was left out of a figure."""

    NOT_RUN = "not_run"
    """The task was not given to the participant."""
    NO_OUTCOME = "no_outcome"
    """How the attempt ended was not noted."""
    LATER_ATTEMPT = "later_attempt"
    """The participant had tried the task before; the first attempt counts."""
    NO_SUCCESS = "no_success"
    """The attempt was no unassisted success."""
    NO_TIME = "no_time"
    """When it began or ended was not noted."""
    NO_DURATION = "no_duration"
    """It is noted as ending when it began, or before."""
    NO_ANSWER = "no_answer"
    """The question was not answered."""
    INCOMPLETE = "incomplete"
    """Some item of the questionnaire was not answered."""
    LATER_RESPONSE = "later_response"
    """The participant had answered the questionnaire before; the first response counts."""
    FORGOTTEN = "forgotten"
    """It went with somebody who took consent back or was erased; only that it was is known."""
    NO_SEVERITY = "no_severity"
    """The severity was not rated."""
    NOT_A_PROBLEM = "not_a_problem"
    """Everybody who met it was rated as not hindered (severity 0)."""
    ONE_RATER = "one_rater"
    """Fewer than two rated it."""
    NOT_SHARED = "not_shared"
    """It could be traced to one of too few people, so the reader is not shown it."""


class Missing(StrEnum):
    """Why a value cannot be told."""

    NOTHING = "nothing_counted"
    ONE_VALUE = "one_value"
    NO_SPREAD = "no_spread"
    ONE_CATEGORY = "one_category"
    NO_PAIRS = "no_pairs"


class Verdict(StrEnum):
    """What can be said of a change: something only where its interval spans no zero change."""

    BETTER = "better"
    WORSE = "worse"
    UNTOLD = "no_change_can_be_told"


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A confidence interval, both ends within what is possible."""

    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """How many were left out of a figure for one reason."""

    reason: Reason
    count: int


def left_out_of(counts: Mapping[Reason, int]) -> tuple[LeftOut, ...]:
    """The reasons that hold for anything, in the order of `Reason`."""
    return tuple(
        LeftOut(reason=reason, count=counts[reason]) for reason in Reason if counts.get(reason)
    )


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What every figure says. `confidence` is that of its intervals, such as 0.95."""

    n: int
    left_out: tuple[LeftOut, ...] = ()
    confidence: float
    source: str


@dataclass(frozen=True, kw_only=True)
class Proportion(Figure):
    """`count` of `n`; without n there is no rate and no interval."""

    count: int
    rate: float | None
    interval: Interval | None
    method: str


@dataclass(frozen=True, kw_only=True)
class Completion(Proportion):
    """Unassisted successes of first attempts; assisted ones are told apart.

    `outcomes` counts how the attempts ended, by name.
    """

    assisted: Proportion
    outcomes: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Mean(Figure):
    """An arithmetic mean; `missing` says why there is no interval."""

    mean: float | None
    sd: float | None
    interval: Interval | None
    missing: Missing | None


@dataclass(frozen=True, kw_only=True)
class TimeOnTask(Figure):
    """A geometric mean in seconds; `missing` says why there is no interval."""

    geometric_mean_s: float | None
    interval_s: Interval | None
    missing: Missing | None


@dataclass(frozen=True, kw_only=True)
class Sus(Mean):
    """A SUS mean, 0 to 100, with its grade and the grades of both ends of its interval."""

    grade: str | None
    grade_low: str | None
    grade_high: str | None


@dataclass(frozen=True, kw_only=True)
class UmuxLite(Mean):
    """A UMUX-Lite mean, 0 to 100, and what it stands for on the scale of SUS."""

    sus_equivalent: float | None
    sus_equivalent_interval: Interval | None
    grade: str | None


@dataclass(frozen=True, kw_only=True)
class NasaTlx(Mean):
    """Raw NASA-TLX, 0 to 100. `weighted` is of those who weighed; `scales` are raw means."""

    weighted: Mean
    scales: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class ProblemFigure:
    """One problem: who met it of those exposed, and how hard it hit each of them.

    Severities are impacts on participants, 0 to 4, one for each: the worst that they met.
    """

    problem: str
    label: str
    rank: int
    met: Proportion
    worst_severity: int | None
    mean_severity: float | None
    severities: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class ProblemCell:
    """How many problems have this worst severity (None: unrated) and were met by so many."""

    severity: int | None
    participants: int
    problems: int


@dataclass(frozen=True, kw_only=True)
class Problems(Figure):
    """Problems, the first to mend first, and their table of frequency × severity.

    `n` is the participants who were exposed to any.
    """

    problems: tuple[ProblemFigure, ...]
    table: tuple[ProblemCell, ...]


@dataclass(frozen=True, kw_only=True)
class Discovery(Figure):
    """How much of what there is to find `n` participants have shown.

    `p` is the share of participants who meet an average problem as it was seen, `p_adjusted` as it
    is to be expected. `users_needed` is how many show the share `goal`.
    """

    problems: int
    seen_once: int
    p: float | None
    good_turing: float | None
    deflated: float | None
    p_adjusted: float | None
    found: float | None
    unseen: float | None
    goal: float
    users_needed: int | None
    missing: Missing | None


@dataclass(frozen=True, kw_only=True)
class Kappa(Figure):
    """Cohen's kappa of two raters over `n` units that both rated."""

    kappa: float | None
    interval: Interval | None
    observed: float | None
    expected: float | None
    missing: Missing | None


@dataclass(frozen=True, kw_only=True)
class Alpha(Figure):
    """Krippendorff's alpha over `n` units with two ratings or more; it has no simple interval."""

    alpha: float | None
    level: str
    raters: int
    values: int
    missing: Missing | None


@dataclass(frozen=True, kw_only=True)
class Change(Figure):
    """What became of one figure from a build to a later one; `n` is both sides together.

    `change` is `after - before` (`is_ratio`: `after / before`), in the figure's own unit.
    `p_value` is of the test that `test` names.
    """

    n_before: int
    n_after: int
    before: float | None
    after: float | None
    change: float | None
    is_ratio: bool
    interval: Interval | None
    test: str
    statistic: float | None
    p_value: float | None
    verdict: Verdict
    missing: Missing | None
