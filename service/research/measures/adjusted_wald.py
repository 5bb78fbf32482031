"""The adjusted Wald interval, which the ledger needs too; it needs the standard library alone."""

from math import sqrt
from statistics import NormalDist

from service.research.measures.checked import confidence_level
from service.research.measures.figures import Interval


def adjusted_wald(successes: int, trials: int, *, confidence: float = 0.95) -> Interval | None:
    """The adjusted Wald interval of a proportion; None when nothing was tried.

    Adds z²/2 successes and z²/2 failures and takes the plain Wald interval of that, clipped.
    Source: Agresti and Coull (1998), The American Statistician 52(2); recommended for small
    usability samples by Sauro and Lewis (2005). 9 of 10 at 95 % is 0.574..1.
    """
    if trials == 0 == successes:
        return None
    refuse_no_proportion(successes, trials)
    z = NormalDist().inv_cdf((1 + confidence_level(confidence)) / 2)
    adjusted_trials = trials + z * z
    centre = (successes + z * z / 2) / adjusted_trials
    margin = z * sqrt(centre * (1 - centre) / adjusted_trials)
    return Interval(low=max(0.0, centre - margin), high=min(1.0, centre + margin))


def refuse_no_proportion(successes: object, trials: object) -> None:
    """Raises ValueError unless these are whole numbers, `successes` from 0 to `trials`."""
    for count in (successes, trials):
        if isinstance(count, bool) or not isinstance(count, int):
            raise ValueError(f"{successes} of {trials} is no proportion")
    if not 0 <= successes <= trials:  # type: ignore[operator]
        raise ValueError(f"{successes} of {trials} is no proportion")
