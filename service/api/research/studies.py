"""`/studies` and their tasks."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from service.access import Permission
from service.api.deps import CurrentWork
from service.api.etag import IfMatch, set_etag
from service.api.idempotency import Idempotent
from service.api.paging import PageOf, PageParameters, paginate
from service.api.problem import problems
from service.api.projects import ProjectId
from service.api.research.values import Address, Name, StudyId, TaskId, Text, Word
from service.api.values import Answer, Body, Time
from service.research import studies
from service.research.tables import Study, Task

router = APIRouter()

_STUDY: JsonDict = {
    "name": "Search, autumn 2026",
    "goal": "Do people find a book and reserve it?",
    "method": "formative",
    "build": "1.4.2",
    "legal_basis": "consent",
    "retention_until": "2027-11-30",
    "time_zone": "Europe/Helsinki",
}
_TASK: JsonDict = {
    "number": 2,
    "title": "Find a book",
    "scenario": "You want to read The Unknown Soldier. Find out whether it is in.",
    "success": "The participant says aloud whether the book is in.",
    "url": "/haku",
    "time_limit_s": 600,
}


Method = Literal["formative", "summative"]
Short = Annotated[str, Field(max_length=200)]
Threshold = Annotated[int, Field(strict=True, ge=1, le=1000)]


class NewStudy(Body):
    """A study of a project."""

    model_config = ConfigDict(json_schema_extra={"examples": [_STUDY]})

    name: Name
    goal: Text = ""
    method: Method = "formative"
    build: Name | None = Field(default=None, description="The build under study, if it is one.")
    legal_basis: Short = Field(
        default="", description="Why personal data may be processed, such as `consent`."
    )
    retention_until: date | None = Field(
        default=None,
        description="The last day that personal data are kept; `luiska study expire` removes them.",
    )
    share_threshold: Threshold = Field(
        default=5, description="Figures of smaller groups are not shown in shared views."
    )
    time_zone: Name = Field(
        default="Europe/Helsinki",
        description="IANA name; wall clock times in notes (`@13:07`) are read in it.",
    )
    aliases: dict[Word, Name] = Field(
        default_factory=dict,
        max_length=50,
        description="Further letters for codes in notes, such as O for problem.",
        examples=[{"O": "problem"}],
    )
    names: list[Word] = Field(
        default_factory=list,
        max_length=50,
        description="Further names that stand for a speaker before a colon.",
    )


class StudyChange(Body):
    """What may be changed of a study; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"retention_until": "2027-11-30"}]})

    name: Name | None = None
    goal: Text | None = None
    method: Method | None = None
    build: Name | None = None
    legal_basis: Short | None = None
    retention_until: date | None = None
    share_threshold: Threshold | None = None
    time_zone: Name | None = None
    aliases: Annotated[dict[Word, Name], Field(max_length=50)] | None = None
    names: Annotated[list[Word], Field(max_length=50)] | None = None

    def changes(self) -> dict[str, object]:
        """What was sent; only what may be empty is emptied by null."""
        sent = self.model_dump(exclude_unset=True)
        return {
            name: value
            for name, value in sent.items()
            if value is not None or name in {"build", "retention_until"}
        }


class StudyAnswer(Answer):
    """A study of a project."""

    id: str
    project_id: str
    name: str
    goal: str
    method: str
    build: str | None
    legal_basis: str
    retention_until: date | None
    share_threshold: int
    expired_at: Time | None = Field(description="When its participants were removed.")
    time_zone: str
    aliases: dict[str, str]
    names: list[str]
    created_at: Time


class NewTask(Body):
    """One job to be done in a study's sessions."""

    model_config = ConfigDict(json_schema_extra={"examples": [_TASK]})

    number: int = Field(
        strict=True, ge=1, le=studies.MAX_TASK_NUMBER, description="What notes call it: `T2`."
    )
    title: Name
    scenario: Text = ""
    success: Text = Field(default="", description="When it is done.")
    url: Address | None = Field(
        default=None, description="The page that it is about: `https://…`, `http://…` or `/…`."
    )
    time_limit_s: int | None = Field(default=None, strict=True, ge=1, le=86_400)


class TaskAnswer(Answer):
    """One job to be done in a study's sessions."""

    id: str
    study_id: str
    number: int
    title: str
    scenario: str
    success: str
    url: str | None
    page_id: str | None = Field(description="The project's page that `url` means.")
    time_limit_s: int | None
    created_at: Time


@router.post(
    "/projects/{project_id}/studies",
    status_code=201,
    operation_id="create_study",
    summary="Make a study",
    responses=problems(401, 403, 404, 409, 413, 422),
)
def create_study(
    project_id: ProjectId,
    body: NewStudy,
    work: CurrentWork,
    response: Response,
    idempotent: Idempotent,
) -> StudyAnswer:
    if made := idempotent.made():
        study = studies.find_study(work, made, Permission.WRITE_RESEARCH)
    else:
        study = studies.create_study(work, project_id, **body.model_dump())
        idempotent.remember(study.id)
    response.headers["Location"] = f"/api/v1/studies/{study.id}"
    return StudyAnswer.model_validate(study)


@router.get(
    "/projects/{project_id}/studies",
    operation_id="list_studies",
    summary="List a project's studies",
    responses=problems(401, 403, 404, 422),
)
def list_studies(
    project_id: ProjectId, work: CurrentWork, page: PageParameters
) -> PageOf[StudyAnswer]:
    """Oldest first."""
    statement = studies.list_studies(work, project_id)
    return paginate(work.session, statement, page, StudyAnswer.model_validate, key=Study.id)


@router.get(
    "/studies/{study_id}",
    operation_id="read_study",
    summary="Read a study",
    responses=problems(401, 403, 404, 422),
)
def read_study(study_id: StudyId, work: CurrentWork, response: Response) -> StudyAnswer:
    return _answer(studies.find_study(work, study_id, Permission.READ_RESEARCH), response)


@router.patch(
    "/studies/{study_id}",
    operation_id="change_study",
    summary="Change a study",
    responses=problems(401, 403, 404, 412, 413, 422),
)
def change_study(
    study_id: StudyId,
    body: StudyChange,
    work: CurrentWork,
    response: Response,
    if_match: IfMatch,
) -> StudyAnswer:
    """`aliases` and `names` are replaced as wholes; notes that were read keep their readings."""
    changed = studies.change_study(work, study_id, body.changes(), expected=if_match)
    return _answer(changed, response)


@router.post(
    "/studies/{study_id}/tasks",
    status_code=201,
    operation_id="add_task",
    summary="Add a task to a study",
    responses=problems(401, 403, 404, 409, 413, 422),
)
def add_task(
    study_id: StudyId,
    body: NewTask,
    work: CurrentWork,
    response: Response,
    idempotent: Idempotent,
) -> TaskAnswer:
    """Its number is unique in the study (409). Its `url` becomes a page of the project."""
    if made := idempotent.made():
        task = studies.find_task(work, made, Permission.WRITE_RESEARCH)
    else:
        task = studies.add_task(work, study_id, **body.model_dump())
        idempotent.remember(task.id)
    response.headers["Location"] = f"/api/v1/tasks/{task.id}"
    return TaskAnswer.model_validate(task)


@router.get(
    "/studies/{study_id}/tasks",
    operation_id="list_tasks",
    summary="List a study's tasks",
    responses=problems(401, 403, 404, 422),
)
def list_tasks(study_id: StudyId, work: CurrentWork, page: PageParameters) -> PageOf[TaskAnswer]:
    """In the order in which they were added."""
    statement = studies.list_tasks(work, study_id)
    return paginate(work.session, statement, page, TaskAnswer.model_validate, key=Task.id)


@router.get(
    "/tasks/{task_id}",
    operation_id="read_task",
    summary="Read a task",
    responses=problems(401, 403, 404, 422),
)
def read_task(task_id: TaskId, work: CurrentWork) -> TaskAnswer:
    return TaskAnswer.model_validate(studies.find_task(work, task_id, Permission.READ_RESEARCH))


def _answer(study: Study, response: Response) -> StudyAnswer:
    set_etag(response, study.version)
    return StudyAnswer.model_validate(study)
