"""SUS, the System Usability Scale."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from service.research.measures.checked import finite, whole
from service.research.measures.figures import Sus
from service.research.measures.responses import Response, mean_score

SOURCE = "Brooke (1996); grades: Sauro and Lewis, Quantifying the User Experience, table 8.5"
ITEMS = 10
# The lowest score of each grade, best first.
GRADES = (
    ("A+", 84.1), ("A", 80.8), ("A-", 78.9), ("B+", 77.2), ("B", 74.1), ("B-", 72.6),
    ("C+", 71.1), ("C", 65.0), ("C-", 62.7), ("D", 51.7), ("F", 0.0),
)  # fmt: skip


def sus_score(items: Sequence[int]) -> float:
    """2.5 · (Σ odd (x - 1) + Σ even (5 - x)): 0 to 100 from ten answers of 1 to 5.

    All 3 is 50; 5 1 5 1 … is 100. Raises ValueError that names the item.
    """
    if len(items) != ITEMS:
        raise ValueError(f"SUS has {ITEMS} items, and these are {len(items)}")
    answers = [whole(each, f"SUS item {n}", 1, 5) for n, each in enumerate(items, start=1)]
    return 2.5 * (sum(x - 1 for x in answers[::2]) + sum(5 - x for x in answers[1::2]))


def sus_grade(score: float) -> str:
    """The grade on the curved scale; the score is rounded to 0.1 first, half up.

    84.1 is A+, 84.0 is A, 51.6 is F. Raises ValueError beside 0..100.
    """
    # Nine decimals first, so that what was 84.05 before somebody added up is 84.05 again.
    exact = Decimal(str(round(finite(score, "SUS score", 0, 100), 9)))
    rounded = float(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))
    return next(grade for grade, lowest in GRADES if rounded >= lowest)


def sus(
    responses: Iterable[Response],
    *,
    later: int = 0,
    forgotten: int = 0,
    confidence: float = 0.95,
) -> Sus:
    """The mean of the responses with its interval and grades; what is left out: `mean_score`.

    Example: `mean_of`. Raises ValueError.
    """
    mean = mean_score(
        responses,
        sus_score,
        "SUS score",
        source=SOURCE,
        later=later,
        forgotten=forgotten,
        confidence=confidence,
    )
    return Sus(
        **vars(mean),
        grade=None if mean.mean is None else sus_grade(mean.mean),
        grade_low=None if mean.interval is None else sus_grade(mean.interval.low),
        grade_high=None if mean.interval is None else sus_grade(mean.interval.high),
    )
