"""What counts as gone: looked for everywhere it was, in full, and not found. Pure."""

from collections.abc import Iterable

from service.barriers.document import PageDocument, ScanDocument
from service.barriers.gate.baseline import Known
from service.barriers.gate.values import NotExamined

_FRAME_RULE = "frame-tested"


class Looked:
    """Where a scan looked: its pages by identity, viewport and state, without those unsaid."""

    def __init__(self, report: ScanDocument, missing: Iterable[NotExamined]) -> None:
        unsaid = {(each.url, each.viewport, each.page_state) for each in missing}
        self._pages = {
            (page.key, page.viewport, page.page_state): page
            for page in report.pages
            if (page.url, page.viewport, page.page_state) not in unsaid
        }

    def told_absent(self, barrier: Known, elements: frozenset[str]) -> frozenset[str]:
        """Those of these elements that are gone: the rule completed each of their places."""
        left = {
            place.element
            for place in barrier.places
            if place.element in elements
            and not self._completed(
                self._pages.get((place.page, place.size, place.state)), barrier, place.selector
            )
        }
        return elements - left

    def _completed(self, page: PageDocument | None, barrier: Known, selector: str) -> bool:
        if page is None or barrier.rule not in page.completed:
            return False
        return not any(
            finding.outcome == "cantTell"
            and (
                finding.fingerprint == barrier.fingerprint
                or (finding.rule == _FRAME_RULE and selector.startswith(f"{finding.selector} >>> "))
            )
            for finding in page.findings
        )
