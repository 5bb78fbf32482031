"""`/projects/{id}/tokens`: bearer tokens that reach one project."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from service.access import Permission, Role, projects, tokens
from service.access.tables import Token
from service.api.deps import CurrentWork
from service.api.idempotency import Idempotent
from service.api.paging import PageOf, PageParameters, paginate
from service.api.problem import problems
from service.api.projects import ProjectId
from service.api.values import Answer, Body, Time

router = APIRouter(tags=["access"])

TokenId = Annotated[str, Path(min_length=1, max_length=64, description="The token's id.")]

_EXAMPLE: JsonDict = {
    "id": "019aa8c5f3e07b1c2d3e4f5061728394",
    "name": "GitLab pipeline",
    "role": "ci",
    "project_id": "019aa8c5f3e07b1c2d3e4f5061728300",
    "created_at": "2026-11-22T09:30:00Z",
    "revoked_at": None,
}


class NewToken(Body):
    """A token for somebody or something that works with this project."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "GitLab pipeline", "role": "ci"}]}
    )

    name: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="Who or what holds it; the audit trail calls its actor by this name."
    )
    role: Role


class TokenAnswer(Answer):
    """A token, without its secret."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: str
    name: str
    role: Role
    project_id: str | None
    created_at: Time
    revoked_at: Time | None


class NewTokenAnswer(TokenAnswer):
    """A token just made."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {**_EXAMPLE, "secret": "luiska_Uo3gW3Lw6fPZ0N7bq1jv4m2cK8yXtRsDhEaBiGfQ9zM"}
            ]
        }
    )

    secret: str | None = Field(
        default=None,
        description="Told this once and not kept. Null when an `Idempotency-Key` is repeated: "
        "whoever missed it revokes the token and makes another.",
    )


@router.post(
    "/projects/{project_id}/tokens",
    status_code=201,
    operation_id="create_token",
    summary="Make a token for a project",
    responses=problems(401, 403, 404, 409, 413, 422),
)
def create_token(
    project_id: ProjectId,
    body: NewToken,
    work: CurrentWork,
    response: Response,
    idempotent: Idempotent,
) -> NewTokenAnswer:
    """Needs an owner's token. The answer is the only place where the secret is ever told."""
    project = projects.find_project(work, project_id, Permission.ADMINISTER)
    secret = None
    if made := idempotent.made():
        token = tokens.find_token(work, made, project.id)
    else:
        token, secret = tokens.create_token(work, body.name, body.role, project.id)
        idempotent.remember(token.id)
    response.headers["Location"] = f"/api/v1/projects/{project.id}/tokens/{token.id}"
    answer = NewTokenAnswer.model_validate(token)
    answer.secret = secret
    return answer


@router.get(
    "/projects/{project_id}/tokens",
    operation_id="list_tokens",
    summary="List a project's tokens",
    responses=problems(401, 403, 404, 422),
)
def list_tokens(
    project_id: ProjectId, work: CurrentWork, page: PageParameters
) -> PageOf[TokenAnswer]:
    """Oldest first, revoked ones too; never a secret. Needs an owner's token."""
    project = projects.find_project(work, project_id, Permission.ADMINISTER)
    return paginate(
        work.session,
        tokens.list_tokens(work, project.id),
        page,
        TokenAnswer.model_validate,
        key=Token.id,
    )


@router.get(
    "/projects/{project_id}/tokens/{token_id}",
    operation_id="read_token",
    summary="Read a token, without its secret",
    responses=problems(401, 403, 404, 422),
)
def read_token(project_id: ProjectId, token_id: TokenId, work: CurrentWork) -> TokenAnswer:
    """Needs an owner's token. One that was revoked is in the list alone."""
    project = projects.find_project(work, project_id, Permission.ADMINISTER)
    return TokenAnswer.model_validate(tokens.find_valid_token(work, token_id, project.id))


@router.delete(
    "/projects/{project_id}/tokens/{token_id}",
    status_code=204,
    operation_id="revoke_token",
    summary="Revoke a token",
    responses=problems(401, 403, 404, 422),
)
def revoke_token(project_id: ProjectId, token_id: TokenId, work: CurrentWork) -> None:
    """It stops working at once, and so do the browser sessions made from it."""
    project = projects.find_project(work, project_id, Permission.ADMINISTER)
    tokens.revoke_token(work, token_id, project.id)
