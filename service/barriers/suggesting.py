"""Which barriers an observation probably speaks of. Pure; a person decides.

Reasons and their weights: the same element (0.5), the same rule (0.3), the same success criterion
(0.2), the same tag as an observation linked there (0.2), the same page (0.1). A candidate is on
the observation's page, or shares its rule or tag. One whose criterion or rule contradicts what
the note names is not evident, whatever its score.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, kw_only=True)
class Clue:
    """What an observation names: by the note's markers and by where it was made.

    `is_problem`: it is coded as a problem; a bug or a comment at an element speaks of anything.
    """

    page_id: str | None
    selector: str | None
    rule: str | None
    criterion: str | None
    tags: frozenset[str]
    is_problem: bool


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """What is known of a barrier: from its sightings and from what was linked to it."""

    barrier_id: str
    page_ids: frozenset[str]
    rule: str | None
    criteria: frozenset[str]
    places: frozenset[tuple[str, str]]
    """(page id, selector) where it was seen or met."""
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """`score` is 0..1. `evident`: one element and nothing that contradicts, or page and rule."""

    barrier_id: str
    score: float
    because: tuple[str, ...]
    evident: bool


def suggest(clue: Clue, candidates: Iterable[Candidate]) -> tuple[Suggestion, ...]:
    """Candidates with any reason, best first; at most one of them is evident."""
    weighed = [
        (suggestion, is_evident)
        for candidate in candidates
        for suggestion, is_evident in [_weigh(clue, candidate)]
        if suggestion.because
    ]
    weighed.sort(key=lambda pair: (-pair[0].score, pair[0].barrier_id))
    evident = [suggestion for suggestion, is_evident in weighed if is_evident]
    # Two that are equally evident are a choice, and choices are a person's.
    best = [each for each in evident if each.score == evident[0].score]
    the_one = best[0].barrier_id if len(best) == 1 and clue.is_problem else None
    return tuple(
        Suggestion(
            barrier_id=each.barrier_id,
            score=each.score,
            because=each.because,
            evident=each.barrier_id == the_one,
        )
        for each, _ in weighed
    )


def _weigh(clue: Clue, candidate: Candidate) -> tuple[Suggestion, bool]:
    same_page = clue.page_id is not None and clue.page_id in candidate.page_ids
    same_element = (
        clue.page_id is not None
        and clue.selector is not None
        and (clue.page_id, plain(clue.selector)) in candidate.places
    )
    same_rule = clue.rule is not None and clue.rule == candidate.rule
    same_criterion = clue.criterion is not None and clue.criterion in candidate.criteria
    same_tag = bool(clue.tags & candidate.tags)
    reasons = [
        (0.5, "the same element", same_element),
        (0.3, "the same rule", same_rule),
        (0.2, "the same success criterion", same_criterion and same_page),
        (0.2, "a tag that is linked there already", same_tag),
        (0.1, "the same page", same_page and (same_element or same_rule or same_criterion)),
    ]
    holding = [(weight, text) for weight, text, holds in reasons if holds]
    contradicts = (clue.rule is not None and not same_rule) or (
        clue.criterion is not None and not same_criterion
    )
    named_alike = same_page and same_rule
    met_alike = same_tag and same_criterion
    suggestion = Suggestion(
        barrier_id=candidate.barrier_id,
        score=round(min(1.0, sum(weight for weight, _ in holding)), 2),
        because=tuple(text for _, text in holding),
        evident=False,
    )
    return suggestion, not contradicts and (same_element or named_alike or met_alike)


def plain(selector: str) -> str:
    """A selector with single spaces, so that two spellings of one are equal."""
    return _SPACE.sub(" ", selector).strip()
