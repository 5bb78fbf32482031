"""Lines of a verdict, made from findings or from what a baseline knows. Pure."""

from collections.abc import Iterable, Sequence

from checks import Impact
from service.barriers.document import FindingDocument, PageDocument
from service.barriers.gate.baseline import Known
from service.barriers.gate.matching import Found
from service.barriers.gate.values import Instance, Judged, People


def judged_of(found: Sequence[Found], *, because: tuple[str, ...], people: People | None) -> Judged:
    """One component with all that was found of it; the worst of it gives its words."""
    worst = max(found, key=lambda each: _rank(each.finding.impact)).finding
    return Judged(
        fingerprint=worst.fingerprint,
        rule=worst.rule,
        title=worst.help,
        impact=worst.impact,
        criteria=worst.criteria,
        help_url=worst.help_url,
        instances=tuple(_instance(each.page, each.finding) for each in found),
        because=because,
        people=people,
    )


def _instance(page: PageDocument, finding: FindingDocument) -> Instance:
    return Instance(
        url=page.url,
        key=page.key,
        viewport=page.viewport,
        page_state=page.page_state,
        selector=finding.selector,
        html=finding.html,
        message=finding.message,
        instance_key=finding.instance_key,
    )


def judged_known(
    barrier: Known, elements: frozenset[str], people: People | None, because: tuple[str, ...]
) -> Judged:
    """A barrier that was not seen, as the baseline knows it."""
    return Judged(
        fingerprint=barrier.fingerprint,
        rule=barrier.rule,
        title=barrier.title,
        impact=barrier.impact,
        criteria=barrier.criteria,
        help_url=barrier.help_url,
        instances=tuple(
            Instance(
                url=place.page,
                key=place.page,
                viewport=place.size,
                page_state=place.state,
                selector=place.selector,
                html=barrier.html,
                message="",
                instance_key=place.element,
            )
            for place in barrier.places
            if place.element in elements
        ),
        because=because,
        people=people,
    )


def sorted_by_weight(judged: Iterable[Judged]) -> tuple[Judged, ...]:
    """What breaks the gate first, then the worst, then the most met."""
    return tuple(
        sorted(
            judged,
            key=lambda each: (
                not each.breaks,
                -(each.people.met if each.people else 0),
                -_rank(each.impact),
                each.rule or "",
                each.fingerprint,
            ),
        )
    )


def _rank(impact: str | None) -> int:
    return len(Impact) + 1 if impact is None else Impact(impact).rank


def judged_by_people(
    *, fingerprint: str, title: str, criteria: tuple[str, ...], people: People
) -> Judged:
    """A barrier that people met and no check found."""
    return Judged(
        fingerprint=fingerprint,
        rule=None,
        title=title,
        impact=None,
        criteria=criteria,
        help_url=None,
        instances=(),
        people=people,
    )
