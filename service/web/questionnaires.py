"""What a participant answered to questionnaires, typed in from paper or by ear."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from sqlmodel import col
from starlette.responses import RedirectResponse

from service.access import Permission, Work
from service.errors import Conflict, FieldError, Malformed, NotFound, ServiceError
from service.research import questionnaires
from service.research.consent import Agreement
from service.research.questionnaires import FORMS, Form, Instrument
from service.research.studies import task_numbers
from service.research.tables import QuestionnaireResponse
from service.web.deps import FormFields, PageWork
from service.web.fields import Fields, needed, wrong
from service.web.render import render
from service.web.studies import Id, Slug, back_to, live_address, sitting_of_study, study_of_project

router = APIRouter(include_in_schema=False)

NAMES = {
    Instrument.SUS: "SUS",
    Instrument.UMUX_LITE: "UMUX-Lite",
    Instrument.SEQ: "SEQ",
    Instrument.NASA_TLX: "NASA-TLX",
}
_LEFT_OUT = {"-", "–", "—"}
_HERE = "/projects/{slug}/studies/{study_id}/sessions/{session_id}/questionnaires"
ResponseId = Annotated[str, Path(max_length=64)]


@router.get(_HERE)
def questionnaires_page(
    request: Request, work: PageWork, slug: Slug, study_id: Id, session_id: Id
) -> Response:
    """The answers of a session, and a form for more."""
    return _page(request, work, slug, study_id, session_id)


@router.post(_HERE)
def add_answers(
    request: Request, work: PageWork, slug: Slug, study_id: Id, session_id: Id, form: FormFields
) -> Response:
    """Keep the answers to one questionnaire. Those that are refused are given back."""
    study_of_project(work, slug, study_id)
    sitting = sitting_of_study(work, study_id, session_id)
    try:
        # What a refused operation had begun is taken back; the page is still read in between.
        with work.session.begin_nested():
            _add(work, session_id, form)
    except Malformed as refusal:
        return _page(request, work, slug, study_id, session_id, refusal, form)
    except Conflict as refusal:
        # Its slug names a field of the page that takes notes.
        plain = Conflict(refusal.detail)
        return _page(request, work, slug, study_id, session_id, plain, form)
    here = f"{live_address(slug, sitting.session)}/questionnaires"
    return RedirectResponse(here, status_code=303)


@router.get(_HERE + "/{response_id}/removal")
def answers_of_form(
    request: Request, slug: Slug, study_id: Id, session_id: Id, response_id: ResponseId
) -> Response:
    """What was removed is not there: loaded anew at the form's address, it leads to the list."""
    del response_id
    here = f"/projects/{slug}/studies/{study_id}/sessions/{session_id}/questionnaires"
    return back_to(request, here)


@router.post(_HERE + "/{response_id}/removal")
def remove_answers(
    work: PageWork, slug: Slug, study_id: Id, session_id: Id, response_id: ResponseId
) -> Response:
    """Take back answers that were typed wrongly."""
    study_of_project(work, slug, study_id)
    sitting = sitting_of_study(work, study_id, session_id)
    found = questionnaires.find_response(work, response_id, Permission.WRITE_RESEARCH)
    if found.session_id != sitting.session.id:
        raise NotFound("There are no answers with this id in this session.")
    questionnaires.remove_response(work, response_id)
    here = f"{live_address(slug, sitting.session)}/questionnaires"
    return RedirectResponse(here, status_code=303)


def _add(work: Work, session_id: str, form: Fields) -> None:
    try:
        instrument = Instrument(form.get("instrument", ""))
    except ValueError:
        raise wrong("instrument", "This is needed.") from None
    task = form.get("task", "").strip()
    if task and not task.isdecimal():
        raise wrong("task", "Choose the task that the answers are about.")
    items = _answers(needed(form, "answers"))
    number = int(task) if task else None
    try:
        questionnaires.add_response(
            work, session_id, instrument=instrument, items=items, task=number
        )
    except Malformed as refusal:
        errors = tuple(_on_page(each, FORMS[instrument]) for each in refusal.errors)
        raise Malformed("The form is not complete.", errors=errors) from refusal


def _answers(told: str) -> list[float | None]:
    """The numbers in their order; None for one that was left out. Raises `Malformed`."""
    try:
        return [None if each in _LEFT_OUT else float(each) for each in told.split()]
    except ValueError:
        raise wrong(
            "answers", "Use numbers with spaces between them, in the order of the form."
        ) from None


def _on_page(error: FieldError, form: Form) -> FieldError:
    """What is wrong with an item, of the one field that has them all."""
    if error.pointer == "/task":
        detail = "Choose the task that the answers are about."
        return FieldError(pointer=error.pointer, detail=detail)
    place = error.pointer.removeprefix("/items").removeprefix("/")
    if not place:
        detail = f"Give as many answers as there are: {form.items}. Write – for one left out."
    elif form.is_of_steps:
        detail = f"Answer {int(place) + 1}: a whole number from {form.lowest} to {form.highest}."
    else:
        detail = f"Answer {int(place) + 1}: a number from {form.lowest} to {form.highest}."
    return FieldError(pointer="/answers", detail=detail)


def _page(
    request: Request,
    work: Work,
    slug: str,
    study_id: str,
    session_id: str,
    refusal: ServiceError | None = None,
    form: Fields | None = None,
) -> Response:
    project, study = study_of_project(work, slug, study_id)
    sitting = sitting_of_study(work, study_id, session_id)
    listed = questionnaires.list_responses(work, session_id)
    given = work.session.exec(
        listed.order_by(col(QuestionnaireResponse.answered_at), col(QuestionnaireResponse.id))
    ).all()
    tasks = dict(sorted(task_numbers(work.session, study.id).items()))
    return render(
        request,
        "questionnaires.html",
        status_code=refusal.status if refusal else 200,
        actor=work.actor,
        project=project,
        study=study,
        session=sitting.session,
        participant=sitting.participant,
        address=f"{live_address(slug, sitting.session)}/questionnaires",
        forms={each: (NAMES[each], FORMS[each]) for each in Instrument},
        given=given,
        tasks=tasks,
        numbers={task.id: number for number, task in tasks.items()},
        may_write=work.actor.may(Permission.WRITE_RESEARCH),
        may_note=sitting.consent is not None and sitting.consent.covers(Agreement.NOTES),
        refusal=refusal,
        form=form or {},
    )
