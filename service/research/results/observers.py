"""How far the observers of a study agree."""

from itertools import combinations

from service.research.measures.alpha import krippendorffs_alpha
from service.research.measures.kappa import cohens_kappa
from service.research.results.facts import Encounter, StudyFacts
from service.research.results.measuring import Units, exposed_to
from service.research.results.values import Agreement, PairAgreement


def agreement(facts: StudyFacts, units: Units) -> Agreement:
    """Agreement on which problems there were, and on how severe they were.

    Who noted something is whom the header of the notes names (`obs=MK`), else who sent it; a later
    correction by somebody else changes what is noted, not who noted it. A unit is one participant
    and one problem (see `Naming`) that they could have met; an observer who took no notes of that
    participant has not rated it. A severity is the worst that the observer noted there.
    """
    watched = {unit: who for unit, who in facts.watched.items() if unit in units}
    observers = sorted(frozenset[str]().union(*watched.values()))
    encounters = [each for each in facts.encounters if each.unit in units]
    worst = _worst(encounters)
    of_whom: dict[str, set[str]] = {}
    for (participant, _), who in watched.items():
        of_whom.setdefault(participant, set()).update(who)
    rated = [
        (participant, problem)
        for problem in sorted({each.problem for each in encounters})
        for participant in sorted(
            exposed_to(facts, (e for e in encounters if e.problem == problem), units)
        )
        if participant in of_whom
    ]
    noted: dict[str, list[int | None]] = {
        observer: [
            int((observer, *unit) in worst) if observer in of_whom[unit[0]] else None
            for unit in rated
        ]
        for observer in observers
    }
    severities = [[worst.get((observer, *unit)) for unit in rated] for observer in observers]
    return Agreement(
        observers=tuple(observers),
        noted=krippendorffs_alpha(list(noted.values()), "nominal"),
        severity=krippendorffs_alpha(severities, "ordinal"),
        pairs=tuple(
            PairAgreement(
                observers=(one, other),
                noted=cohens_kappa(list(zip(noted[one], noted[other], strict=True))),
            )
            for one, other in combinations(observers, 2)
        ),
    )


def _worst(encounters: list[Encounter]) -> dict[tuple[str, str, str], int | None]:
    """By observer, participant and problem; None where it was noted without a severity."""
    worst: dict[tuple[str, str, str], int | None] = {}
    for each in encounters:
        key = (each.observer, each.unit[0], each.problem)
        known = [rank for rank in (worst.get(key), each.severity) if rank is not None]
        worst[key] = max(known, default=None)
    return worst
