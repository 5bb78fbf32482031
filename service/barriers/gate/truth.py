"""Which pages of a scan say nothing: a gate is never green for work that was not done. Pure."""

from collections.abc import Mapping

from service.barriers.document import PageDocument, ScanDocument
from service.barriers.gate.values import NotExamined

PARTIAL = "partial"


def not_examined(report: ScanDocument, final_urls: Mapping[str, str]) -> tuple[NotExamined, ...]:
    """The pages that were not examined in full, or that turned out to be other pages.

    `final_urls` has the identity of the page that a page, by its identity, is meant to end on.
    """
    return tuple(
        NotExamined(
            url=page.url,
            viewport=page.viewport,
            page_state=page.page_state,
            error=problem[0],
            detail=problem[1],
        )
        for page in report.pages
        if (problem := _problem(page, final_urls)) is not None
    )


def _problem(page: PageDocument, final_urls: Mapping[str, str]) -> tuple[str, str] | None:
    if page.state == "error":
        return page.error or "infrastructure", page.error_detail or "It was not examined."
    if _is_another(page, final_urls):
        return "navigation_failed", (
            f"the address leads to another page, {page.final_url}; if that is meant, give it as "
            "final_url of this [[page]] in the policy"
        )
    if page.partial:
        return PARTIAL, "; ".join(page.partial_reasons) or "something did not finish"
    return None


def _is_another(page: PageDocument, final_urls: Mapping[str, str]) -> bool:
    if page.key in final_urls:
        return page.final_key != final_urls[page.key]
    # What a page's state brings it to is where its steps lead; found pages are not named.
    return page.named and not page.page_state and page.final_key != page.key
