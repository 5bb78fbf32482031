"""The page under test as it stands beside the log: its picture, and its open barriers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from service import barriers, scans
from service.access import Permission, Work
from service.barriers import OpenHere
from service.browser import Place
from service.errors import Malformed, NotFound
from service.jobs import JobQueue
from service.projects import Page, Project
from service.scans import ENDED, Approach, PageSeen, PageVisit, Scan, ScanRequest
from service.scans.values import VISIT_ENDED

Asked = Literal["pending", "failed", "without"]
"""What became of the last wish for a picture that there is no picture of."""
_WISH = Approach(page_picture=True)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A place of the picture, and the number in the list of the barrier that is there.

    `shift` tells how many other numbers stand at the same place already.
    """

    number: int
    place: Place
    shift: int


@dataclass(frozen=True, kw_only=True)
class PageBeside:
    """`address` is where the page can be opened, None of a path whose site is not known.

    `asked` tells of a wish that came after the picture, `error` why it was not granted.
    """

    page: Page
    address: str | None
    found: Sequence[OpenHere]
    seen: PageSeen | None
    marks: Sequence[Mark]
    asked: Asked | None
    error: str | None
    may_scan: bool


def find_page(work: Work, project: Project, page_id: str) -> Page:
    """Raises `NotFound` when the project has no such page."""
    page = work.session.get(Page, page_id)
    if page is None or page.project_id != project.id:
        raise NotFound("The project has no page with this id.")
    return page


def page_beside(work: Work, project: Project, page: Page) -> PageBeside:
    session = work.session
    found = barriers.open_on_page(session, page.id)
    seen = scans.page_last_seen(session, page.id)
    visit = scans.last_asked_to_picture(session, page.id)
    asked = None if visit is None else _became(work, visit, seen)
    address = _address(project, page)
    return PageBeside(
        page=page,
        address=address,
        found=found,
        seen=seen,
        marks=[] if seen is None else _marks(found, seen),
        asked=asked,
        error=visit.error_code if visit is not None and asked == "failed" else None,
        may_scan=work.actor.may(Permission.SCAN) and address is not None,
    )


def ask_for_picture(work: Work, queue: JobQueue, project: Project, page: Page) -> None:
    """Have this one page scanned and pictured. Raises what `request_scan` raises."""
    address = _address(project, page)
    if address is None:
        raise Malformed("Of this page only a path is known, and the project has no origin.")
    wish = ScanRequest(urls=(address,), approach=_WISH, priority="interactive")
    scans.request_scan(work, queue, project, wish)


def _became(work: Work, visit: PageVisit, seen: PageSeen | None) -> Asked | None:
    if visit.state not in VISIT_ENDED:
        # A scan whose job broke leaves visits that nobody will make.
        is_over = work.session.get_one(Scan, visit.scan_id).state in ENDED
        return "failed" if is_over else "pending"
    if visit.state == "error":
        return "failed"
    return None if seen is not None and seen.visit_id == visit.id else "without"


def _marks(found: Sequence[OpenHere], seen: PageSeen) -> list[Mark]:
    """The larger first, so that the smaller lie on top of them."""
    there: Counter[Place] = Counter()
    marks = []
    for number, each in enumerate(found, 1):
        for place in seen.places.get(each.barrier.id, ()):
            marks.append(Mark(number=number, place=place, shift=there[place]))
            there[place] += 1
    marks.sort(key=lambda mark: -mark.place.width * mark.place.height)
    return marks


def _address(project: Project, page: Page) -> str | None:
    """What was noted may be a path; the project's first origin is then its site."""
    if urlsplit(page.url).netloc:
        return page.url
    if not project.origins:
        return None
    return project.origins[0].removesuffix(":*") + page.url
