"""`/projects`: the digital services under evaluation."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from checks.standards import DEFAULT_STANDARD
from service.access import Permission, projects
from service.api.deps import CurrentWork
from service.api.etag import IfMatch, set_etag
from service.api.idempotency import Idempotent
from service.api.paging import PageOf, PageParameters, paginate
from service.api.problem import problems
from service.api.values import Answer, Body, Time
from service.barriers.gate.policy import PolicyWords
from service.projects import Project

router = APIRouter(tags=["projects"])

ProjectId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=64,
        description="The project's id or slug.",
        examples=["default"],
    ),
]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
# The pattern is for readers of the document; `service.access.origins` says what is wrong better.
_Origin = Annotated[
    str, Field(max_length=300, json_schema_extra={"pattern": r"^https?://[a-z0-9.-]+(:[0-9*]+)?$"})
]
Origins = Annotated[list[_Origin], Field(max_length=50)]
Languages = Annotated[
    list[Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", max_length=35)]],
    Field(max_length=30),
]
Standard = Annotated[str, Field(max_length=64)]

_EXAMPLE: JsonDict = {
    "name": "Library",
    "slug": "library",
    "origins": ["https://library.example.fi", "http://localhost:*"],
    "standard": "wcag22aa",
    "languages": ["fi", "sv", "en"],
}


class NewProject(Body):
    """A digital service to evaluate."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    name: Name
    slug: Slug | None = Field(
        default=None, description="Stands in place of the id; made of the name when left out."
    )
    origins: Origins = Field(
        default_factory=list,
        description="Aliases of one site, which are what may be scanned; the port `*` is any "
        "port. None: any public address may be.",
    )
    standard: Standard = DEFAULT_STANDARD
    languages: Languages = Field(
        default_factory=list, description="BCP 47 tags of the languages the service is in."
    )
    policy: PolicyWords | None = Field(
        default=None, description="What its scans are gated by unless somebody says otherwise."
    )


class ProjectChange(Body):
    """What to change of a project; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "City library"}]})

    name: Name | None = None
    slug: Slug | None = None
    origins: Origins | None = None
    standard: Standard | None = None
    languages: Languages | None = None
    policy: PolicyWords | None = None


class ProjectAnswer(Answer):
    """A digital service under evaluation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "019aa8c5f3e07b1c2d3e4f5061728394",
                    **_EXAMPLE,
                    "created_at": "2026-11-22T09:30:00Z",
                    "version": 1,
                }
            ]
        }
    )

    id: str
    slug: str
    name: str
    origins: list[str]
    standard: str
    languages: list[str]
    policy: PolicyWords | None = None
    created_at: Time
    version: int = Field(description="Grows with every change; it is also the ETag.")


@router.post(
    "/projects",
    status_code=201,
    operation_id="create_project",
    summary="Make a project",
    responses=problems(401, 403, 404, 409, 413, 422),
)
def create_project(
    body: NewProject, work: CurrentWork, response: Response, idempotent: Idempotent
) -> ProjectAnswer:
    """Needs an owner's token for all projects. The 404 is a repeat after it was deleted."""
    if made := idempotent.made():
        project = projects.find_project(work, made, Permission.ADMINISTER)
    else:
        project = projects.create_project(work, **_values(body))
        idempotent.remember(project.id)
    response.headers["Location"] = f"/api/v1/projects/{project.id}"
    return _answer(project, response)


@router.get(
    "/projects",
    operation_id="list_projects",
    summary="List the projects that the token reaches",
    responses=problems(401, 422),
)
def list_projects(work: CurrentWork, page: PageParameters) -> PageOf[ProjectAnswer]:
    """Oldest first."""
    return paginate(
        work.session,
        projects.list_projects(work),
        page,
        ProjectAnswer.model_validate,
        key=Project.id,
    )


@router.get(
    "/projects/{project_id}",
    operation_id="read_project",
    summary="Read a project",
    responses=problems(401, 404, 422),
)
def read_project(project_id: ProjectId, work: CurrentWork, response: Response) -> ProjectAnswer:
    return _answer(projects.find_project(work, project_id, Permission.READ), response)


@router.patch(
    "/projects/{project_id}",
    operation_id="change_project",
    summary="Change a project",
    responses=problems(401, 403, 404, 409, 412, 413, 422),
)
def change_project(
    project_id: ProjectId,
    body: ProjectChange,
    work: CurrentWork,
    response: Response,
    if_match: IfMatch,
) -> ProjectAnswer:
    """Needs an owner's token. `origins`, `languages` and `policy` are replaced as wholes."""
    change = projects.ProjectChange(**_values(body))
    return _answer(projects.change_project(work, project_id, change, expected=if_match), response)


@router.delete(
    "/projects/{project_id}",
    status_code=204,
    operation_id="delete_project",
    summary="Delete a project and everything in it",
    responses=problems(401, 403, 404, 412, 422),
)
def delete_project(project_id: ProjectId, work: CurrentWork, if_match: IfMatch) -> None:
    """Needs an owner's token. Scans, barriers, studies and tokens of the project go with it."""
    projects.delete_project(work, project_id, expected=if_match)


def _values(body: NewProject | ProjectChange) -> dict[str, Any]:
    """The fields, with the policy as it is kept."""
    policy = None if body.policy is None else body.policy.model_dump(mode="json")
    return {**body.model_dump(), "policy": policy}


def _answer(project: Project, response: Response) -> ProjectAnswer:
    set_etag(response, project.version)
    return ProjectAnswer.model_validate(project)
