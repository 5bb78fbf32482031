"""Time on task."""

from collections.abc import Iterable
from math import exp, log

from service.research.grammar import TaskOutcome
from service.research.measures.checked import finite
from service.research.measures.figures import Reason, TimeOnTask, left_out_of
from service.research.measures.means import student, unlogged
from service.research.measures.tries import Try, first_tries

SOURCE = "Sauro and Lewis (2010), Average task times in usability tests"


def time_on_task(tries: Iterable[Try], *, confidence: float = 0.95) -> TimeOnTask:
    """The geometric mean of the times of unassisted first successes, exp(mean(ln t)).

    The interval is exp(mean(ln t) ± t(n-1) · sd(ln t) / √n): times are skewed, their logarithms
    hardly. Example: 55 65 75 62 45 135 s is 68.24 s, 46.0..101.2 at 95 %. One time has no interval.
    Raises ValueError for a time that is no finite number.
    """
    seconds, left_out = success_times(tries)
    mean, _, interval, missing = student([log(each) for each in seconds], confidence)
    return TimeOnTask(
        n=len(seconds),
        geometric_mean_s=None if mean is None else exp(mean),
        interval_s=interval and unlogged(interval),
        missing=missing,
        left_out=left_out_of(left_out),
        confidence=confidence,
        source=SOURCE,
    )


def success_times(tries: Iterable[Try]) -> tuple[list[float], dict[Reason, int]]:
    """The times in seconds of unassisted first successes, and what was left out.

    Raises ValueError.
    """
    counted, left_out = first_tries(tries)
    seconds: list[float] = []
    for each in counted:
        if each.outcome != TaskOutcome.UNASSISTED:
            left_out[Reason.NO_SUCCESS] += 1
        elif each.is_forgotten:
            left_out[Reason.FORGOTTEN] += 1
        elif each.duration_s is None:
            left_out[Reason.NO_TIME] += 1
        elif finite(each.duration_s, "duration_s") <= 0:
            left_out[Reason.NO_DURATION] += 1
        else:
            seconds.append(float(each.duration_s))
    return seconds, left_out
