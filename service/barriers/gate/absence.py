"""What counts as gone: looked for everywhere it was, in full, and not found. Pure."""

from collections.abc import Iterable

from service.barriers.document import PageDocument, ScanDocument
from service.barriers.gate.baseline import Known
from service.barriers.gate.values import NotExamined

_FRAME_RULE = "frame-tested"


def told_absent(
    report: ScanDocument,
    barrier: Known,
    elements: frozenset[str],
    missing: Iterable[NotExamined],
) -> frozenset[str]:
    """Those of these elements that are gone: each of their places was completed by the rule."""
    unsaid = {(each.url, each.viewport, each.page_state) for each in missing}
    pages = {
        (page.key, page.viewport, page.page_state): page
        for page in report.pages
        if (page.url, page.viewport, page.page_state) not in unsaid
    }
    left: set[str] = set()
    for place in barrier.places:
        page = pages.get((place.page, place.size, place.state))
        if page is None or not _completed(page, barrier, place.selector):
            left.add(place.element)
    return elements - left


def _completed(page: PageDocument, barrier: Known, selector: str) -> bool:
    in_doubt = any(
        finding.outcome == "cantTell"
        and (
            finding.fingerprint == barrier.fingerprint
            or (finding.rule == _FRAME_RULE and selector.startswith(f"{finding.selector} >>> "))
        )
        for finding in page.findings
    )
    return barrier.rule in page.completed and not in_doubt
