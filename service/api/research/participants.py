"""`/participants`: pseudonyms, what they use, what they agreed to."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic.config import JsonDict

from service.access import Permission
from service.api.deps import CurrentWork
from service.api.idempotency import Idempotent
from service.api.paging import PageOf, PageParameters, paginate
from service.api.problem import problems
from service.api.research.consent_models import CONSENT, ConsentAnswer, ConsentBody, Told
from service.api.research.values import ParticipantId, StudyId, Word
from service.api.values import Answer, Body, Time
from service.research import participants
from service.research.consent import ConsentGiven
from service.research.participants import ParticipantRecord
from service.research.tables import Participant
from service.research.technology import CLASSES, Technology, technology_class, technology_named

router = APIRouter()

_TECHNOLOGY: JsonDict = {
    "class": "screen-reader",
    "product": "NVDA",
    "version": "2026.2",
    "skill": "expert",
}
_PARTICIPANT: JsonDict = {
    "pseudonym": "P03",
    "segment": "screen reader users",
    "technology": _TECHNOLOGY,
    "roles": ["user", "payer"],
    "relation": "present",
    "prior_use": "monthly for two years",
    "consent": CONSENT,
}
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


Skill = Literal["novice", "intermediate", "expert"]
Role = Literal["buyer", "payer", "user"]
Relation = Literal["present", "potential"]


def _class(name: str) -> str:
    if not (spelled := technology_class(name)):
        raise ValueError("name a class of technology, or `none`")
    return spelled


class TechnologyUsed(Body):
    """One thing that a participant uses."""

    model_config = ConfigDict(json_schema_extra={"examples": [_TECHNOLOGY]})

    technology_class: Annotated[str, Field(max_length=64), AfterValidator(_class)] = Field(
        validation_alias=AliasChoices("class", "type"),
        description="What people are counted by (`type` says the same), written in kebab-case: "
        f"{', '.join(CLASSES)}, or another.",
    )
    product: Short = ""
    version: Short = ""
    skill: Skill | None = Field(default=None, description="How well they know it.")


class NewParticipant(Body):
    """A pseudonym and a segment; never a name."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PARTICIPANT]})

    pseudonym: Word
    segment: Short = ""
    roles: list[Role] = Field(
        default_factory=list, max_length=3, description="Their place in the chain of customers."
    )
    relation: Relation | None = Field(
        default=None, description="A customer at present, or one who may become it."
    )
    prior_use: Short = Field(default="", description="How they used the service before.")
    technology: TechnologyUsed | list[TechnologyUsed] | Told | None = Field(
        default=None,
        description="One, several, or plain words such as `NVDA/Firefox`: these get the class of a "
        "well known product, else `other`. Null: not stated, which is not the class `none`.",
    )
    consent: ConsentBody | None = None

    def technologies(self) -> tuple[Technology, ...]:
        """What is used, whichever way it was told."""
        if self.technology is None:
            return ()
        if isinstance(self.technology, str):
            return (technology_named(self.technology),)
        told = self.technology if isinstance(self.technology, list) else [self.technology]
        return tuple(Technology(**each.model_dump()) for each in told)

    def consent_given(self) -> ConsentGiven | None:
        """What was agreed to, if anything was asked."""
        return self.consent.to_consent() if self.consent else None


class TechnologyAnswer(Answer):
    """One thing that a participant uses."""

    technology_class: str = Field(serialization_alias="class")
    product: str
    version: str
    skill: str | None


class ParticipantAnswer(BaseModel):
    """A pseudonym, a segment, what they use and what they agreed to."""

    id: str
    study_id: str
    pseudonym: str
    segment: str
    roles: list[str]
    relation: str | None
    prior_use: str
    technology: list[TechnologyAnswer]
    consent: ConsentAnswer | None
    created_at: Time

    @classmethod
    def of(cls, known: ParticipantRecord) -> "ParticipantAnswer":
        return cls(
            **known.participant.model_dump(),
            technology=[TechnologyAnswer.model_validate(each) for each in known.technology],
            consent=ConsentAnswer.of(known.consent) if known.consent else None,
        )


@router.post(
    "/studies/{study_id}/participants",
    status_code=201,
    operation_id="add_participant",
    summary="Add a participant to a study",
    responses=problems(401, 403, 404, 409, 413, 422),
)
def add_participant(
    study_id: StudyId,
    body: NewParticipant,
    work: CurrentWork,
    response: Response,
    idempotent: Idempotent,
) -> ParticipantAnswer:
    """The pseudonym is unique in the study (409). Without consent to notes, notes are refused."""
    if made := idempotent.made():
        known = participants.find_participant(work, made, Permission.WRITE_RESEARCH)
    else:
        known = participants.add_participant(
            work,
            study_id,
            pseudonym=body.pseudonym,
            segment=body.segment,
            roles=body.roles,
            relation=body.relation,
            prior_use=body.prior_use,
            technology=body.technologies(),
            consent=body.consent_given(),
        )
        idempotent.remember(known.participant.id)
    response.headers["Location"] = f"/api/v1/participants/{known.participant.id}"
    return ParticipantAnswer.of(known)


@router.get(
    "/studies/{study_id}/participants",
    operation_id="list_participants",
    summary="List a study's participants",
    responses=problems(401, 403, 404, 422),
)
def list_participants(
    study_id: StudyId, work: CurrentWork, page: PageParameters
) -> PageOf[ParticipantAnswer]:
    """In the order in which they were added."""
    rows = paginate(
        work.session,
        participants.list_participants(work, study_id),
        page,
        lambda row: row,
        key=Participant.id,
    )
    known = participants.records_of(work.session, rows.items)
    return PageOf(items=[ParticipantAnswer.of(each) for each in known], next=rows.next)


@router.get(
    "/participants/{participant_id}",
    operation_id="read_participant",
    summary="Read a participant",
    responses=problems(401, 403, 404, 422),
)
def read_participant(participant_id: ParticipantId, work: CurrentWork) -> ParticipantAnswer:
    return ParticipantAnswer.of(
        participants.find_participant(work, participant_id, Permission.READ_RESEARCH)
    )


@router.post(
    "/participants/{participant_id}/consent",
    status_code=201,
    operation_id="give_consent",
    summary="Note consent that a participant gives anew",
    responses=problems(401, 403, 404, 409, 413, 422),
)
def give_consent(
    participant_id: ParticipantId, body: ConsentBody, work: CurrentWork, idempotent: Idempotent
) -> ParticipantAnswer:
    """It replaces what was agreed to before; what a withdrawal removed does not come back.

    Consent that was given before a withdrawal or another consent, and entered after it, is refused
    (422) as far as it holds what was taken back or is left out there.
    """
    if made := idempotent.made():
        known = participants.find_participant(work, made, Permission.WRITE_RESEARCH)
    else:
        known = participants.consent_anew(work, participant_id, body.to_consent())
        idempotent.remember(known.participant.id)
    return ParticipantAnswer.of(known)
