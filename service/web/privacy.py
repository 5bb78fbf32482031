"""What participants may ask for, as pages: taking consent back, what is held, being erased."""

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import func, select
from starlette.responses import RedirectResponse

from service import barriers
from service.access import Permission, Work
from service.errors import Conflict, Malformed, NotFound, ServiceError
from service.projects import Project
from service.research import participants
from service.research.consent import Agreement
from service.research.participants import ParticipantRecord
from service.research.tables import ResearchSession, Study
from service.web.deps import FormFields, PageWork
from service.web.fields import Fields, needed, wrong
from service.web.render import render
from service.web.studies import Id, Slug, Told, back_to, forgotten_in, study_of_project

router = APIRouter(include_in_schema=False)

Place = tuple[Project, Study, ParticipantRecord]
_HERE = "/projects/{slug}/studies/{study_id}/participants/{participant_id}"


@router.get(_HERE)
def participant_page(
    request: Request,
    work: PageWork,
    slug: Slug,
    study_id: Id,
    participant_id: Id,
    told: Told = None,
) -> Response:
    """What is agreed to now and can be taken back; what is held, as a file; the way to erasure.

    `told` is the id of a tombstone: what was just withdrawn.
    """
    return _participant_page(request, work, slug, study_id, participant_id, told=told)


@router.get(_HERE + "/withdrawal")
def participant_of_form(request: Request, slug: Slug, study_id: Id, participant_id: Id) -> Response:
    """A refused form stands at the form's address: loaded anew there, it leads to the page."""
    return back_to(request, f"/projects/{slug}/studies/{study_id}/participants/{participant_id}")


@router.post(_HERE + "/withdrawal")
def withdraw(
    request: Request,
    work: PageWork,
    slug: Slug,
    study_id: Id,
    participant_id: Id,
    form: FormFields,
) -> Response:
    """Take back what is ticked, and tell what went."""
    _found(work, slug, study_id, participant_id)
    try:
        # What a refused operation had begun is taken back; the page is still read in between.
        with work.session.begin_nested():
            taken = [each for each in Agreement if f"takes-{each}" in form]
            if not taken:
                raise wrong("takes", "Choose at least one.")
            channel = needed(form, "told_how")
            tombstone = barriers.withdraw_consent(work, participant_id, taken, channel)
    except (Malformed, Conflict) as refusal:
        return _participant_page(request, work, slug, study_id, participant_id, refusal, form)
    here = f"/projects/{slug}/studies/{study_id}/participants/{participant_id}"
    return RedirectResponse(f"{here}?told={tombstone.id}", status_code=303)


@router.get(_HERE + "/erasure")
def erasure_page(
    request: Request, work: PageWork, slug: Slug, study_id: Id, participant_id: Id
) -> Response:
    """What goes and what stays, before anything does."""
    return _erasure_page(request, work, _found(work, slug, study_id, participant_id))


@router.post(_HERE + "/erasure")
def erase(
    request: Request,
    work: PageWork,
    slug: Slug,
    study_id: Id,
    participant_id: Id,
    form: FormFields,
) -> Response:
    """Erase the participant whose pseudonym was typed, and tell on the study's page what went."""
    place = _found(work, slug, study_id, participant_id)
    try:
        if needed(form, "pseudonym") != place[-1].participant.pseudonym:
            raise wrong("pseudonym", "This is not the participant's pseudonym.")
    except Malformed as refusal:
        return _erasure_page(request, work, place, refusal, form)
    tombstone = barriers.erase_participant(work, participant_id)
    return RedirectResponse(
        f"/projects/{slug}/studies/{study_id}?told={tombstone.id}", status_code=303
    )


def _found(work: Work, slug: str, study_id: str, participant_id: str) -> Place:
    """Raises `NotFound` (also for one of another study) and `NotAllowed`."""
    project, study = study_of_project(work, slug, study_id)
    found = participants.find_participant(work, participant_id, Permission.WRITE_RESEARCH)
    if found.participant.study_id != study.id:
        raise NotFound("There is no participant with this id in this study.")
    return project, study, found


def _participant_page(
    request: Request,
    work: Work,
    slug: str,
    study_id: str,
    participant_id: str,
    refusal: ServiceError | None = None,
    form: Fields | None = None,
    told: str | None = None,
) -> Response:
    place = _found(work, slug, study_id, participant_id)
    consent = place[-1].consent
    return _page(
        request,
        work,
        "participant.html",
        place,
        refusal,
        form,
        agreed=[each for each in Agreement if consent and consent.covers(each)],
        may_read_contacts=work.actor.may(Permission.READ_CONTACTS),
        forgotten=forgotten_in(work, study_id, told),
    )


def _erasure_page(
    request: Request,
    work: Work,
    place: Place,
    refusal: ServiceError | None = None,
    form: Fields | None = None,
) -> Response:
    sat = select(func.count()).where(ResearchSession.participant_id == place[-1].participant.id)
    sessions = work.session.exec(sat).one()
    return _page(request, work, "erasure.html", place, refusal, form, sessions=sessions)


def _page(
    request: Request,
    work: Work,
    template: str,
    place: Place,
    refusal: ServiceError | None,
    form: Fields | None,
    **more: Any,
) -> Response:
    project, study, found = place
    return render(
        request,
        template,
        status_code=refusal.status if refusal else 200,
        actor=work.actor,
        project=project,
        study=study,
        participant=found.participant,
        refusal=refusal,
        form=form or {},
        **more,
    )
