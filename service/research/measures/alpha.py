"""Krippendorff's alpha: agreement of any number of raters, with gaps.

Written out here, as the ready-made one is GPL and the statistics libraries have none.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from service.research.measures.checked import finite
from service.research.measures.figures import Alpha, Missing, Reason, left_out_of

SOURCE = "Krippendorff (2011), Computing Krippendorff's alpha-reliability"
Level = Literal["nominal", "ordinal", "interval", "ratio"]
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio")

Rating = Hashable | None
_Matrix = np.ndarray[Any, np.dtype[np.float64]]


def krippendorffs_alpha(
    ratings: Sequence[Sequence[Rating]], level: Level, *, confidence: float = 0.95
) -> Alpha:
    """α = 1 - Do / De, by the coincidences of values within units.

    A row for each rater, a column for each unit; None stands for no rating. Units with fewer than
    two ratings are left out. Differences: nominal 0 or 1; ordinal (Σ n_g from c to k less half of
    both ends)²; interval (c - k)²; ratio ((c - k) / (c + k))². Where all pairable values are equal
    there is no variation to agree on, so there is no α. Example: the 12 units of four observers in
    Krippendorff's section C are 0.743 nominal, 0.815 ordinal, 0.849 interval and 0.797 ratio.

    Raises ValueError: rows of unequal length, a value that is no finite number (not nominal), a
    negative one (ratio), an unknown level.
    """
    if level not in LEVELS:
        raise ValueError(f"{level!r} is no level; there are: {', '.join(LEVELS)}")
    if len({len(row) for row in ratings}) > 1:
        raise ValueError("not every rater has one rating, or None, for each unit")
    if level != "nominal":
        least = 0.0 if level == "ratio" else None
        for value in (value for row in ratings for value in row if value is not None):
            finite(value, "rating", least)
    units = [[each for each in unit if each is not None] for unit in zip(*ratings, strict=True)]
    pairable = [unit for unit in units if len(unit) >= 2]
    missing, alpha = _alpha(pairable, level)
    return Alpha(
        n=len(pairable),
        alpha=alpha,
        level=level,
        raters=sum(any(value is not None for value in row) for row in ratings),
        values=sum(map(len, pairable)),
        missing=missing,
        left_out=left_out_of({Reason.ONE_RATER: len(units) - len(pairable)}),
        confidence=confidence,
        source=SOURCE,
    )


def _alpha(
    units: Sequence[Sequence[Hashable]], level: Level
) -> tuple[Missing | None, float | None]:
    if not units:
        return Missing.NO_PAIRS, None
    found = {value for unit in units for value in unit}
    if len(found) == 1:
        return Missing.ONE_CATEGORY, None
    values = list(found) if level == "nominal" else sorted(found, key=float)  # type: ignore[arg-type]
    coincidences = _coincidences(units, {value: at for at, value in enumerate(values)})
    totals = coincidences.sum(axis=1)
    distances = _distances(level, values, totals)
    observed = float((coincidences * distances).sum())
    expected = float((np.outer(totals, totals) * distances).sum()) / (float(totals.sum()) - 1)
    return None, 1 - observed / expected


def _coincidences(units: Sequence[Sequence[Hashable]], places: Mapping[Hashable, int]) -> _Matrix:
    """How often two values stand in one unit; a unit of m ratings counts m in all."""
    matrix = np.zeros((len(places), len(places)))
    for unit in units:
        counts = np.zeros(len(places))
        for value in unit:
            counts[places[value]] += 1
        matrix += (np.outer(counts, counts) - np.diag(counts)) / (len(unit) - 1)
    return matrix


def _distances(level: Level, values: Sequence[Hashable], totals: _Matrix) -> _Matrix:
    """Squared differences between the values, which are in their order."""
    if level == "nominal":
        return 1 - np.eye(len(values))
    if level == "ordinal":
        ends = np.cumsum(totals) - totals / 2
        return np.square(np.subtract.outer(ends, ends))
    # Alpha does not depend on the unit of measurement; large numbers would overflow.
    numbers = np.array(values, dtype=np.float64)
    numbers /= np.abs(numbers).max()
    differences = np.subtract.outer(numbers, numbers)
    if level == "interval":
        return np.square(differences)
    sums = np.add.outer(numbers, numbers)
    return np.square(np.divide(differences, sums, out=np.zeros_like(sums), where=sums > 0))
