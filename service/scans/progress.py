"""The events of a scan, read from the store so that any process can tell them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import load_only
from sqlmodel import col, select

from service.db import transaction
from service.errors import NotFound
from service.scans.summary import count_pages, summarise
from service.scans.tables import PageVisit, Scan
from service.scans.values import ENDED

_AT_ONCE = 200
# Of a row that is wide, and asked for again and again while somebody follows.
_TOLD: tuple[Any, ...] = (
    PageVisit.id,
    PageVisit.ended_order,
    PageVisit.url,
    PageVisit.viewport,
    PageVisit.state,
    PageVisit.partial,
    PageVisit.error_code,
    PageVisit.title,
)


@dataclass(frozen=True, kw_only=True)
class ScanEvent:
    """`page` events are numbered 1, 2, 3 … as pages end; `done` has the number after the last."""

    kind: Literal["page", "progress", "done"]
    number: int | None
    data: dict[str, Any]


def events_after(engine: sa.Engine, scan_id: str, number: int) -> Iterator[ScanEvent]:
    """What happened after event `number`: the pages that ended, then where the scan stands.

    Ends with `done` when the scan has ended and every page was told. Raises `NotFound`.
    """
    with transaction(engine, writes=False) as session:
        standing = session.exec(
            select(Scan.state, Scan.ended_count).where(Scan.id == scan_id)
        ).one_or_none()
        if standing is None:
            raise NotFound("This scan was deleted meanwhile.")
        state, ended_count = standing
        if ended_count <= number and state not in ENDED:
            return
        ended = session.exec(
            select(PageVisit)
            .options(load_only(*_TOLD, raiseload=True))
            .where(col(PageVisit.scan_id) == scan_id, col(PageVisit.ended_order) > number)
            .order_by(col(PageVisit.ended_order))
            .limit(_AT_ONCE)
        ).all()
        scan = session.get_one(Scan, scan_id)
        pages = count_pages(session, [scan])[scan_id]
        is_told = state in ENDED and len(ended) < _AT_ONCE
        result = summarise(session, scan).result if is_told else None
    for visit in ended:
        yield ScanEvent(kind="page", number=visit.ended_order, data=_page(visit))
    progress = {
        "state": state,
        "requested": pages.requested,
        "examined": pages.examined,
        "failed": pages.failed,
        "remaining": pages.remaining,
    }
    if ended:
        yield ScanEvent(kind="progress", number=None, data=progress)
    if is_told:
        yield ScanEvent(kind="done", number=ended_count + 1, data={**progress, "result": result})


def _page(visit: PageVisit) -> dict[str, Any]:
    return {
        "id": visit.id,
        "url": visit.url,
        "viewport": visit.viewport,
        "state": visit.state,
        "partial": visit.partial,
        "error": visit.error_code,
        "title": visit.title,
    }
