"""Attempts as the measures take them, and which of them count."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from service.research.grammar import TaskOutcome
from service.research.measures.figures import Reason

_OUTCOMES = frozenset(TaskOutcome)


@dataclass(frozen=True, kw_only=True)
class Try:
    """One attempt at one task. `duration_s` is None where its begin or end was not noted.

    Of one that `is_forgotten` nothing is known but how it ended.
    """

    participant: str
    outcome: str | None
    duration_s: float | None = None
    seq: int | None = None
    is_forgotten: bool = False


def first_tries(tries: Iterable[Try]) -> tuple[tuple[Try, ...], Counter[Reason]]:
    """The first attempt of each participant that was run and ended, and what that leaves out.

    `tries` are at one task and in the order of time. The first one counts, as it alone shows what
    somebody meets who does not know the way yet; a later one is told as left out, and so is one
    that was not run, or whose outcome is not known. Raises ValueError for an unknown outcome.
    """
    counted: dict[str, Try] = {}
    left_out: Counter[Reason] = Counter()
    for each in tries:
        if each.outcome is None:
            left_out[Reason.NO_OUTCOME] += 1
        elif each.outcome not in _OUTCOMES:
            raise ValueError(f"{each.outcome!r} is no outcome of an attempt")
        elif each.outcome == TaskOutcome.NOT_RUN:
            left_out[Reason.NOT_RUN] += 1
        elif each.participant in counted:
            left_out[Reason.LATER_ATTEMPT] += 1
        else:
            counted[each.participant] = each
    return tuple(counted.values()), left_out
