"""What a study's results are."""

from dataclasses import dataclass
from typing import Literal

from service.research.measures.figures import (
    Alpha,
    Change,
    Completion,
    Discovery,
    Kappa,
    Mean,
    NasaTlx,
    Problems,
    Sus,
    TimeOnTask,
    UmuxLite,
)

GroupKind = Literal["all", "segment", "technology"]
NOT_STATED = "not-stated"
"""The technology class of those of whom none is known; `none` are those who use none."""


@dataclass(frozen=True, kw_only=True)
class Suppressed:
    """Why figures are not shown: `too_few` people, or they would give those of too few away."""

    reason: Literal["too_few", "gives_others_away"]
    detail: str


TOO_FEW = Suppressed(
    reason="too_few",
    detail="Figures of so few people could be traced to one of them, so they are not shared.",
)
GIVES_AWAY = Suppressed(
    reason="gives_others_away",
    detail="With these figures, those of a group that is too small could be worked out.",
)


@dataclass(frozen=True, kw_only=True)
class Questionnaires:
    """What was answered; null where nobody was asked."""

    suppressed: Suppressed | None = None
    sus: Sus | None = None
    umux_lite: UmuxLite | None = None
    nasa_tlx: NasaTlx | None = None


@dataclass(frozen=True, kw_only=True)
class TaskMeasures:
    """One task. `forgotten` attempts are of erased participants; only how they ended is known."""

    task: int
    title: str
    suppressed: Suppressed | None = None
    completion: Completion | None = None
    time_on_task: TimeOnTask | None = None
    seq: Mean | None = None
    questionnaires: Questionnaires | None = None
    forgotten: int = 0


@dataclass(frozen=True, kw_only=True)
class GroupMeasures:
    """Everybody, one segment or one class of technology.

    `participants` have tried a task, been observed or answered. Whoever uses several classes of
    technology is in several groups.
    """

    kind: GroupKind
    name: str
    suppressed: Suppressed | None = None
    participants: int | None = None
    tasks: tuple[TaskMeasures, ...] = ()
    questionnaires: Questionnaires | None = None
    problems: Problems | None = None
    discovery: Discovery | None = None


@dataclass(frozen=True, kw_only=True)
class TaskChange:
    """What became of one task."""

    task: int
    title: str
    suppressed: Suppressed | None = None
    completion: Change | None = None
    time_on_task: Change | None = None


@dataclass(frozen=True, kw_only=True)
class GroupChange:
    """What became of a group's figures. `in_both` tried both builds, which the tests cannot know:

    they take both sides for different people, and are too careful where they are the same.
    """

    kind: GroupKind
    name: str
    suppressed: Suppressed | None = None
    in_both: int | None = None
    tasks: tuple[TaskChange, ...] = ()
    sus_suppressed: Suppressed | None = None
    sus: Change | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The change from one build to another, by group."""

    before: str
    after: str
    groups: tuple[GroupChange, ...]


@dataclass(frozen=True, kw_only=True)
class PairAgreement:
    """How far two observers noted the same problems of the same participants."""

    observers: tuple[str, str]
    noted: Kappa


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far observers agree. A unit is one participant and one problem they could have met.

    `noted`: whether the observer noted it (nominal), told by those who took notes of that
    participant. `severity`: how severe (ordinal), by those who noted and rated it.
    """

    observers: tuple[str, ...]
    noted: Alpha
    severity: Alpha
    pairs: tuple[PairAgreement, ...]


@dataclass(frozen=True, kw_only=True)
class StudyMeasures:
    """A study's figures: of all, of each segment, of each class of technology.

    `builds` are those that sessions were held on. `threshold`: to readers who do not work on the
    study, groups of fewer people are not shown.
    """

    study_id: str
    build: str | None
    builds: tuple[str, ...]
    threshold: int
    groups: tuple[GroupMeasures, ...]
    observer_agreement: Agreement
    comparison: Comparison | None = None
