"""SEQ, the Single Ease Question after a task."""

from collections.abc import Iterable

from service.research.measures.checked import whole
from service.research.measures.figures import Mean, Reason
from service.research.measures.means import mean_of
from service.research.measures.tries import Try, first_tries

SOURCE = "Sauro and Dumas (2009), Comparison of three one-question, post-task questionnaires"


def seq(tries: Iterable[Try], *, confidence: float = 0.95) -> Mean:
    """The mean answer of those who tried the task, 1 (very difficult) to 7 (very easy).

    Whatever the outcome of the attempt was. mean ± t(n-1) · sd / √n, clipped to 1..7. Example:
    5 6 7 4 5 is 5.4 with sd 1.14 and 3.98..6.82. Raises ValueError for an answer beside the scale.
    """
    counted, left_out = first_tries(tries)
    answers: list[int] = []
    for each in counted:
        if each.is_forgotten:
            left_out[Reason.FORGOTTEN] += 1
        elif each.seq is None:
            left_out[Reason.NO_ANSWER] += 1
        else:
            answers.append(whole(each.seq, "seq", 1, 7))
    return mean_of(
        answers, "seq", low=1, high=7, source=SOURCE, left_out=left_out, confidence=confidence
    )
