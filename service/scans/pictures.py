"""Pictures of failed elements and of whole pages as they are kept, and as readers want them."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from service.browser import PagePicture, Picture, Place
from service.db.text import storable
from service.scans.tables import FindingRow, PageVisit, Scan
from service.scans.tables import Picture as PictureRow

PictureKey = tuple[str, tuple[int, int], str, str]
"""(the page's URL, viewport, page state, selector) of an element, as documents name them."""

# In the place of a selector, which none of these is.
_PAGE = "(page)"
_LAYOUT = "(layout)"
_OF_PAGES = (_PAGE, _LAYOUT)


@dataclass(frozen=True, kw_only=True)
class PageSeen:
    """Of which visit the picture of a page is, and where in it barriers are; see `PagePicture`."""

    scan_id: str
    visit_id: str
    viewport: str
    at: datetime
    width: int
    height: int
    is_cut: bool
    places: Mapping[str, tuple[Place, ...]]


def keep_page_picture(session: Session, visit_id: str, picture: PagePicture | None) -> None:
    if picture is None:
        return
    layout = {
        "width": picture.width,
        "height": picture.height,
        "is_cut": picture.is_cut,
        "places": [(storable(each.selector), *astuple(each)[1:]) for each in picture.places],
    }
    session.add(PictureRow(visit_id=visit_id, selector=_PAGE, content=picture.content))
    packed = json.dumps(layout, separators=(",", ":")).encode()
    session.add(PictureRow(visit_id=visit_id, selector=_LAYOUT, content=packed))


def page_picture_of(session: Session, scan_id: str, visit_id: str) -> bytes | None:
    """The picture of a visit's page as WebP, if there is one."""
    return _content(session, scan_id, visit_id, _PAGE)


def page_last_seen(session: Session, page_id: str) -> PageSeen | None:
    """The latest picture of a page, whichever scan it was taken in."""
    row = session.exec(
        select(PageVisit, PictureRow.content)
        .join(PictureRow, col(PictureRow.visit_id) == PageVisit.id)
        .where(
            PageVisit.page_id == page_id,
            PageVisit.state == "examined",
            PictureRow.selector == _LAYOUT,
        )
        .order_by(col(PageVisit.ended_at).desc(), col(PageVisit.id).desc())
        .limit(1)
    ).first()
    if row is None or row[0].ended_at is None:
        return None
    visit, content = row
    layout = json.loads(content)
    return PageSeen(
        scan_id=visit.scan_id,
        visit_id=visit.id,
        viewport=visit.viewport,
        at=row[0].ended_at,
        width=layout["width"],
        height=layout["height"],
        is_cut=layout["is_cut"],
        places=_places_of_barriers(session, visit.id, layout["places"]),
    )


def last_asked_to_picture(session: Session, page_id: str) -> PageVisit | None:
    """The latest visit of a page that was to bring a picture of it, whatever became of it."""
    return session.exec(
        select(PageVisit)
        .join(Scan, col(Scan.id) == PageVisit.scan_id)
        .where(
            PageVisit.page_id == page_id,
            Scan.approach["page_picture"].as_boolean().is_(True),
        )
        .order_by(col(Scan.requested_at).desc(), col(PageVisit.id).desc())
        .limit(1)
    ).first()


def keep_pictures(session: Session, visit_id: str, pictures: Iterable[Picture]) -> None:
    """Each once; `pictures` are of different elements."""
    kept = {storable(each.selector): each.content for each in pictures}
    for selector, content in kept.items():
        session.add(PictureRow(visit_id=visit_id, selector=selector, content=content))


def pictures_of(session: Session, scan: Scan) -> dict[PictureKey, bytes]:
    """Every picture of a scan, WebP."""
    rows = session.exec(
        select(PageVisit.url, PageVisit.viewport, PictureRow.selector, PictureRow.content)
        .join(PageVisit)
        .where(PageVisit.scan_id == scan.id, col(PictureRow.selector).not_in(_OF_PAGES))
    )
    return {
        (url, _size(viewport), scan.page_state, selector): content
        for url, viewport, selector, content in rows
    }


def pictured_selectors(session: Session, scan_id: str, visit_id: str) -> list[str]:
    """Which elements of a visit have a picture, in the order of their selectors."""
    statement = (
        select(PictureRow.selector)
        .join(PageVisit)
        .where(
            PageVisit.id == visit_id,
            PageVisit.scan_id == scan_id,
            col(PictureRow.selector).not_in(_OF_PAGES),
        )
    )
    return sorted(session.exec(statement))


def picture_of(session: Session, scan_id: str, visit_id: str, selector: str) -> bytes | None:
    """The element's picture, if there is one."""
    return None if selector in _OF_PAGES else _content(session, scan_id, visit_id, selector)


def _places_of_barriers(
    session: Session, visit_id: str, places: Iterable[tuple[str, int, int, int, int]]
) -> dict[str, tuple[Place, ...]]:
    by_selector = {selector: box for selector, *box in places}
    found: dict[str, dict[str, Place]] = defaultdict(dict)
    for selector, barrier_id in session.exec(
        select(FindingRow.selector, FindingRow.barrier_id)
        .where(FindingRow.visit_id == visit_id, col(FindingRow.barrier_id).is_not(None))
        .order_by(col(FindingRow.ordinal))
    ):
        if barrier_id is not None and selector in by_selector:
            x, y, width, height = by_selector[selector]
            found[barrier_id][selector] = Place(
                selector=selector, x=x, y=y, width=width, height=height
            )
    return {barrier_id: tuple(each.values()) for barrier_id, each in found.items()}


def _content(session: Session, scan_id: str, visit_id: str, selector: str) -> bytes | None:
    return session.exec(
        select(PictureRow.content)
        .join(PageVisit)
        .where(
            PageVisit.id == visit_id,
            PageVisit.scan_id == scan_id,
            PictureRow.selector == selector,
        )
    ).first()


def _size(viewport: str) -> tuple[int, int]:
    width, height = viewport.split("x")
    return int(width), int(height)
