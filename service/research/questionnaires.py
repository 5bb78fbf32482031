"""Questionnaires: which there are, what an answer to each may be, and the answers given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import select
from sqlmodel.sql.expression import SelectOfScalar

from service.access import Permission, Work, record
from service.errors import FieldError, Malformed, NotFound
from service.research.sessions import find_session, find_sitting
from service.research.studies import UNREACHABLE, task_numbers
from service.research.tables import QuestionnaireResponse
from service.research.wall import require_consent_to_notes


class Instrument(StrEnum):
    SUS = "sus"
    UMUX_LITE = "umux-lite"
    SEQ = "seq"
    NASA_TLX = "nasa-tlx"


@dataclass(frozen=True, kw_only=True)
class Form:
    """How many items a questionnaire has, what each may be, and whether it is about one task.

    `is_of_steps`: there is nothing between one answer and the next.
    """

    items: int
    lowest: int
    highest: int
    is_of_task: bool = False
    is_of_steps: bool = True


FORMS = {
    Instrument.SUS: Form(items=10, lowest=1, highest=5),
    Instrument.UMUX_LITE: Form(items=2, lowest=1, highest=7),
    Instrument.SEQ: Form(items=1, lowest=1, highest=7, is_of_task=True),
    Instrument.NASA_TLX: Form(items=6, lowest=0, highest=100, is_of_steps=False),
}
"""SUS: Brooke (1996). UMUX-Lite: Lewis, Utesch and Maher (2013). SEQ: Sauro and Dumas (2009).
NASA-TLX: Hart and Staveland (1988), the six scales from 0 to 100."""
_PAIRS = 15


def add_response(
    work: Work,
    session_id: str,
    *,
    instrument: Instrument,
    items: Sequence[float | None],
    task: int | None = None,
    weights: Sequence[int] | None = None,
    language: str | None = None,
    answered_at: datetime | None = None,
) -> QuestionnaireResponse:
    """What the participant of a session answered. An item that was left out is None.

    `weights` are how often each scale of NASA-TLX was chosen in the fifteen pairs. Raises
    `NotFound`, `NotAllowed`, `Conflict` (no consent to notes) and `Malformed`.
    """
    sitting = find_sitting(work, session_id, Permission.WRITE_RESEARCH, lock=True)
    require_consent_to_notes(sitting.consent)
    tasks = task_numbers(work.session, sitting.study.id)
    errors = _wrong_items(instrument, items) + _wrong_weights(instrument, weights)
    if task is not None and task not in tasks:
        errors.append(FieldError(pointer="/task", detail="The study has no task of this number."))
    if task is None and FORMS[instrument].is_of_task:
        errors.append(FieldError(pointer="/task", detail=f"Say which task {instrument} is about."))
    if errors:
        raise Malformed("The answers cannot be kept; see `errors`.", errors=tuple(errors))
    response = QuestionnaireResponse(
        session_id=sitting.session.id,
        participant_id=sitting.participant.id,
        task_id=tasks[task].id if task is not None else None,
        instrument=instrument,
        items=list(items),
        weights=None if weights is None else list(weights),
        language=language,
        answered_at=answered_at or work.now,
    )
    work.session.add(response)
    work.session.flush()
    record(
        work,
        "questionnaire answered",
        subject="session",
        subject_id=sitting.session.id,
        project_id=sitting.project.id,
        instrument=instrument,
    )
    return response


def find_response(work: Work, response_id: str, permission: Permission) -> QuestionnaireResponse:
    """Raises `NotFound` and `NotAllowed`."""
    response = work.session.get(QuestionnaireResponse, response_id)
    if response is None:
        raise NotFound(UNREACHABLE)
    find_session(work, response.session_id, permission)
    return response


def list_responses(work: Work, session_id: str) -> SelectOfScalar[QuestionnaireResponse]:
    """The answers given in a session. Raises `NotFound` and `NotAllowed`."""
    session = find_session(work, session_id, Permission.READ_RESEARCH)
    return select(QuestionnaireResponse).where(QuestionnaireResponse.session_id == session.id)


def remove_response(work: Work, response_id: str) -> None:
    """Take back answers that were typed wrongly. Raises `NotFound` and `NotAllowed`."""
    response = find_response(work, response_id, Permission.WRITE_RESEARCH)
    sitting = find_sitting(work, response.session_id, Permission.WRITE_RESEARCH, lock=True)
    work.session.delete(response)
    record(
        work,
        "questionnaire removed",
        subject="session",
        subject_id=sitting.session.id,
        project_id=sitting.project.id,
        instrument=response.instrument,
    )


def _wrong_items(instrument: Instrument, items: Sequence[float | None]) -> list[FieldError]:
    form = FORMS[instrument]
    if len(items) != form.items:
        number = f"{form.items} item" + ("s" if form.items > 1 else "")
        detail = f"{instrument} has {number}; send null for one that was left out."
        return [FieldError(pointer="/items", detail=detail)]
    return [
        FieldError(pointer=f"/items/{n}", detail=f"From {form.lowest} to {form.highest}.")
        for n, item in enumerate(items)
        if item is not None and not form.lowest <= item <= form.highest
    ] or [
        FieldError(pointer=f"/items/{n}", detail="A whole number.")
        for n, item in enumerate(items)
        if item is not None and form.is_of_steps and item != int(item)
    ]


def _wrong_weights(instrument: Instrument, weights: Sequence[int] | None) -> list[FieldError]:
    if weights is None:
        return []
    if instrument is not Instrument.NASA_TLX:
        return [FieldError(pointer="/weights", detail="Only nasa-tlx has weights.")]
    fits = len(weights) == FORMS[instrument].items and all(0 <= each <= 5 for each in weights)
    if fits and sum(weights) == _PAIRS:
        return []
    return [FieldError(pointer="/weights", detail="Six numbers from 0 to 5 that sum to 15.")]
