"""Suggestions from the store: what an observation names, and the barriers it could mean."""

from collections import defaultdict

from sqlmodel import Session, col, select

from service.access import Permission, Work
from service.barriers.linking import find_observation
from service.barriers.suggesting import Candidate, Clue, Suggestion, plain, suggest
from service.barriers.tables import Barrier, Link, Sighting
from service.research.grammar import Code
from service.research.tables import Reading


def suggestions_for(work: Work, observation_id: str) -> tuple[Suggestion, ...]:
    """Barriers that an observation probably speaks of. Raises `NotFound`, `NotAllowed`."""
    _, project_id = find_observation(work, observation_id, Permission.READ_RESEARCH)
    reading = work.session.exec(
        select(Reading).where(
            Reading.observation_id == observation_id, col(Reading.is_latest).is_(True)
        )
    ).first()
    if reading is None:
        return ()
    clue = Clue(
        page_id=reading.page_id,
        selector=reading.selector,
        rule=reading.rule,
        criterion=reading.criterion,
        tags=frozenset(reading.tags),
        is_problem=reading.code in {Code.PROBLEM, Code.SAME_PROBLEM},
    )
    return suggest(clue, _candidates(work.session, project_id))


def _candidates(session: Session, project_id: str) -> list[Candidate]:
    barriers = session.exec(select(Barrier).where(Barrier.project_id == project_id)).all()
    places: dict[str, set[tuple[str, str]]] = defaultdict(set)
    pages: dict[str, set[str]] = defaultdict(set)
    tags: dict[str, set[str]] = defaultdict(set)
    for barrier_id, page_id, selector in session.exec(
        select(Sighting.barrier_id, Sighting.page_id, Sighting.selector)
        .join(Barrier, col(Barrier.id) == Sighting.barrier_id)
        .where(Barrier.project_id == project_id)
    ).all():
        pages[barrier_id].add(page_id)
        places[barrier_id].add((page_id, plain(selector)))
    for barrier_id, reading in session.exec(
        select(Link.barrier_id, Reading)
        .join(Barrier, col(Barrier.id) == Link.barrier_id)
        .join(Reading, col(Reading.observation_id) == Link.observation_id)
        .where(Barrier.project_id == project_id, col(Reading.is_latest).is_(True))
    ).all():
        tags[barrier_id].update(reading.tags)
        if reading.page_id is not None:
            pages[barrier_id].add(reading.page_id)
            if reading.selector is not None:
                places[barrier_id].add((reading.page_id, plain(reading.selector)))
    return [
        Candidate(
            barrier_id=barrier.id,
            page_ids=frozenset(pages[barrier.id]),
            rule=barrier.rule,
            criteria=frozenset(barrier.criteria),
            places=frozenset(places[barrier.id]),
            tags=frozenset(tags[barrier.id]),
        )
        for barrier in barriers
    ]
