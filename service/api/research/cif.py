"""`/studies/{id}/report.html`: a study by ISO/IEC 25062."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from service import barriers
from service.access import Permission
from service.api.deps import CurrentWork
from service.api.problem import problems
from service.api.research.values import StudyId
from service.research import studies

router = APIRouter()


@router.get(
    "/studies/{study_id}/report.html",
    operation_id="read_study_report",
    summary="The report of a study in the Common Industry Format",
    response_class=Response,
    responses={
        200: {
            "description": "The report, to be saved as a file.",
            "content": {"text/html": {"schema": {"type": "string"}}},
        },
        **problems(401, 403, 404, 422),
    },
)
def read_study_report(
    study_id: StudyId,
    work: CurrentWork,
    language: Annotated[Literal["en", "fi", "sv"], Query(description="Of the report.")] = "en",
) -> Response:
    """Title page, summary, introduction, method, results, appendices; one file, no script."""
    # Loaded for this alone.
    from service.reports.cif.document import cif_document
    from service.reports.cif.html import render

    study = studies.find_study(work, study_id, Permission.READ_RESEARCH)
    links = barriers.problems_linked(work.session, study.id)
    return Response(
        render(cif_document(work, study, links, language)).encode(),
        media_type="text/html; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="luiska-study-{study.id}.html"'},
    )
