"""Completion: who got through a task without help."""

from collections import Counter
from collections.abc import Iterable

from service.research.grammar import TaskOutcome
from service.research.measures.figures import Completion, left_out_of
from service.research.measures.proportions import IntervalMethod, proportion
from service.research.measures.tries import Try, first_tries


def completion(
    tries: Iterable[Try], *, method: IntervalMethod = "adjusted-wald", confidence: float = 0.95
) -> Completion:
    """The completion rate of one task, by the first attempts that were run.

    `unassisted` alone is success. `assisted` is none, and is told apart. `partial`, `failed`,
    `gave_up` and `thinks_finished` (who believes to be done and is not) are failures. `not_run`
    leaves the denominator. Interval: `proportion_interval`. Example: 9 unassisted and 1 failed of
    10 are 0.9, 0.574..1.0 at 95 %. Raises ValueError.
    """
    counted, left_out = first_tries(tries)
    outcomes = Counter(str(each.outcome) for each in counted)
    n = len(counted)
    rate = proportion(outcomes[TaskOutcome.UNASSISTED], n, method=method, confidence=confidence)
    return Completion(
        **{**vars(rate), "left_out": left_out_of(left_out)},
        assisted=proportion(
            outcomes[TaskOutcome.ASSISTED], n, method=method, confidence=confidence
        ),
        outcomes={name: outcomes[name] for name in TaskOutcome if outcomes[name]},
    )
