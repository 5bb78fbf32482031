"""What people may ask for: what is held on them, taking consent or one line back, being erased."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.encoders import jsonable_encoder
from pydantic import ConfigDict, Field, StringConstraints

from service import barriers
from service.access.vault import Contact, Vault
from service.api.deps import CurrentWork
from service.api.idempotency import Idempotent
from service.api.paging import PageOf, PageParameters, paginate
from service.api.problem import problems
from service.api.research.consent_models import Told
from service.api.research.values import ObservationId, ParticipantId, StudyId
from service.api.values import Answer, Body, Time
from service.research import contacts, held
from service.research.consent import Agreement
from service.research.redacting_a_line import Reason
from service.research.studies import find_tombstone, list_tombstones
from service.research.tables import Tombstone

router = APIRouter()

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


async def open_vault(request: Request) -> Vault:
    """The vault of this process."""
    vault: Vault = request.app.state.vault
    return vault


CurrentVault = Annotated[Vault, Depends(open_vault)]


class Withdrawal(Body):
    """What a participant takes back, and how they said so."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"agreements": ["quotes"], "channel": "phone"}]}
    )

    agreements: list[Agreement] | None = Field(
        default=None, min_length=1, description="Left out: everything."
    )
    channel: Told


class Redaction(Body):
    """Why one line is not to be kept."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "asked"}]})

    reason: Reason = Field(
        description="`asked`: somebody of the session asked for it; `names-somebody`; "
        "`by-mistake`: noted in the wrong session, or without leave."
    )
    keep_codes: bool = Field(
        default=False,
        strict=True,
        description="Only the words go; code, severity, tags, task, page, time and links stay.",
    )


class TombstoneAnswer(Answer):
    """That something was forgotten, and how many rows of each kind went. It names nobody."""

    id: str
    study_id: str
    cause: str = Field(description="`withdrawal`, `erasure`, `expiry` or `redaction`.")
    permissions: list[str]
    removed: dict[str, int]
    made_by: str
    made_at: Time


class ContactBody(Body):
    """Who a participant is. It is sealed before it is stored."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Maija Meikäläinen", "email": "m@example.fi"}]}
    )

    name: Short = ""
    email: Short = ""
    phone: Short = ""
    remark: Short = ""


@router.post(
    "/participants/{participant_id}/withdrawals",
    status_code=201,
    operation_id="withdraw_consent",
    summary="Take consent back, in part or whole",
    responses=problems(401, 403, 404, 409, 413, 422),
)
def withdraw_consent(
    participant_id: ParticipantId,
    body: Withdrawal,
    work: CurrentWork,
    idempotent: Idempotent,
) -> TombstoneAnswer:
    """What it covered is removed at once: notes, imports, questionnaires and links with `notes`,
    quoted words with `quotes`, where recordings are with `audio` and `video`, names with
    `contact`. Counts that tell nobody stay. 409 when nothing of it is agreed to now.
    """
    if made := idempotent.made():
        tombstone = find_tombstone(work, made)
    else:
        agreements = list(Agreement) if body.agreements is None else body.agreements
        tombstone = barriers.withdraw_consent(work, participant_id, agreements, body.channel)
        idempotent.remember(tombstone.id)
    return TombstoneAnswer.model_validate(tombstone)


@router.delete(
    "/participants/{participant_id}",
    operation_id="erase_participant",
    summary="Erase a participant",
    responses=problems(401, 403, 404, 422),
)
def erase_participant(participant_id: ParticipantId, work: CurrentWork) -> TombstoneAnswer:
    """Everything that is held on them goes. Counts that tell nobody stay."""
    return TombstoneAnswer.model_validate(barriers.erase_participant(work, participant_id))


@router.post(
    "/observations/{observation_id}/redaction",
    status_code=201,
    operation_id="redact_observation",
    summary="Take one line out",
    responses=problems(401, 403, 404, 409, 413, 422),
)
def redact_observation(
    observation_id: ObservationId, body: Redaction, work: CurrentWork, idempotent: Idempotent
) -> TombstoneAnswer:
    """What was typed and every version of it go for good, from the titles of barriers as well;
    who follows the session is told. A line about a task or a header can only lose its words (409).
    """
    if made := idempotent.made():
        tombstone = find_tombstone(work, made)
    else:
        tombstone = barriers.redact_observation(
            work, observation_id, body.reason, keeps_codes=body.keep_codes
        )
        idempotent.remember(tombstone.id)
    return TombstoneAnswer.model_validate(tombstone)


@router.get(
    "/participants/{participant_id}/export",
    operation_id="export_participant",
    summary="Everything that is held on a participant",
    responses=problems(401, 403, 404, 422, 503),
)
def export_participant(
    participant_id: ParticipantId, work: CurrentWork, vault: CurrentVault
) -> dict[str, Any]:
    """For the participant to have. Raw entries are in base64, since they are kept byte for byte."""
    found = held.read_held(work, vault, participant_id)
    ids = [each["id"] for each in found["observations"]]
    found["links"] = barriers.links_of(work.session, ids)
    answer: dict[str, Any] = jsonable_encoder(found)
    return answer


@router.put(
    "/participants/{participant_id}/contact",
    status_code=204,
    operation_id="keep_contact",
    summary="Keep who a participant is",
    responses=problems(401, 403, 404, 409, 413, 422, 503),
)
def keep_contact(
    participant_id: ParticipantId, body: ContactBody, work: CurrentWork, vault: CurrentVault
) -> None:
    """Without consent to contact: 409."""
    contacts.keep_contact(work, vault, participant_id, Contact(**body.model_dump()))


@router.get(
    "/participants/{participant_id}/contact",
    operation_id="read_contact",
    summary="Read who a participant is",
    responses=problems(401, 403, 404, 422, 503),
)
def read_contact(
    participant_id: ParticipantId, work: CurrentWork, vault: CurrentVault, response: Response
) -> ContactBody:
    """Each reading stands in the audit trail."""
    response.headers["Cache-Control"] = "no-store"
    return ContactBody(**vars(contacts.read_contact(work, vault, participant_id)))


@router.delete(
    "/participants/{participant_id}/contact",
    status_code=204,
    operation_id="forget_contact",
    summary="Forget who a participant is",
    responses=problems(401, 403, 404, 422),
)
def forget_contact(participant_id: ParticipantId, work: CurrentWork) -> None:
    """Consent to contact stays as it is."""
    contacts.forget_contact(work, participant_id)


@router.get(
    "/studies/{study_id}/tombstones",
    operation_id="list_tombstones",
    summary="What was forgotten in a study",
    responses=problems(401, 403, 404, 422),
)
def list_forgotten(
    study_id: StudyId,
    work: CurrentWork,
    page: PageParameters,
) -> PageOf[TombstoneAnswer]:
    """Oldest first."""
    return paginate(
        work.session,
        list_tombstones(work, study_id),
        page,
        TombstoneAnswer.model_validate,
        key=Tombstone.id,
    )
