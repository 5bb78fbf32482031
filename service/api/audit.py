"""`/audit`: who did what, and when."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field

from service.access.audit import list_audit
from service.access.tables import AuditEntry
from service.api.deps import CurrentWork
from service.api.paging import PageOf, PageParameters, paginate
from service.api.problem import problems
from service.api.values import Answer, Time

router = APIRouter(tags=["access"])


class AuditAnswer(Answer):
    """One thing that somebody did. It holds ids and counts, nothing that somebody wrote."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "019aa8c5f3e07b1c2d3e4f5061728394",
                    "at": "2026-11-22T09:30:00Z",
                    "actor": "GitLab pipeline",
                    "token_id": "019aa8c5f3e07b1c2d3e4f5061728301",
                    "action": "scan requested",
                    "subject": "scan",
                    "subject_id": "019aa8c5f3e07b1c2d3e4f5061728302",
                    "project_id": "019aa8c5f3e07b1c2d3e4f5061728300",
                    "detail": {"pages": 4},
                }
            ]
        }
    )

    id: str
    at: Time
    actor: str = Field(description="The name of the token.")
    token_id: str | None
    action: str
    subject: str
    subject_id: str
    project_id: str | None
    detail: dict[str, str | int | bool | None]


@router.get(
    "/audit",
    operation_id="list_audit",
    summary="Read the audit trail",
    responses=problems(401, 403, 404, 422),
)
def read_audit(
    work: CurrentWork,
    page: PageParameters,
    project: Annotated[
        str | None,
        Query(min_length=1, max_length=64, description="Only this project, by id or slug."),
    ] = None,
) -> PageOf[AuditAnswer]:
    """Newest first. Owners only; an owner of one project sees that project's entries."""
    return paginate(
        work.session,
        list_audit(work, project),
        page,
        AuditAnswer.model_validate,
        key=AuditEntry.id,
        newest_first=True,
    )
