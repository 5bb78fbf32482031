"""UMUX-Lite: two questions that stand for SUS."""

from collections.abc import Iterable, Sequence

from service.research.measures.checked import whole
from service.research.measures.figures import Interval, UmuxLite
from service.research.measures.responses import Response, mean_score
from service.research.measures.sus import sus_grade

SOURCE = "Lewis, Utesch and Maher (2013), UMUX-LITE"


def umux_lite_score(items: Sequence[int]) -> float:
    """(a + b - 2) · 100 / 12: 0 to 100 from two answers of 1 to 7.

    7 7 is 100, 4 4 is 50. Raises ValueError that names the item.
    """
    if len(items) != 2:
        raise ValueError(f"UMUX-Lite has 2 items, and these are {len(items)}")
    a, b = (whole(each, f"UMUX-Lite item {n}", 1, 7) for n, each in enumerate(items, start=1))
    return (a + b - 2) * 100 / 12


def sus_equivalent(score: float) -> float:
    """0.65 · U + 22.9, by regression: 100 is 87.9, 50 is 55.4, 0 is 22.9."""
    return 0.65 * score + 22.9


def umux_lite(
    responses: Iterable[Response],
    *,
    later: int = 0,
    forgotten: int = 0,
    confidence: float = 0.95,
) -> UmuxLite:
    """The mean of the responses with its interval, and both on the scale of SUS.

    What is left out: `mean_score`. Example: 7 7 and 4 4 are 75.0, which stands for a SUS of 71.65.
    Raises ValueError.
    """
    mean = mean_score(
        responses,
        umux_lite_score,
        "UMUX-Lite score",
        source=SOURCE,
        later=later,
        forgotten=forgotten,
        confidence=confidence,
    )
    equivalent = None if mean.mean is None else sus_equivalent(mean.mean)
    return UmuxLite(
        **vars(mean),
        sus_equivalent=equivalent,
        sus_equivalent_interval=mean.interval
        and Interval(
            low=sus_equivalent(mean.interval.low), high=sus_equivalent(mean.interval.high)
        ),
        grade=None if equivalent is None else sus_grade(equivalent),
    )
