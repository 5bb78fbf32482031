"""`/scans/{id}/pages/{visit_id}`: what pages and failed elements looked like."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from service import scans
from service.api.approach_models import PicturesAnswer
from service.api.deps import CurrentWork
from service.api.problem import problems
from service.api.scans import ScanId
from service.errors import NotFound

router = APIRouter(tags=["scans"])

VisitId = Annotated[str, Path(min_length=1, max_length=80, description="The id of a page visit.")]


@router.get(
    "/scans/{scan_id}/pages/{visit_id}/pictures",
    operation_id="list_pictures",
    summary="Which elements of a page are pictured",
    responses=problems(401, 404, 422),
)
def list_pictures(scan_id: ScanId, visit_id: VisitId, work: CurrentWork) -> PicturesAnswer:
    scan = scans.find_scan(work, scan_id)
    selectors = scans.pictured_selectors(work.session, scan.id, visit_id)
    return PicturesAnswer(selectors=selectors)


@router.get(
    "/scans/{scan_id}/pages/{visit_id}/picture",
    operation_id="read_picture",
    summary="The picture of an element",
    response_class=Response,
    responses={
        200: {"content": {"image/webp": {}}, "description": "The element, marked by an outline."},
        **problems(401, 404, 422),
    },
)
def read_picture(
    scan_id: ScanId,
    visit_id: VisitId,
    work: CurrentWork,
    selector: Annotated[str, Query(min_length=1, max_length=10_000)],
) -> Response:
    scan = scans.find_scan(work, scan_id)
    content = scans.picture_of(work.session, scan.id, visit_id, selector)
    if content is None:
        raise NotFound("There is no picture of such an element of this page.")
    return Response(content, media_type="image/webp")


@router.get(
    "/scans/{scan_id}/pages/{visit_id}/page-picture",
    operation_id="read_page_picture",
    summary="The picture of a page",
    response_class=Response,
    responses={
        200: {"content": {"image/webp": {}}, "description": "The page from its top."},
        **problems(401, 404, 422),
    },
)
def read_page_picture(scan_id: ScanId, visit_id: VisitId, work: CurrentWork) -> Response:
    """Of scans that were asked for with `page_picture`."""
    scan = scans.find_scan(work, scan_id)
    content = scans.page_picture_of(work.session, scan.id, visit_id)
    if content is None:
        raise NotFound("There is no picture of this page.")
    return Response(content, media_type="image/webp")
