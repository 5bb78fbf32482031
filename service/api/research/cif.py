"""`/studies/{id}/report.*`: a study by ISO/IEC 25062."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from service import barriers
from service.access import Permission
from service.api.deps import CurrentWork
from service.api.problem import problems
from service.api.research.measures import TwoBuilds, two_builds
from service.api.research.values import StudyId
from service.browser import MissingPart, NotPrinted, print_pdf
from service.errors import Unavailable
from service.research import studies
from service.scans import browser_options

router = APIRouter()

MEDIA_TYPES = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}


@router.get(
    "/studies/{study_id}/report.{form}",
    operation_id="read_study_report",
    summary="The report of a study in the Common Industry Format",
    response_class=Response,
    responses={
        200: {
            "description": "The report, to be saved as a file.",
            "content": {
                "text/html": {"schema": {"type": "string"}},
                "application/pdf": {"schema": {"type": "string", "format": "binary"}},
            },
        },
        **problems(401, 403, 404, 422, 503),
    },
)
def read_study_report(
    study_id: StudyId,
    form: Literal["html", "pdf"],
    request: Request,
    work: CurrentWork,
    language: Annotated[Literal["en", "fi", "sv"], Query(description="Of the report.")] = "en",
    compare: TwoBuilds = None,
) -> Response:
    """Title page, summary, introduction, method, results, appendices; one file, no script.

    Results are told of all and by group, with `compare` also what changed between two builds, and
    how far observers agree where there were several.

    The PDF is tagged and has an outline. It is printed by a browser: 503 where there is none.
    """
    # Loaded for this alone.
    from service.reports.cif.document import cif_document
    from service.reports.cif.html import render

    study = studies.find_study(work, study_id, Permission.READ_RESEARCH)
    links = barriers.problems_linked(work.session, study.id)
    html = render(cif_document(work, study, links, language, compared=two_builds(compare)))
    name = f"luiska-study-{study.id}.{form}"
    return Response(
        html.encode() if form == "html" else _printed(request, html),
        media_type=MEDIA_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _printed(request: Request, html: str) -> bytes:
    try:
        return print_pdf(html, browser_options(request.app.state.settings))
    except (MissingPart, NotPrinted) as error:
        raise Unavailable(
            f"The PDF could not be printed: {error}. report.html has the same content."
        ) from error
