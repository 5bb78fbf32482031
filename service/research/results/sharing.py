"""Which groups' figures may be shared, so that those of too few people cannot be worked out.

Groups overlap (segments, classes of technology, builds, all of them together), so it is not enough
to hide the small ones: what is shown can be added and subtracted. Further groups are hidden, the
smallest first, until no set of too few people is a sum or difference of what is shown. This is
complementary suppression (Hundepool et al. 2012, Statistical Disclosure Control, chapter 4).
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from service.research.results.facts import Unit
from service.research.results.values import GIVES_AWAY, TOO_FEW, Suppressed

_MOST_SETS = 5_000
Units = frozenset[Unit]


def suppressed(
    groups: Mapping[Hashable, Units], shown_anyway: Collection[Units], threshold: int
) -> dict[Hashable, Suppressed]:
    """The groups that are not to be shown, and why.

    `shown_anyway` are the sets whose figures everybody sees: all of a study, all of a build. Empty
    groups are shown: nobody is in them.
    """
    hidden: dict[Hashable, Suppressed] = {
        key: TOO_FEW for key, units in groups.items() if 0 < size(units) < threshold
    }
    small = _small_sets([groups[key] for key in hidden], groups.values(), threshold)
    small = [each for each in small if each not in set(shown_anyway)]
    visible = sorted(
        (key for key in groups if groups[key] and key not in hidden),
        key=lambda key: size(groups[key]),
    )
    while visible and _gives_away([*shown_anyway, *(groups[key] for key in visible)], small):
        hidden[visible.pop(0)] = GIVES_AWAY
    return hidden


def size(units: Units) -> int:
    """How many people there are among these."""
    return len({participant for participant, _ in units})


def _small_sets(hidden: Sequence[Units], groups: Collection[Units], threshold: int) -> list[Units]:
    """The sets of too few people that are to stay unknown.

    The hidden groups, whoever is in the same groups as nobody else, and unions of those. With very
    many of them the unions are left out.
    """
    alike: dict[tuple[bool, ...], set[Unit]] = {}
    for unit in frozenset[Unit]().union(*groups):
        alike.setdefault(tuple(unit in group for group in groups), set()).add(unit)
    single = {*hidden, *(frozenset(each) for each in alike.values())}
    small = {each for each in single if 0 < size(each) < threshold}
    if len(small) <= 40:
        small |= {
            union
            for number in (2, 3)
            for some in combinations(sorted(small, key=_in_order), number)
            if size(union := frozenset[Unit]().union(*some)) < threshold
        }
    return sorted(small, key=_in_order)[:_MOST_SETS]


def _in_order(units: Units) -> list[tuple[str, str]]:
    return sorted((participant, build or "") for participant, build in units)


def _gives_away(shown: Sequence[Units], small: Sequence[Units]) -> bool:
    """Whether some small set is a linear combination of the shown ones."""
    if not small or not shown:
        return False
    places = {unit: at for at, unit in enumerate(frozenset[Unit]().union(*shown, *small))}
    basis = _orthonormal(_indicators(shown, places))
    sought = _indicators(small, places)
    rest = sought - sought @ basis.T @ basis
    return bool((np.abs(rest).max(axis=1) < 1e-9).any())


def _indicators(sets: Sequence[Units], places: Mapping[Unit, int]) -> "np.ndarray[Any, Any]":
    rows = np.zeros((len(sets), len(places)))
    for row, units in enumerate(sets):
        rows[row, [places[unit] for unit in units]] = 1
    return rows


def _orthonormal(rows: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """An orthonormal basis of what the rows span, as rows."""
    _, weights, basis = np.linalg.svd(rows, full_matrices=False)
    return basis[weights > 1e-9 * max(1.0, float(weights[0]))]
