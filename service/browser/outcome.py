"""What is told of a visit: what it brought back, what it took, and what the guard refused."""

from collections.abc import Iterable

from service.browser.progress import Times
from service.browser.values import PageError, PageErrorCode, Refusal, Sources, VisitOutcome
from service.browser.visit import Examined


def visit_outcome(
    result: Examined | PageError,
    times: Times,
    *,
    refusals: Iterable[Refusal],
    browser_version: str | None,
    axe_version: str,
    conditions: str | None,
) -> VisitOutcome:
    """The outcome of a visit that ends now; `conditions` are those of `Fleet.conditions`."""
    examined = result if isinstance(result, Examined) else None
    progress = times.progress
    return VisitOutcome(
        state="examined" if examined else "error",
        partial=bool(examined and examined.partial_reasons),
        partial_reasons=examined.partial_reasons if examined else (),
        error=result if isinstance(result, PageError) else None,
        artifacts=examined.artifacts if examined else None,
        timings_ms={
            # Waiting for a browser to start is waiting for a browser.
            "queue": times.queued_ms + progress.start_ms,
            "navigate": progress.navigate_ms,
            **({"digest": progress.digest_ms} if examined and examined.digests else {}),
            "axe": progress.axe_ms,
            "elements": progress.elements_ms,
            "total": times.total_ms,
        },
        browser_version=browser_version,
        axe_version=axe_version,
        refused=tuple(
            refusal
            for refusal in refusals
            if refusal.is_cut or refusal.code is PageErrorCode.BLOCKED_ADDRESS
        ),
        digest=examined.digest if examined else None,
        sources=_sources(examined, conditions) if examined else None,
        reused=bool(examined and examined.reused),
        pictures=examined.pictures if examined else (),
        page_picture=examined.page_picture if examined else None,
    )


def _sources(examined: Examined, conditions: str | None) -> Sources | None:
    if conditions is None or examined.answers is None:
        return None
    artifacts = examined.artifacts
    return Sources(
        conditions=conditions,
        final_url=artifacts.final_url,
        status=artifacts.status,
        content_type=artifacts.content_type,
        title=artifacts.title,
        language=artifacts.language,
        answers=examined.answers,
        links=artifacts.links,
    )
