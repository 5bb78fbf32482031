"""The pages of studies: a project's list of them, and one study with all that it holds."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from sqlmodel import col
from starlette.responses import RedirectResponse

from service.access import Permission, Work, projects
from service.errors import Conflict, Malformed, NotFound, ServiceError
from service.projects import Project
from service.research import participants, sessions, studies
from service.research.consent import Agreement, ConsentGiven
from service.research.sessions import Sitting
from service.research.tables import Participant, ResearchSession, Study, Task, Tombstone
from service.research.technology import CLASSES, technology_named
from service.web.deps import FormFields, PageWork
from service.web.fields import Fields, given, needed, wrong
from service.web.render import render

router = APIRouter(include_in_schema=False)

Slug = Annotated[str, Path(min_length=1, max_length=64)]
Id = Annotated[str, Path(min_length=1, max_length=64)]
Told = Annotated[str | None, Query(min_length=1, max_length=64)]
_LONGEST = 2_000
_FARTHEST_EAST = timedelta(hours=14)


@router.get("/projects/{slug}/studies")
def studies_page(request: Request, work: PageWork, slug: Slug) -> Response:
    """Oldest first, and a form for a new one."""
    return _studies_page(request, work, slug)


@router.post("/projects/{slug}/studies")
def add_study(request: Request, work: PageWork, slug: Slug, form: FormFields) -> Response:
    """Make a study and lead on to it."""
    try:
        with work.session.begin_nested():
            study = studies.create_study(
                work,
                slug,
                name=needed(form, "name"),
                goal=given(form, "goal", _LONGEST),
                build=given(form, "build") or None,
            )
    except (Malformed, Conflict) as refusal:
        return _studies_page(request, work, slug, refusal, form)
    return RedirectResponse(f"/projects/{slug}/studies/{study.id}", status_code=303)


@router.get("/projects/{slug}/studies/{study_id}")
def study_page(
    request: Request, work: PageWork, slug: Slug, study_id: Id, told: Told = None
) -> Response:
    """Tasks, participants and sessions, with a form for one more of each.

    `told` is the id of a tombstone: what was just erased.
    """
    return _study_page(request, work, slug, study_id, told=told)


@router.get("/projects/{slug}/studies/{study_id}/participants")
@router.get("/projects/{slug}/studies/{study_id}/sessions")
@router.get("/projects/{slug}/studies/{study_id}/tasks")
def study_of_form(request: Request, slug: Slug, study_id: Id) -> Response:
    """A refused form stands at the form's address: loaded anew there, it leads to the study."""
    return back_to(request, f"/projects/{slug}/studies/{study_id}")


@router.post("/projects/{slug}/studies/{study_id}/tasks")
def add_task(
    request: Request, work: PageWork, slug: Slug, study_id: Id, form: FormFields
) -> Response:
    def add() -> None:
        studies.add_task(
            work,
            study_id,
            number=_number(form),
            title=needed(form, "title"),
            success=given(form, "success", _LONGEST),
            url=given(form, "url", _LONGEST) or None,
        )

    return _added(request, work, slug, study_id, "tasks", form, add)


@router.post("/projects/{slug}/studies/{study_id}/participants")
def add_participant(
    request: Request, work: PageWork, slug: Slug, study_id: Id, form: FormFields
) -> Response:
    def add() -> None:
        pseudonym = needed(form, "pseudonym")
        if len(pseudonym.split()) != 1 or len(pseudonym) > 64:
            raise wrong("pseudonym", "Use one word without spaces, such as P03.")
        used = given(form, "technology")
        participants.add_participant(
            work,
            study_id,
            pseudonym=pseudonym,
            segment=given(form, "segment"),
            technology=(technology_named(used),) if used else (),
            consent=ConsentGiven(
                agreements=frozenset(each for each in Agreement if f"agrees-{each}" in form),
                text_version=needed(form, "text_version"),
                language=needed(form, "language"),
                given_at=_given_at(form, work.now),
                channel=needed(form, "channel"),
            ),
        )

    return _added(request, work, slug, study_id, "participants", form, add)


@router.post("/projects/{slug}/studies/{study_id}/sessions")
def open_session(
    request: Request, work: PageWork, slug: Slug, study_id: Id, form: FormFields
) -> Response:
    """Open a session and lead on to the page that logs it."""
    try:
        with work.session.begin_nested():
            session = sessions.open_session(
                work,
                study_id,
                participant_id=needed(form, "participant_id"),
                moderator=needed(form, "moderator"),
                build=given(form, "build") or None,
            )
    except (Malformed, Conflict) as refusal:
        return _study_page(request, work, slug, study_id, refusal, "sessions", form)
    return RedirectResponse(live_address(slug, session), status_code=303)


def live_address(slug: str, session: ResearchSession) -> str:
    """Where a session is logged."""
    return f"/projects/{slug}/studies/{session.study_id}/sessions/{session.id}"


def back_to(request: Request, address: str) -> Response:
    """Leads on to the page that a form is on, in the language that was asked for."""
    asked = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(address + asked, status_code=303)


def study_of_project(work: Work, slug: str, study_id: str) -> tuple[Project, Study]:
    """Raises `NotFound` (also for a study of another project) and `NotAllowed`."""
    project = projects.find_project(work, slug, Permission.READ_RESEARCH)
    study = studies.find_study(work, study_id, Permission.READ_RESEARCH)
    if study.project_id != project.id:
        raise NotFound("There is no study with this id in this project.")
    return project, study


def sitting_of_study(work: Work, study_id: str, session_id: str) -> Sitting:
    """Raises `NotFound` (also for a session of another study) and `NotAllowed`."""
    sitting = sessions.find_sitting(work, session_id, Permission.READ_RESEARCH)
    if sitting.study.id != study_id:
        raise NotFound("There is no session with this id in this study.")
    return sitting


def forgotten_in(work: Work, study_id: str, tombstone_id: str | None) -> Tombstone | None:
    """What was just forgotten, by the id that an address carries. Raises `NotFound`."""
    if tombstone_id is None:
        return None
    tombstone = studies.find_tombstone(work, tombstone_id)
    if tombstone.study_id != study_id:
        raise NotFound("There is no such tombstone in this study.")
    return tombstone


def _added(
    request: Request,
    work: Work,
    slug: str,
    study_id: str,
    name: str,
    form: Fields,
    add: Callable[[], None],
) -> Response:
    try:
        # What a refused operation had begun is taken back; the page is still read in between.
        with work.session.begin_nested():
            add()
    except (Malformed, Conflict) as refusal:
        return _study_page(request, work, slug, study_id, refusal, name, form)
    return RedirectResponse(f"/projects/{slug}/studies/{study_id}", status_code=303)


def _studies_page(
    request: Request,
    work: Work,
    slug: str,
    refusal: ServiceError | None = None,
    form: Fields | None = None,
) -> Response:
    project = projects.find_project(work, slug, Permission.READ_RESEARCH)
    found = work.session.exec(studies.list_studies(work, slug).order_by(col(Study.id))).all()
    return render(
        request,
        "studies.html",
        status_code=refusal.status if refusal else 200,
        actor=work.actor,
        project=project,
        studies=found,
        may_write=work.actor.may(Permission.WRITE_RESEARCH),
        refusal=refusal,
        form=form or {},
    )


def _study_page(
    request: Request,
    work: Work,
    slug: str,
    study_id: str,
    refusal: ServiceError | None = None,
    refused_form: str | None = None,
    form: Fields | None = None,
    told: str | None = None,
) -> Response:
    project, study = study_of_project(work, slug, study_id)
    session = work.session
    people = session.exec(
        participants.list_participants(work, study_id).order_by(col(Participant.pseudonym))
    ).all()
    sat = session.exec(
        sessions.list_sessions(work, study_id).order_by(col(ResearchSession.label))
    ).all()
    tasks = session.exec(studies.list_tasks(work, study_id).order_by(col(Task.number))).all()
    return render(
        request,
        "study.html",
        status_code=refusal.status if refusal else 200,
        actor=work.actor,
        project=project,
        study=study,
        tasks=tasks,
        people=participants.records_of(session, people),
        pseudonyms={each.id: each.pseudonym for each in people},
        sessions=[(each, live_address(slug, each)) for each in sat],
        next_number=max((each.number for each in tasks), default=0) + 1,
        agreements=list(Agreement),
        classes=CLASSES,
        may_write=work.actor.may(Permission.WRITE_RESEARCH),
        forgotten=forgotten_in(work, study_id, told),
        refusal=refusal,
        refused_form=refused_form,
        form=form or {},
    )


def _given_at(form: Fields, now: datetime) -> datetime:
    """The beginning of the day that a consent is of; now where it is today's, or none is told."""
    told = given(form, "given_on")
    if not told:
        return now
    try:
        day = date.fromisoformat(told)
    except ValueError:
        day = date.max
    # Where the sun rises first it is tomorrow already.
    if day > (now + _FARTHEST_EAST).date():
        raise wrong("given_on", "Use a day that is not in the future, such as 2026-11-23.")
    return now if day >= now.date() else datetime.combine(day, time.min, UTC)


def _number(form: Fields) -> int:
    told = form.get("number", "").strip()
    if not told.isdecimal() or not 1 <= int(told) <= studies.MAX_TASK_NUMBER:
        raise wrong("number", f"A number from 1 to {studies.MAX_TASK_NUMBER}.")
    return int(told)
