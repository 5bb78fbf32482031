"""Values that a measure can be made of, or a `ValueError` that names the one that cannot."""

from math import isfinite
from numbers import Real


def finite(value: object, name: str, low: float | None = None, high: float | None = None) -> float:
    """`value` as a float. Raises ValueError where it is no finite number within `low`..`high`."""
    if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value):
        raise ValueError(f"{name} is {value!r}, which is no finite number")
    number = float(value)
    if (low is not None and number < low) or (high is not None and number > high):
        raise ValueError(f"{name} is {value!r}, which is not {_range(low, high)}")
    return number


def whole(value: object, name: str, low: int, high: int) -> int:
    """`value` as it is. Raises ValueError where it is no whole number of `low`..`high`."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name} is {value!r}, which is no whole number from {low} to {high}")
    return value


def confidence_level(confidence: float) -> float:
    """A confidence between 0 and 1, both excluded. Raises ValueError."""
    if not 0 < finite(confidence, "confidence") < 1:
        raise ValueError(f"confidence is {confidence!r}, which is not between 0 and 1")
    return confidence


def _range(low: float | None, high: float | None) -> str:
    if high is None:
        return f"{low:g} or more"
    return f"{high:g} or less" if low is None else f"from {low:g} to {high:g}"
