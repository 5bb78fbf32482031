"""`/segments`: the groups that a study tells its participants apart by."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import ConfigDict, Field

from service.api.deps import CurrentWork
from service.api.idempotency import Idempotent
from service.api.paging import PageOf, PageParameters, paginate
from service.api.problem import problems
from service.api.research.values import Name, StudyId, Text
from service.api.values import Answer, Body, Time
from service.research import segments
from service.research.tables import Segment

router = APIRouter()


class NewSegment(Body):
    """A group of participants that figures are told apart by."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "screen reader users", "planned": 5}]}
    )

    name: Name
    description: Text = ""
    planned: Annotated[int, Field(strict=True, ge=1, le=10_000)] | None = Field(
        default=None, description="How many participants of it are wanted."
    )


class SegmentAnswer(Answer):
    """A group of participants that figures are told apart by."""

    id: str
    study_id: str
    name: str
    description: str
    planned: int | None
    created_at: Time


@router.post(
    "/studies/{study_id}/segments",
    status_code=201,
    operation_id="add_segment",
    summary="Add a segment to a study",
    responses=problems(401, 403, 404, 409, 413, 422),
)
def add_segment(
    study_id: StudyId, body: NewSegment, work: CurrentWork, idempotent: Idempotent
) -> SegmentAnswer:
    """Its name is unique in the study (409). Participants bring new segments with them as well."""
    if made := idempotent.made():
        segment = segments.find_segment(work, made)
    else:
        segment = segments.add_segment(work, study_id, **body.model_dump())
        idempotent.remember(segment.id)
    return SegmentAnswer.model_validate(segment)


@router.get(
    "/studies/{study_id}/segments",
    operation_id="list_segments",
    summary="List a study's segments",
    responses=problems(401, 403, 404, 422),
)
def list_segments(
    study_id: StudyId, work: CurrentWork, page: PageParameters
) -> PageOf[SegmentAnswer]:
    """In the order in which they were added."""
    statement = segments.list_segments(work, study_id)
    return paginate(work.session, statement, page, SegmentAnswer.model_validate, key=Segment.id)
