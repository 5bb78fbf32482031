"""A mean with Student's interval."""

import sys
from collections.abc import Mapping, Sequence
from math import exp, log, sqrt
from statistics import fmean, stdev

from scipy.stats import t

from service.research.measures.checked import confidence_level, finite
from service.research.measures.figures import Interval, Mean, Missing, Reason, left_out_of


def mean_of(
    values: Sequence[float],
    name: str,
    *,
    low: float,
    high: float,
    source: str,
    left_out: Mapping[Reason, int] | None = None,
    confidence: float = 0.95,
) -> Mean:
    """mean ± t(n-1) · sd / √n, clipped to the scale `low`..`high`.

    One value, and values that are all equal, have no interval: nothing tells how far from them
    others would lie. Source: Sauro and Lewis, Quantifying the User Experience, chapter 3.
    Example: SUS 70 75 92.5 80 85 95 87.5 92.5 92.5 80 is 85.0 with sd 8.498 and 78.9..91.1.
    Raises ValueError, which calls a wrong value by `name`.
    """
    numbers = [finite(value, name, low, high) for value in values]
    mean, sd, interval, missing = student(numbers, confidence)
    return Mean(
        n=len(numbers),
        mean=None if mean is None else min(high, max(low, mean)),
        sd=sd,
        interval=interval and clipped(interval, low, high),
        missing=missing,
        left_out=left_out_of(left_out or {}),
        confidence=confidence,
        source=source,
    )


def student(
    numbers: Sequence[float], confidence: float
) -> tuple[float | None, float | None, Interval | None, Missing | None]:
    """Mean, standard deviation (n-1), interval, and why there is none. Raises ValueError."""
    confidence_level(confidence)
    if not numbers:
        return None, None, None, Missing.NOTHING
    mean = fmean(numbers)
    if len(numbers) == 1:
        return mean, None, None, Missing.ONE_VALUE
    if min(numbers) == max(numbers):
        return numbers[0], 0.0, None, Missing.NO_SPREAD
    sd = stdev(numbers)
    margin = float(t.ppf((1 + confidence) / 2, len(numbers) - 1)) * sd / sqrt(len(numbers))
    return mean, sd, Interval(low=mean - margin, high=mean + margin), None


def unlogged(interval: Interval) -> Interval:
    """The powers of e of both ends; what is too large for a float is the largest one."""
    largest = log(sys.float_info.max)
    return Interval(low=exp(min(interval.low, largest)), high=exp(min(interval.high, largest)))


def clipped(interval: Interval, low: float, high: float) -> Interval:
    return Interval(low=max(low, interval.low), high=min(high, interval.high))
