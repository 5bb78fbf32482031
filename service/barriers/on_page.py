"""The open barriers of one page, for whoever watches somebody use it."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from service.barriers.problem_codes import PROBLEM_CODES
from service.barriers.tables import Barrier, Link, Sighting
from service.research.tables import Observation, Reading

_MOST = 20


@dataclass(frozen=True, kw_only=True)
class OpenHere:
    """A barrier that is open on a page: how many instances checks see, how many people met it."""

    barrier: Barrier
    instances: int
    met: int


def open_on_page(session: Session, page_id: str) -> list[OpenHere]:
    """Those that most people met first, then by impact; twenty at most."""
    seen = dict(
        session.exec(
            select(Sighting.barrier_id, sa.func.count(sa.distinct(col(Sighting.instance_key))))
            .where(Sighting.page_id == page_id, col(Sighting.present).is_(True))
            .group_by(col(Sighting.barrier_id))
        ).all()
    )
    met = dict(
        session.exec(
            select(Link.barrier_id, sa.func.count(sa.distinct(col(Observation.participant_id))))
            .join(Observation, col(Observation.id) == Link.observation_id)
            .join(Reading, col(Reading.observation_id) == Observation.id)
            .where(
                Reading.page_id == page_id,
                col(Reading.is_latest).is_(True),
                col(Reading.code).in_(PROBLEM_CODES),
            )
            .group_by(col(Link.barrier_id))
        ).all()
    )
    barriers = session.exec(
        select(Barrier).where(col(Barrier.id).in_({*seen, *met}), Barrier.status == "open")
    ).all()
    found = [
        OpenHere(barrier=each, instances=seen.get(each.id, 0), met=met.get(each.id, 0))
        for each in barriers
    ]
    found.sort(key=lambda each: (-each.met, -_rank(each.barrier), each.barrier.id))
    return found[:_MOST]


def _rank(barrier: Barrier) -> int:
    impacts = ("minor", "moderate", "serious", "critical")
    return impacts.index(barrier.impact) if barrier.impact in impacts else -1
