"""Responses to a questionnaire of which one mean is told."""

from collections.abc import Callable, Iterable, Sequence

from service.research.measures.figures import Mean, Reason
from service.research.measures.means import mean_of

Response = Sequence[int | None]


def complete_responses(responses: Iterable[Response]) -> tuple[list[list[int]], int]:
    """The responses with every item answered, and how many others there are."""
    complete: list[list[int]] = []
    others = 0
    for response in responses:
        items = [item for item in response if item is not None]
        if len(items) == len(response):
            complete.append(items)
        else:
            others += 1
    return complete, others


def mean_score(
    responses: Iterable[Response],
    score: Callable[[Sequence[int]], float],
    what: str,
    *,
    source: str,
    later: int,
    forgotten: int,
    confidence: float,
) -> Mean:
    """The mean of scores of 0 to 100.

    A response with an item unanswered (None) is left out: a middle answer put in its place would
    be one that nobody gave. `later` is how many responses were left out as somebody's second, and
    `forgotten` how many went with who gave them. Raises ValueError.
    """
    complete, incomplete = complete_responses(responses)
    return mean_of(
        [score(items) for items in complete],
        what,
        low=0,
        high=100,
        source=source,
        left_out={
            Reason.INCOMPLETE: incomplete,
            Reason.LATER_RESPONSE: later,
            Reason.FORGOTTEN: forgotten,
        },
        confidence=confidence,
    )
