"""A count of so many, with the interval that one chooses."""

from collections.abc import Mapping
from typing import Literal

from scipy.stats import binomtest

from service.research.measures.adjusted_wald import adjusted_wald, refuse_no_proportion
from service.research.measures.checked import confidence_level
from service.research.measures.figures import Interval, Proportion, Reason, left_out_of

IntervalMethod = Literal["adjusted-wald", "wilson", "exact"]
SOURCES: Mapping[IntervalMethod, str] = {
    "adjusted-wald": "Agresti and Coull (1998); Sauro and Lewis (2005)",
    "wilson": "Wilson (1927), the score interval",
    "exact": "Clopper and Pearson (1934)",
}


def proportion_interval(
    successes: int,
    trials: int,
    *,
    method: IntervalMethod = "adjusted-wald",
    confidence: float = 0.95,
) -> Interval | None:
    """The interval of a proportion; None when nothing was tried.

    - `adjusted-wald`: (x + z²/2) / (n + z²) ± z·√(p̃(1 - p̃) / (n + z²)), clipped; on average
      closest to what it promises where n is small.
    - `wilson`: the same centre, a narrower width; never outside 0..1.
    - `exact`: by the binomial distribution; promises at least its confidence, so it is wide.

    3 of 8 at 95 %: Wilson 0.136844..0.694258, exact 0.085233..0.755137. Raises ValueError.
    """
    if method not in SOURCES:
        raise ValueError(f"{method!r} is no interval; there are: {', '.join(SOURCES)}")
    confidence_level(confidence)
    if method == "adjusted-wald" or trials == 0 == successes:
        return adjusted_wald(successes, trials, confidence=confidence)
    refuse_no_proportion(successes, trials)
    found = binomtest(successes, trials).proportion_ci(confidence, method)
    return Interval(low=max(0.0, float(found.low)), high=min(1.0, float(found.high)))


def proportion(
    count: int,
    n: int,
    *,
    left_out: Mapping[Reason, int] | None = None,
    method: IntervalMethod = "adjusted-wald",
    confidence: float = 0.95,
) -> Proportion:
    """`count` of `n` as a figure. Raises ValueError."""
    return Proportion(
        n=n,
        count=count,
        rate=count / n if n else None,
        interval=proportion_interval(count, n, method=method, confidence=confidence),
        method=method,
        left_out=left_out_of(left_out or {}),
        confidence=confidence,
        source=SOURCES[method],
    )
