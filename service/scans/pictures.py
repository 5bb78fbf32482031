"""Pictures of failed elements as they are kept, and as reports want them."""

from collections.abc import Iterable

from sqlmodel import Session, select

from service.browser import Picture
from service.db.text import storable
from service.scans.tables import PageVisit, Scan
from service.scans.tables import Picture as PictureRow

PictureKey = tuple[str, tuple[int, int], str, str]
"""(the page's URL, viewport, page state, selector) of an element, as documents name them."""


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
        .where(PageVisit.scan_id == scan.id)
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
        .where(PageVisit.id == visit_id, PageVisit.scan_id == scan_id)
    )
    return sorted(session.exec(statement))


def picture_of(session: Session, scan_id: str, visit_id: str, selector: str) -> bytes | None:
    """The element's picture, if there is one."""
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
