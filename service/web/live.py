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
from service.errors import Conflict, Malformed, NotFound, ServiceError
from service.projects import Page
from service.research import observations, personal, sessions, submissions
from service.research.consent import Agreement
from service.research.grammar import LETTERS, TaskOutcome
from service.research.in_force import read_in_force
from service.research.observations import ObservationRecord
from service.research.sessions import Sitting
from service.research.submissions import Arrival
from service.research.tables import Observation, Task
from service.research.telling import last_number
from service.web.deps import FormFields, PageWork
from service.web.render import render
from service.web.studies import Id, Slug, live_address, study_of_project

router = APIRouter(include_in_schema=False)

_SHOWN = 2_000
As = Annotated[Literal["moderator", "observer"] | None, Query(alias="as")]


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
) -> Response:
    project, study = study_of_project(work, slug, study_id)
    sitting = _sitting(work, study_id, session_id)
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
        status_code=refusal.status if refusal else 200,
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
        address=live_address(slug, sitting.session),
        form_key=new_id(),
        refusal=refusal,
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
    sitting = _sitting(work, study_id, session_id)
    who = who or "moderator"
    text = form.get("text", "")
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
def page_beside(
    request: Request,
    work: PageWork,
    slug: Slug,
    study_id: Id,
    session_id: Id,
    page_id: Annotated[str, Query(min_length=1, max_length=64)],
) -> Response:
    """The page under test with its open barriers, to stand beside the log."""
    project, _ = study_of_project(work, slug, study_id)
    _sitting(work, study_id, session_id)
    page = work.session.get(Page, page_id)
    if page is None or page.project_id != project.id:
        raise NotFound("The project has no page with this id.")
    return render(
        request,
        "live_page.html",
        project=project,
        page=page,
        found=barriers.open_on_page(work.session, page.id),
    )


def _sitting(work: Work, study_id: str, session_id: str) -> Sitting:
    sitting = sessions.find_sitting(work, session_id, Permission.READ_RESEARCH)
    if sitting.study.id != study_id:
        raise NotFound("There is no session with this id in this study.")
    return sitting


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
