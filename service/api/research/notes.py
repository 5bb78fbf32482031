"""`/sessions/{id}/notes`: notes as text in the note grammar, or observations as JSON."""

import json
from collections import Counter
from dataclasses import dataclass
from email.message import Message
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from service import barriers
from service.access import Work
from service.api.deps import ShortWork
from service.api.idempotency import KeyOfRequest
from service.api.problem import problems
from service.api.research.observation_models import (
    EXAMPLE,
    NewObservation,
    NewObservations,
    ObservationAnswer,
)
from service.api.research.privacy import CurrentVault
from service.api.research.values import SessionId, WarningAnswer
from service.api.values import Time
from service.errors import FieldError, Malformed
from service.research import personal, submissions
from service.research.observations import ObservationRecord, task_number_of
from service.research.submissions import Arrival, Submitted, Warn

router = APIRouter()

_GRAMMAR_EXAMPLE = """\
# S-014 P03 obs=MK at="NVDA/Firefox" build=1.4.2
@https://astia.example/haku
T2 >
02:15 X !3 "En löydä hakunappia" #haku =#search-button ^2.4.7
05:10 T2 = assisted SEQ 3
"""
_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "text/plain": {
            "schema": {"type": "string", "description": "Lines of the note grammar, in UTF-8."},
            "example": _GRAMMAR_EXAMPLE,
        },
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["observations"],
                "additionalProperties": False,
                "properties": {
                    "observations": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 10_000,
                        "items": NewObservation.model_json_schema(),
                    }
                },
            },
            "example": {"observations": [EXAMPLE]},
        },
    },
}


@dataclass(frozen=True, kw_only=True)
class NotesBody:
    """A body as it came, with what its `Content-Type` says of it."""

    media_type: str
    charset: str
    content: bytes


async def _notes_body(request: Request) -> NotesBody:
    told = Message()
    told["Content-Type"] = request.headers.get("content-type", "")
    return NotesBody(
        media_type=told.get_content_type() if told["Content-Type"] else "",
        charset=str(told.get_param("charset") or "utf-8").lower(),
        content=await request.body(),
    )


async def _arrival(
    key: KeyOfRequest,
    live: Annotated[
        bool,
        Query(
            description="Lines without a time happened when they were noted. Otherwise they get "
            "the time above them, flagged as inherited."
        ),
    ] = False,
    noted_at: Annotated[
        Time | None,
        Query(description="When live notes were typed, if they waited; left out: on arrival."),
    ] = None,
    observer: Annotated[
        str | None,
        Query(min_length=1, max_length=64, description="Who noted it; left out: the token."),
    ] = None,
) -> Arrival:
    return Arrival(live=live, noted_at=noted_at, observer=observer, key=key.key)


class NotesAnswer(BaseModel):
    """What was made of a submission."""

    submission_id: str
    session_id: str
    observations: list[ObservationAnswer]
    stored: dict[str, int] = Field(
        description="How many entries were stored, by kind: every line is kept.",
        examples=[{"header": 1, "page": 1, "task_start": 1, "observation": 4, "task_end": 1}],
    )
    warnings: list[WarningAnswer]

    @classmethod
    def of(cls, submitted: Submitted, tasks: dict[str, int]) -> "NotesAnswer":
        return cls(
            submission_id=submitted.submission.id,
            session_id=submitted.submission.session_id,
            observations=[
                ObservationAnswer.of(
                    ObservationRecord(observation=made, readings=(reading,)), tasks
                )
                for made, reading in submitted.entries
                if made.kind == "observation" and reading is not None
            ],
            stored=dict(Counter(made.kind for made, _ in submitted.entries)),
            warnings=[WarningAnswer.model_validate(each) for each in submitted.submission.warnings],
        )


@router.post(
    "/sessions/{session_id}/notes",
    status_code=201,
    operation_id="add_notes",
    summary="Add notes to a session, live or afterwards",
    responses=problems(401, 403, 404, 409, 413, 422),
    openapi_extra={"requestBody": _BODY},
)
async def add_notes(
    request: Request,
    session_id: SessionId,
    short_work: ShortWork,
    body: Annotated[NotesBody, Depends(_notes_body)],
    key: KeyOfRequest,
    vault: CurrentVault,
    arrival: Annotated[Arrival, Depends(_arrival)],
) -> NotesAnswer:
    """All of it is stored, or nothing; no line of text is rejected, each is kept byte for byte.

    The running task, the page and the problems of earlier submissions are in force for this one.
    409 without living consent to notes (`consent-missing`), for quoted words without consent to
    quotes, and for a header that names another session, participant or build. What looks like
    personal data is a warning (`personal-data`) that names the place.
    """

    def add(work: Work) -> tuple[Submitted, dict[str, int]]:
        idempotent = key.within(work)
        if made := idempotent.made() or _made_long_ago(work, session_id, arrival):
            submitted = submissions.find_submission(work, made)
        else:
            warn = partial(personal.warn_of_personal, work, vault)
            submitted = _append(work, session_id, body, arrival, warn)
            barriers.verify_after(work, submitted)
            idempotent.remember(submitted.submission.id)
        return submitted, tasks_of(work, submitted)

    # Many write at once beside a scan: what comes at the same time is stored together.
    submitted, tasks = await run_in_threadpool(short_work.together, add)
    request.app.state.feeds.wake(session_id)
    if arrival.live:
        request.app.state.live_now.noted()
    return NotesAnswer.of(submitted, tasks)


def tasks_of(work: Work, submitted: Submitted) -> dict[str, int]:
    """The numbers of the tasks that a submission names, for `NotesAnswer.of`."""
    readings = [reading for _, reading in submitted.entries if reading is not None]
    return task_number_of(work.session, readings)


def _made_long_ago(work: Work, session_id: str, arrival: Arrival) -> str | None:
    """What this key made before other keys of its age were forgotten."""
    if arrival.key is None:
        return None
    return submissions.submission_under(work, session_id, arrival.key)


def _append(
    work: Work, session_id: str, body: NotesBody, arrival: Arrival, warn: Warn
) -> Submitted:
    if body.media_type == "application/json":
        items = [each.to_item() for each in _observations(body.content).observations]
        return submissions.append_items(work, session_id, items, arrival, warn=warn)
    if body.media_type == "text/plain" and body.charset in {"utf-8", "utf8", "us-ascii"}:
        return submissions.append_notes(work, session_id, body.content, arrival, warn=warn)
    detail = "Send `text/plain; charset=utf-8` (notes) or `application/json` (observations)."
    raise Malformed(
        "Notes of this kind cannot be read.",
        errors=(FieldError(pointer="/header/Content-Type", detail=detail),),
    )


def _observations(content: bytes) -> NewObservations:
    try:
        document = json.loads(content)
    except ValueError as error:
        wrong = FieldError(pointer="", detail=f"This is not JSON: {error}.")
        raise Malformed("The request cannot be read.", errors=(wrong,)) from error
    try:
        return NewObservations.model_validate(document)
    except ValidationError as error:
        errors = [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
        raise RequestValidationError(errors, body=document) from error
