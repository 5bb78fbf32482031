"""Bodies and answers of the ledger."""

import re
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from service import barriers
from service.api.values import Answer, Body, Time

Status = Literal["open", "suppressed", "closed"]
EvidenceKind = Literal["machine", "human", "corroborated"]
Title = Annotated[str, Field(min_length=1, max_length=300)]
Criterion = Annotated[str, Field(pattern=r"^[1-4]\.[1-9]\.[0-9]{1,2}$", examples=["2.4.7"])]
_OF_SINGLE_PEOPLE = {"severity", "task"}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BARRIER_ID = "019aa8c5f3e07b1c2d3e4f5061728394"


class NewBarrierBody(Body):
    """A barrier that people met and no check found."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"title": "Focus cannot be seen", "criteria": ["2.4.7"]}]}
    )

    title: Title
    criteria: list[Criterion] = Field(default_factory=list, max_length=20)

    def to_new(self) -> barriers.NewBarrier:
        return barriers.NewBarrier(title=self.title, criteria=tuple(self.criteria))


def _end_of_day(value: object) -> object:
    if isinstance(value, str) and _DATE.fullmatch(value):
        return f"{value}T23:59:59Z"
    return value


class SuppressionBody(Body):
    """Living with a barrier for a while: why, who answers for it, and until when."""

    reason: Annotated[str, Field(min_length=1, max_length=1000)]
    owner: Annotated[str, Field(min_length=1, max_length=200)]
    expires: Annotated[Time, BeforeValidator(_end_of_day)] = Field(
        description="A moment, or a date, which ends with its day in UTC.",
        examples=["2027-01-31", "2027-01-31T12:00:00Z"],
    )


class BarrierChange(Body):
    """Suppress a barrier, or take its suppression back with the status `open`.

    `closed` is nothing to ask for: a barrier closes when its evidence does.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "suppressed",
                    "suppression": {
                        "reason": "replaced in release 12",
                        "owner": "web team",
                        "expires": "2027-01-31",
                    },
                }
            ]
        }
    )

    status: Literal["open", "suppressed"] | None = Field(
        default=None, description="May be left out beside a suppression."
    )
    suppression: SuppressionBody | None = None

    @model_validator(mode="after")
    def fits_together(self) -> Self:
        if self.status is None and self.suppression is None:
            raise ValueError("say the status open, or a suppression {reason, owner, expires}")
        if self.status is not None and (self.status == "open") != (self.suppression is None):
            raise ValueError("the status suppressed and {reason, owner, expires} go together")
        return self


class LinkBody(Body):
    """To a barrier that is there, or to a new one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"barrier_id": _BARRIER_ID}]})

    barrier_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    new: NewBarrierBody | None = None

    @model_validator(mode="after")
    def is_one_of_two(self) -> Self:
        if (self.barrier_id is None) == (self.new is None):
            raise ValueError("give barrier_id or new, one of the two")
        return self


class LinkAnswer(Answer):
    """A person's word that an observation speaks of a barrier."""

    id: str
    barrier_id: str
    observation_id: str
    made_by: str
    made_at: Time


class SuggestionAnswer(Answer):
    """A barrier that an observation probably speaks of."""

    barrier_id: str
    score: float = Field(ge=0, le=1)
    because: list[str]
    evident: bool = Field(description="One element or rule, and nothing that contradicts it.")


class SuggestionsAnswer(Answer):
    items: list[SuggestionAnswer]
    next: None = None


class ComponentAnswer(Answer):
    """One component of a score. The score is their sum."""

    name: Literal["evidence", "severity", "participants", "task", "impact", "pages"]
    points: float
    detail: str


class IntervalAnswer(Answer):
    """95 % adjusted Wald, as a share of 1."""

    low: float
    high: float


class ShareAnswer(Answer):
    met: int
    exposed: int
    interval: IntervalAnswer | None

    @classmethod
    def of(cls, share: barriers.Share) -> Self:
        interval = share.interval
        return cls(
            met=share.met,
            exposed=share.exposed,
            interval=None
            if interval is None
            else IntervalAnswer(low=round(interval.low, 4), high=round(interval.high, 4)),
        )


class ParticipantsAnswer(ShareAnswer):
    """Distinct participants; `by_technology` only for those who may read research."""

    by_technology: dict[str, ShareAnswer] | None = None


class OnPageAnswer(Answer):
    """A page the barrier is on: instances a machine sees there now, problems people met there."""

    page_id: str
    url: str
    title: str | None
    instances: int
    observations: int


class BarrierAnswer(Answer):
    """One barrier of the ledger, with its evidence and why it ranks where it does."""

    id: str
    project_id: str
    title: str
    rule: str | None
    criteria: list[str]
    impact: Literal["minor", "moderate", "serious", "critical"] | None
    advisory: bool
    help_url: str | None
    evidence: EvidenceKind
    status: Status
    rank: int
    score: float
    because: list[ComponentAnswer]
    pages: list[OnPageAnswer]
    instances: int
    participants: ParticipantsAnswer
    worst_severity: Literal["not_a_problem", "cosmetic", "minor", "major", "catastrophe"] | None
    tasks_hit: int
    observations: int = Field(description="How many observations are linked.")
    observation_ids: list[str] | None = Field(
        description="Null for those who may not read research."
    )
    suppression: SuppressionBody | None
    machine_clean: bool
    user_verified: bool
    opened_at: Time
    closed_at: Time | None
    version: int

    @classmethod
    def of(cls, entry: barriers.Entry, *, reads_research: bool) -> Self:
        barrier, evidence, suppression = entry.barrier, entry.evidence, entry.suppression
        by_technology = None
        if reads_research:
            shares = evidence.by_technology or {}
            by_technology = {name: ShareAnswer.of(share) for name, share in shares.items()}
        return cls.model_validate(
            {
                **barrier.model_dump(),
                "title": entry.title(reads_research=reads_research),
                "status": entry.status,
                "evidence": entry.kind,
                "rank": entry.rank,
                "score": entry.score.value,
                "because": [
                    _component(each, reads_research=reads_research) for each in entry.score.because
                ],
                "pages": [OnPageAnswer.model_validate(page) for page in entry.pages],
                "instances": evidence.instances,
                "participants": ParticipantsAnswer(
                    **ShareAnswer.of(evidence.everybody).model_dump(), by_technology=by_technology
                ),
                "worst_severity": entry.worst_severity if reads_research else None,
                "tasks_hit": len(entry.tasks_hit),
                "observations": len(entry.observation_ids),
                "observation_ids": list(entry.observation_ids) if reads_research else None,
                "suppression": None
                if suppression is None
                else SuppressionBody(
                    reason=suppression.reason, owner=suppression.owner, expires=suppression.expires
                ),
            }
        )


def _component(component: barriers.Component, *, reads_research: bool) -> ComponentAnswer:
    detail = component.detail
    if not reads_research and component.points and component.name in _OF_SINGLE_PEOPLE:
        detail = "told to those who may read sessions"
    if reads_research and component.research_detail is not None:
        detail = f"{detail}; {component.research_detail}"
    return ComponentAnswer.model_validate(
        {"name": component.name, "points": component.points, "detail": detail}
    )
