"""Pictures of a study and of a session, each with the table that says the same."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from service import barriers
from service.access import Permission
from service.api.deps import CurrentWork
from service.api.problem import problems
from service.api.research.values import SessionId, StudyId
from service.research import sessions, studies
from service.research.observations import list_observations, records_of

if TYPE_CHECKING:
    from service.reports.pictures.values import Picture

router = APIRouter()

Form = Literal["svg", "png", "json"]
Language = Annotated[Literal["en", "fi", "sv"], Query(description="Of the words in it.")]
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The picture; as JSON its title, its finding in words, and its table.",
        "content": {
            "image/svg+xml": {"schema": {"type": "string"}},
            "image/png": {"schema": {"type": "string", "format": "binary"}},
            "application/json": {
                "example": {
                    "title": "Problems by participant",
                    "description": "3 problems were met; participants who met any: 2.",
                    "table": {"columns": ["Problem", "P01"], "rows": [["#search", "Major"]]},
                }
            },
        },
    },
    **problems(401, 403, 404, 422),
}


@router.get(
    "/studies/{study_id}/pictures/{picture}.{form}",
    operation_id="read_study_picture",
    summary="A picture of a study's results",
    response_class=Response,
    responses=_ANSWERS,
)
def read_study_picture(
    study_id: StudyId,
    picture: Literal["rainbow", "tasks", "intervals"],
    form: Form,
    work: CurrentWork,
    language: Language = "en",
) -> Response:
    """Participants × problems, outcomes of tasks, or completion rates with their intervals."""
    from service.reports.pictures.of_study import STUDY_PICTURES
    from service.research.results.facts import read_facts
    from service.research.results.measuring import measures_of

    study = studies.find_study(work, study_id, Permission.READ_RESEARCH)
    facts = read_facts(work.session, study, barriers.problems_linked(work.session, study.id))
    everybody = measures_of(facts, "all", "", facts.units, None)
    return _answer(STUDY_PICTURES[picture](facts, everybody, language), form)


@router.get(
    "/sessions/{session_id}/timeline.{form}",
    operation_id="read_timeline",
    summary="The timeline of a session",
    response_class=Response,
    responses=_ANSWERS,
)
def read_timeline(
    session_id: SessionId, form: Form, work: CurrentWork, language: Language = "en"
) -> Response:
    """What was tried when, and what was noted."""
    from service.reports.pictures.of_session import timeline

    session = sessions.find_session(work, session_id, Permission.READ_RESEARCH)
    noted = work.session.exec(list_observations(work, session.id)).all()
    numbers = studies.task_numbers(work.session, session.study_id)
    drawn = timeline(
        session.label,
        sessions.attempts_of(work.session, session.id),
        [each.readings[-1] for each in records_of(work.session, noted)],
        {task.id: number for number, task in numbers.items()},
        language,
    )
    return _answer(drawn, form)


def _answer(picture: "Picture", form: Form) -> Response:
    if form == "json":
        told = {"title": picture.title, "description": picture.description}
        return JSONResponse({**told, "table": asdict(picture.table)})
    # Loaded for this alone.
    from service.reports.pictures import drawing

    if form == "png":
        return Response(drawing.png(picture), media_type="image/png")
    return Response(drawing.svg(picture), media_type="image/svg+xml")
