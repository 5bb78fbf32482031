"""NASA-TLX, the Task Load Index."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from service.research.measures.checked import finite, whole
from service.research.measures.figures import NasaTlx, Reason
from service.research.measures.means import mean_of

SOURCE = "Hart and Staveland (1988); raw: Hart (2006), NASA-Task Load Index, 20 years later"
SCALES = ("mental", "physical", "temporal", "performance", "effort", "frustration")
_COMPARISONS = 15


@dataclass(frozen=True, kw_only=True)
class Load:
    """One response: six ratings of 0 to 100, and how often each scale was chosen of a pair."""

    ratings: Sequence[float | None]
    weights: Sequence[int] | None = None


def raw_load(ratings: Sequence[float]) -> float:
    """The mean of the six ratings: 50 60 70 20 80 20 is 50. Raises ValueError."""
    return fmean(_ratings(ratings))


def weighted_load(ratings: Sequence[float], weights: Sequence[int]) -> float:
    """Σ weight · rating / 15; the weights are whole numbers of 0 to 5 whose sum is 15.

    Ratings 50 60 70 20 80 20 with weights 5 0 3 2 4 1 are 56.0. Raises ValueError.
    """
    numbers = _ratings(ratings)
    if len(weights) != len(SCALES):
        raise ValueError(f"NASA-TLX has {len(SCALES)} weights, and these are {len(weights)}")
    checked = [
        whole(each, f"NASA-TLX weight {name}", 0, 5)
        for name, each in zip(SCALES, weights, strict=True)
    ]
    if sum(checked) != _COMPARISONS:
        raise ValueError(
            f"NASA-TLX weights sum to {_COMPARISONS}, one for each pair of scales; these sum to "
            f"{sum(checked)}"
        )
    pairs = zip(checked, numbers, strict=True)
    return sum(weight * rating for weight, rating in pairs) / _COMPARISONS


def nasa_tlx(
    loads: Iterable[Load], *, later: int = 0, forgotten: int = 0, confidence: float = 0.95
) -> NasaTlx:
    """The raw mean of the responses with its interval, the weighted one, and that of each scale.

    Responses without some rating are left out, and `later` and `forgotten` ones were; the weighted
    mean leaves out those without weights too. Raises ValueError.
    """
    complete: list[tuple[list[float], Sequence[int] | None]] = []
    left_out = {
        Reason.INCOMPLETE: 0,
        Reason.LATER_RESPONSE: later,
        Reason.FORGOTTEN: forgotten,
    }
    for load in loads:
        ratings = [each for each in load.ratings if each is not None]
        if len(ratings) == len(load.ratings):
            complete.append((ratings, load.weights))
        else:
            left_out[Reason.INCOMPLETE] += 1
    raw = mean_of(
        [raw_load(ratings) for ratings, _ in complete],
        "NASA-TLX load",
        low=0,
        high=100,
        source=SOURCE,
        left_out=left_out,
        confidence=confidence,
    )
    weighed = [(ratings, weights) for ratings, weights in complete if weights is not None]
    weighted = mean_of(
        [weighted_load(ratings, weights) for ratings, weights in weighed],
        "NASA-TLX load",
        low=0,
        high=100,
        source=SOURCE,
        left_out={**left_out, Reason.NO_ANSWER: len(complete) - len(weighed)},
        confidence=confidence,
    )
    columns = zip(*(ratings for ratings, _ in complete), strict=True)
    scales = {name: fmean(column) for name, column in zip(SCALES, columns, strict=False)}
    return NasaTlx(**vars(raw), weighted=weighted, scales=scales)


def _ratings(ratings: Sequence[float]) -> list[float]:
    if len(ratings) != len(SCALES):
        raise ValueError(f"NASA-TLX has {len(SCALES)} ratings, and these are {len(ratings)}")
    return [
        finite(each, f"NASA-TLX rating {name}", 0, 100)
        for name, each in zip(SCALES, ratings, strict=True)
    ]
