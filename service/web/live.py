"""The page on which a session is logged while it goes on."""

import hashlib
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import col, select
from starlette.responses import RedirectResponse

from service import barriers
from service.access import Permission, Work
from service.db import after_commit, new_id
from service.errors import Conflict, Malformed, ServiceError
from service.projects import Project
from service.research import observations, personal, submissions
from service.research.consent import Agreement
from service.research.grammar import LETTERS, TaskOutcome
from service.research.in_force import read_in_force
from service.research.observations import ObservationRecord
from service.research.sessions import Sitting
from service.research.submissions import Arrival
from service.research.tables import Observation, Task
from service.research.telling import last_number
from service.web.deps import FormFields, PageWork
from service.web.page_beside import PageBeside, ask_for_picture, find_page, page_beside
from service.web.render import render
from service.web.studies import Id, Slug, back_to, live_address, sitting_of_study, study_of_project

router = APIRouter(include_in_schema=False)

_SHOWN = 2_000
As = Annotated[Literal["moderator", "observer"] | None, Query(alias="as")]
PageId = Annotated[str, Query(min_length=1, max_length=64)]


@router.get("/projects/{slug}/studies/{study_id}/sessions/{session_id}")
def live_page(
    request: Request, work: PageWork, slug: Slug, study_id: Id, session_id: Id, who: As = None
) -> Response:
    """Clock, tasks, what was noted so far, and one line to type in. Without scripts it is a form.

    Observers are let in only where the participant agreed to them.
    """
    return _live_page(request, work, slug, study_id, session_id, who)


def _live_page(
    request: Request,
    work: Work,
    slug: str,
    study_id: str,
    session_id: str,
    who: str | None,
    refusal: ServiceError | None = None,
    text: str = "",
    wish_refusal: ServiceError | None = None,
) -> Response:
    project, study = study_of_project(work, slug, study_id)
    sitting = sitting_of_study(work, study_id, session_id)
    may_be_observed = bool(sitting.consent and sitting.consent.covers(Agreement.OBSERVERS))
    if who is None or (who == "observer" and not may_be_observed):
        return render(
            request,
            "live_door.html",
            actor=work.actor,
            project=project,
            study=study,
            session=sitting.session,
            participant=sitting.participant,
            may_be_observed=may_be_observed,
        )
    # Before the notes: one that is stored in between is told again, and not left out.
    last_event = last_number(work.session, session_id)
    records = _records(work, session_id)
    in_force = read_in_force(work.session, session_id)
    return render(
        request,
        "live.html",
        status_code=refused.status if (refused := refusal or wish_refusal) else 200,
        actor=work.actor,
        project=project,
        study=study,
        session=sitting.session,
        participant=sitting.participant,
        who=who,
        may_write=work.actor.may(Permission.WRITE_RESEARCH),
        may_note=bool(sitting.consent and sitting.consent.covers(Agreement.NOTES)),
        may_quote=bool(sitting.consent and sitting.consent.covers(Agreement.QUOTES)),
        now=work.now,
        tasks=_tasks(work, study_id),
        running=in_force.task,
        records=records[-_SHOWN:],
        are_more=len(records) > _SHOWN,
        numbers=_task_numbers(work, records),
        last_event=last_event,
        letters=_letters(sitting),
        outcomes=list(TaskOutcome),
        page_address=in_force.url,
        beside=_latest_page(work, project, records),
        address=live_address(slug, sitting.session),
        form_key=new_id(),
        refusal=refusal,
        wish_refusal=wish_refusal,
        text=text,
    )


@router.post("/projects/{slug}/studies/{study_id}/sessions/{session_id}")
def note(
    request: Request,
    work: PageWork,
    slug: Slug,
    study_id: Id,
    session_id: Id,
    form: FormFields,
    who: As = None,
) -> Response:
    """One line from a browser that runs no scripts. One that is refused is given back."""
    study_of_project(work, slug, study_id)
    sitting = sitting_of_study(work, study_id, session_id)
    who = who or "moderator"
    text = _with_ease(form.get("text", ""), form.get("seq", ""))
    try:
        # What a refused operation had begun is taken back; the page is still read in between.
        with work.session.begin_nested():
            if text.strip():
                _note(request, work, session_id, text, form.get("key", ""))
    except (Malformed, Conflict) as refusal:
        return _live_page(request, work, slug, study_id, session_id, who, refusal, text)
    after_commit(work.session, partial(request.app.state.feeds.wake, session_id))
    address = live_address(slug, sitting.session)
    return RedirectResponse(f"{address}?as={who}#line", status_code=303)


def _with_ease(text: str, answer: str) -> str:
    """The line that ends a task with what the participant answered to the Single Ease Question.

    An answer that is none is read, and warned of, as it would be in a note.
    """
    return f"{text} SEQ {answer}" if answer else text


def _note(request: Request, work: Work, session_id: str, text: str, form_key: str) -> None:
    # A form that is sent twice says the same words; other words are another note.
    key = hashlib.sha256(f"{form_key}\n{text}".encode()).hexdigest() if form_key else None
    if key is not None and submissions.submission_under(work, session_id, key):
        return
    arrival = Arrival(live=True, key=key)
    warn = partial(personal.warn_of_personal, work, request.app.state.vault)
    submitted = submissions.append_notes(work, session_id, text.encode(), arrival, warn=warn)
    barriers.verify_after(work, submitted)


@router.get("/projects/{slug}/studies/{study_id}/sessions/{session_id}/page")
def page_of_session(
    request: Request,
    work: PageWork,
    slug: Slug,
    study_id: Id,
    session_id: Id,
    page_id: PageId,
    who: As = None,
) -> Response:
    """The page under test with its picture and open barriers, to stand beside the log."""
    project, _ = study_of_project(work, slug, study_id)
    sitting = sitting_of_study(work, study_id, session_id)
    return _page_part(request, work, project, sitting, page_id, who)


@router.get("/projects/{slug}/studies/{study_id}/sessions/{session_id}/picture")
def session_of_form(request: Request, slug: Slug, study_id: Id, session_id: Id) -> Response:
    """A refused form stands at the form's address: loaded anew there, it leads to the session."""
    return back_to(request, f"/projects/{slug}/studies/{study_id}/sessions/{session_id}")


@router.post("/projects/{slug}/studies/{study_id}/sessions/{session_id}/picture")
def picture_page(
    request: Request,
    work: PageWork,
    slug: Slug,
    study_id: Id,
    session_id: Id,
    form: FormFields,
    page_id: PageId,
    who: As = None,
    part: bool = False,
) -> Response:
    """Have the page under test pictured. The script gets that part of the page, others the whole.

    What is typed so far comes along, and back.
    """
    project, _ = study_of_project(work, slug, study_id)
    sitting = sitting_of_study(work, study_id, session_id)
    page = find_page(work, project, page_id)
    refusal = None
    try:
        with work.session.begin_nested():
            ask_for_picture(work, request.app.state.queue, project, page)
    except (Malformed, Conflict) as refused:
        refusal = refused
    if part:
        return _page_part(request, work, project, sitting, page_id, who, refusal)
    text = form.get("text", "")
    if refusal is None and not text.strip():
        address = live_address(slug, sitting.session)
        return RedirectResponse(f"{address}?as={who or 'moderator'}#beside", status_code=303)
    return _live_page(
        request,
        work,
        slug,
        study_id,
        session_id,
        who or "moderator",
        text=text,
        wish_refusal=refusal,
    )


def _page_part(
    request: Request,
    work: Work,
    project: Project,
    sitting: Sitting,
    page_id: str,
    who: str | None,
    refusal: ServiceError | None = None,
) -> Response:
    return render(
        request,
        "live_page.html",
        status_code=refusal.status if refusal else 200,
        beside=page_beside(work, project, find_page(work, project, page_id)),
        address=live_address(project.slug, sitting.session),
        who=who or "moderator",
        may_note=bool(sitting.consent and sitting.consent.covers(Agreement.NOTES)),
        wish_refusal=refusal,
    )


def _latest_page(
    work: Work, project: Project, records: list[ObservationRecord]
) -> PageBeside | None:
    ids = [each.readings[-1].page_id for each in records]
    latest = next((page_id for page_id in reversed(ids) if page_id is not None), None)
    return page_beside(work, project, find_page(work, project, latest)) if latest else None


def _tasks(work: Work, study_id: str) -> list[Task]:
    statement = select(Task).where(Task.study_id == study_id).order_by(col(Task.number))
    return list(work.session.exec(statement))


def _records(work: Work, session_id: str) -> list[ObservationRecord]:
    latest = work.session.exec(
        observations.list_observations(work, session_id, all_kinds=True)
        .where(col(Observation.kind).not_in(["header", "blank"]))
        .order_by(col(Observation.id).desc())
        .limit(_SHOWN + 1)
    ).all()
    return observations.records_of(work.session, latest[::-1])


def _task_numbers(work: Work, records: list[ObservationRecord]) -> dict[str, int]:
    readings = [reading for each in records for reading in each.readings]
    return observations.task_number_of(work.session, readings)


def _letters(sitting: Sitting) -> dict[str, str]:
    """What may be typed for a code, the study's own letters first."""
    return {**sitting.study.aliases, **{letter: str(code) for letter, code in LETTERS.items()}}
