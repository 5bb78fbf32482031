"""`/scans/{id}/report.*`: a scan that has ended, in the format that its reader takes."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from service import scans
from service.api.deps import CurrentWork
from service.api.gate import gate_of
from service.api.problem import problems
from service.api.scans import ScanId
from service.errors import Conflict, NotFound
from service.reports import FORMATS, Report
from service.scans.values import ENDED

router = APIRouter(tags=["reports"])


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What an address ends in: the format it stands for, and its media type."""

    format: str
    media_type: str


ENDINGS = {
    "json": Ending(format="json", media_type="application/json"),
    "csv": Ending(format="csv", media_type="text/csv; charset=utf-8"),
    "html": Ending(format="html", media_type="text/html; charset=utf-8"),
    "sarif": Ending(format="sarif", media_type="application/sarif+json"),
    "junit.xml": Ending(format="junit", media_type="application/xml"),
    "codequality.json": Ending(format="codequality", media_type="application/json"),
    "gitlab-a11y.json": Ending(format="gitlab-a11y", media_type="application/json"),
    "md": Ending(format="md", media_type="text/markdown; charset=utf-8"),
}
EndingOf = Annotated[
    str, Path(max_length=40, description=f"One of: {', '.join(ENDINGS)}.", examples=["sarif"])
]


@router.get(
    "/scans/{scan_id}/report.{ending}",
    operation_id="read_report",
    summary="A report of a scan",
    response_class=Response,
    responses={
        200: {
            "description": "The report, to be saved as a file.",
            "content": {
                kind: {"schema": {} if kind.endswith("json") else {"type": "string"}}
                for kind in (each.media_type.partition(";")[0] for each in ENDINGS.values())
            },
        },
        **problems(401, 404, 409, 422),
    },
)
def read_report(
    scan_id: ScanId,
    ending: EndingOf,
    work: CurrentWork,
    gate: Annotated[
        bool, Query(description="With the verdict by the project's policy, as `/gate` gives it.")
    ] = False,
    language: Annotated[Literal["en", "fi", "sv"], Query(description="Of the HTML report.")] = "en",
) -> Response:
    """409 while the scan runs: no report may look whole for lack of pages."""
    scan = scans.find_scan(work, scan_id)
    found = ENDINGS.get(ending)
    if found is None:
        raise NotFound(f"There is no report.{ending}; there are: {', '.join(ENDINGS)}.")
    if scan.state not in ENDED:
        raise Conflict(f"This scan has not ended; it is {scan.state}.")
    text = FORMATS[found.format](
        Report(
            scan=scans.document_of(work.session, scan),
            verdict=gate_of(work, scan) if gate else None,
            pictures=scans.pictures_of(work.session, scan) if found.format == "html" else {},
            language=language,
            made_at=work.now,
        )
    )
    return Response(
        text.encode(),
        media_type=found.media_type,
        headers={"Content-Disposition": f'attachment; filename="luiska-{scan.id}.{ending}"'},
    )
