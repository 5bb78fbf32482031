"""What changed from one build to another, of people who tried one of them each."""

from collections.abc import Iterable, Mapping, Sequence
from math import exp, log, sqrt
from statistics import NormalDist, fmean

from scipy.stats import ttest_ind

from service.research.grammar import TaskOutcome
from service.research.measures.checked import confidence_level
from service.research.measures.figures import (
    Change,
    Interval,
    Missing,
    Reason,
    Verdict,
    left_out_of,
)
from service.research.measures.means import unlogged
from service.research.measures.responses import Response, complete_responses
from service.research.measures.sus import sus_score
from service.research.measures.times import success_times
from service.research.measures.tries import Try, first_tries

_COMPLETION = "Campbell (2007) and Sauro and Lewis, chapter 5 (test); Agresti and Caffo (2000)"
_WELCH = "Welch (1947); Sauro and Lewis, Quantifying the User Experience, chapter 5"


def completion_change(
    before: Iterable[Try], after: Iterable[Try], *, confidence: float = 0.95
) -> Change:
    """The difference of two completion rates (see `completion`), after - before.

    Test: N-1 two proportions, z = (p2 - p1) · √((N-1)/N) / √(P(1-P)(1/n1 + 1/n2)), two-sided.
    Interval: Agresti and Caffo's, adjusted Wald on both sides: z²/4 successes and z²/4 failures are
    added to each, and the difference is the adjusted one's, clipped to -1..1. Example: 11 of 12
    before and 5 of 10 after are -0.417 with z = -2.13. Raises ValueError.
    """
    (old, left_old), (new, left_new) = first_tries(before), first_tries(after)
    x1, x2 = (sum(t.outcome == TaskOutcome.UNASSISTED for t in tries) for tries in (old, new))
    n1, n2 = len(old), len(new)
    confidence_level(confidence)
    z, p = _n_minus_1(x1, n1, x2, n2)
    return _change(
        (n1, x1 / n1 if n1 else None),
        (n2, x2 / n2 if n2 else None),
        (z, p, _agresti_caffo(x1, n1, x2, n2, confidence)),
        test="N-1 two proportions",
        least=1,
        left_out=left_old + left_new,
        confidence=confidence,
        source=_COMPLETION,
    )


def time_change(before: Iterable[Try], after: Iterable[Try], *, confidence: float = 0.95) -> Change:
    """The ratio of two geometric mean times (see `time_on_task`), after / before.

    Welch's t on ln t; the ends of its interval are raised to powers of e. Below 1 is faster, which
    is better. Two times are needed on each side. Example: 10 20 40 s before and 5 10 20 s after are
    0.5, 0.10..2.41 at 95 %. Raises ValueError.
    """
    (old, left_old), (new, left_new) = success_times(before), success_times(after)
    statistic, p, interval = _welch([log(t) for t in old], [log(t) for t in new], confidence)
    first, second = (exp(fmean(map(log, each))) if each else None for each in (old, new))
    return _change(
        (len(old), first),
        (len(new), second),
        (statistic, p, interval and unlogged(interval)),
        test="Welch's t on ln t",
        least=2,
        left_out={each: left_old[each] + left_new[each] for each in Reason},
        confidence=confidence,
        source=_WELCH,
        is_ratio_of_times=True,
    )


def sus_change(
    before: Iterable[Response],
    after: Iterable[Response],
    *,
    later: int = 0,
    forgotten: int = 0,
    confidence: float = 0.95,
) -> Change:
    """The difference of two SUS means, after - before, by Welch's t, clipped to -100..100.

    Two responses are needed on each side; `later` and `forgotten` ones were left out.
    Raises ValueError.
    """
    (old, old_rest), (new, new_rest) = complete_responses(before), complete_responses(after)
    scores = [sus_score(each) for each in old], [sus_score(each) for each in new]
    statistic, p, interval = _welch(*scores, confidence)
    if interval is not None:
        interval = Interval(low=max(-100.0, interval.low), high=min(100.0, interval.high))
    first, second = (fmean(each) if each else None for each in scores)
    return _change(
        (len(old), first),
        (len(new), second),
        (statistic, p, interval),
        test="Welch's t",
        least=2,
        left_out={
            Reason.INCOMPLETE: old_rest + new_rest,
            Reason.LATER_RESPONSE: later,
            Reason.FORGOTTEN: forgotten,
        },
        confidence=confidence,
        source=_WELCH,
    )


def _change(
    before: tuple[int, float | None],
    after: tuple[int, float | None],
    tested: tuple[float | None, float | None, Interval | None],
    *,
    test: str,
    least: int,
    left_out: Mapping[Reason, int],
    confidence: float,
    source: str,
    is_ratio_of_times: bool = False,
) -> Change:
    """The change from one (n, value) to another, as the test's (statistic, p, interval) has it."""
    (n_before, first), (n_after, second) = before, after
    statistic, p, interval = tested
    change = None
    if first is not None and second is not None:
        change = second / first if is_ratio_of_times else second - first
    return Change(
        n=n_before + n_after,
        n_before=n_before,
        n_after=n_after,
        before=first,
        after=second,
        change=change,
        is_ratio=is_ratio_of_times,
        interval=interval,
        test=test,
        statistic=statistic,
        p_value=p,
        verdict=_verdict(interval, is_ratio_of_times=is_ratio_of_times),
        missing=_missing(n_before, n_after, least=least, is_spread=statistic is not None),
        left_out=left_out_of(left_out),
        confidence=confidence,
        source=source,
    )


def _n_minus_1(x1: int, n1: int, x2: int, n2: int) -> tuple[float | None, float | None]:
    """z and its two-sided p; neither where all succeeded, all failed or a side is empty."""
    total = n1 + n2
    if not n1 or not n2 or x1 + x2 in (0, total):
        return None, None
    pooled = (x1 + x2) / total
    error = sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    z = (x2 / n2 - x1 / n1) * sqrt((total - 1) / total) / error
    return z, 2 * NormalDist().cdf(-abs(z))


def _agresti_caffo(x1: int, n1: int, x2: int, n2: int, confidence: float) -> Interval | None:
    if not n1 or not n2:
        return None
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    added = z * z / 2
    m1, m2 = n1 + added, n2 + added
    p1, p2 = (x1 + added / 2) / m1, (x2 + added / 2) / m2
    margin = z * sqrt(p1 * (1 - p1) / m1 + p2 * (1 - p2) / m2)
    return Interval(low=max(-1.0, p2 - p1 - margin), high=min(1.0, p2 - p1 + margin))


def _welch(
    before: Sequence[float], after: Sequence[float], confidence: float
) -> tuple[float | None, float | None, Interval | None]:
    """t, its two-sided p and the interval of after - before; None where there is no spread."""
    confidence_level(confidence)
    if min(len(before), len(after)) < 2 or all(min(s) == max(s) for s in (before, after)):
        return None, None, None
    found = ttest_ind(after, before, equal_var=False)
    ends = found.confidence_interval(confidence)
    interval = Interval(low=float(ends.low), high=float(ends.high))
    return float(found.statistic), float(found.pvalue), interval


def _verdict(interval: Interval | None, *, is_ratio_of_times: bool) -> Verdict:
    unchanged = 1.0 if is_ratio_of_times else 0.0
    if interval is None or interval.low <= unchanged <= interval.high:
        return Verdict.UNTOLD
    is_more = interval.low > unchanged
    return Verdict.WORSE if is_more == is_ratio_of_times else Verdict.BETTER


def _missing(n_before: int, n_after: int, *, least: int, is_spread: bool) -> Missing | None:
    fewest = min(n_before, n_after)
    if fewest == 0:
        return Missing.NOTHING
    if fewest < least:
        return Missing.ONE_VALUE
    return None if is_spread else Missing.NO_SPREAD
