"""Cohen's kappa: how far two raters agree beyond chance."""

from collections.abc import Hashable, Sequence
from math import isfinite
from statistics import NormalDist

import numpy as np
from statsmodels.stats.inter_rater import cohens_kappa as kappa_of_table

from service.research.measures.checked import confidence_level
from service.research.measures.figures import Interval, Kappa, Missing, Reason, left_out_of

SOURCE = "Cohen (1960); its interval: Fleiss, Cohen and Everitt (1969)"

Pair = tuple[Hashable | None, Hashable | None]


def cohens_kappa(pairs: Sequence[Pair], *, confidence: float = 0.95) -> Kappa:
    """κ = (Po - Pe) / (1 - Pe) over the units that both rated; None stands for no rating.

    Where both use one and the same category throughout there is no chance to agree beyond, so there
    is no κ. The interval is asymptotic: too narrow for few units; a perfect κ has none. Example:
    20 5 / 10 15 is 0.4, 45 15 / 25 15 is 0.1304. Raises ValueError.
    """
    confidence_level(confidence)
    rated = [(a, b) for a, b in pairs if a is not None and b is not None]
    left_out = left_out_of({Reason.ONE_RATER: len(pairs) - len(rated)})
    categories = {
        name: at for at, name in enumerate(dict.fromkeys(x for pair in rated for x in pair))
    }
    if len(categories) < 2:
        return Kappa(
            n=len(rated),
            kappa=None,
            interval=None,
            observed=1.0 if rated else None,
            expected=1.0 if rated else None,
            missing=Missing.ONE_CATEGORY if rated else Missing.NO_PAIRS,
            left_out=left_out,
            confidence=confidence,
            source=SOURCE,
        )
    table = np.zeros((len(categories), len(categories)))
    for a, b in rated:
        table[categories[a], categories[b]] += 1
    # It also divides by an error that may be zero, for a test that is not asked for here.
    with np.errstate(divide="ignore", invalid="ignore"):
        found = kappa_of_table(table)
    shares = table / table.sum()
    kappa = float(found.kappa)
    return Kappa(
        n=len(rated),
        kappa=kappa,
        interval=_interval(kappa, float(found.std_kappa), confidence),
        observed=float(np.trace(shares)),
        expected=float(shares.sum(axis=1) @ shares.sum(axis=0)),
        missing=None,
        left_out=left_out,
        confidence=confidence,
        source=SOURCE,
    )


def _interval(kappa: float, error: float, confidence: float) -> Interval | None:
    """None where the formula gives no width, as it does for perfect agreement."""
    if not isfinite(error) or error < 1e-9:
        return None
    margin = NormalDist().inv_cdf((1 + confidence) / 2) * error
    return Interval(low=max(-1.0, kappa - margin), high=min(1.0, kappa + margin))
