"""A barrier's status follows its evidence: counted again after every change of either kind."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from service.barriers.lifecycle import Keys, status_of
from service.barriers.problem_codes import PROBLEM_CODES
from service.barriers.tables import AnonymousWitness, Barrier, Link, Sighting, Suppression
from service.research.tables import Reading

_IN_CLAUSE = 500


def settle(session: Session, barriers: Sequence[Barrier], now: datetime) -> None:
    """Bring the status of each barrier in line with its sightings, links and suppression."""
    for start in range(0, len(barriers), _IN_CLAUSE):
        chunk = barriers[start : start + _IN_CLAUSE]
        ids = [barrier.id for barrier in chunk]
        present = _sighted(session, ids, col(Sighting.present).is_(True))
        sighted = _sighted(session, ids)
        met = set(
            session.exec(
                select(Link.barrier_id)
                .join(Reading, col(Reading.observation_id) == Link.observation_id)
                .where(
                    col(Link.barrier_id).in_(ids),
                    col(Reading.is_latest).is_(True),
                    col(Reading.code).in_(PROBLEM_CODES),
                )
                .distinct()
            ).all()
        )
        met |= set(
            session.exec(
                select(AnonymousWitness.barrier_id).where(col(AnonymousWitness.barrier_id).in_(ids))
            ).all()
        )
        suppressed = set(
            session.exec(
                select(Suppression.barrier_id).where(
                    col(Suppression.barrier_id).in_(ids),
                    col(Suppression.revoked_at).is_(None),
                    col(Suppression.expires) > now,
                )
            ).all()
        )
        for barrier in chunk:
            barrier.machine_clean = barrier.id in sighted and barrier.id not in present
            keys = Keys(
                has_machine=barrier.id in sighted,
                has_human=barrier.id in met,
                machine_clean=barrier.machine_clean,
                user_verified=barrier.user_verified,
            )
            status = status_of(keys, is_suppressed=barrier.id in suppressed)
            if status != barrier.status:
                barrier.status = status
                barrier.closed_at = now if status == "closed" else None
                barrier.version += 1


def _sighted(session: Session, ids: Sequence[str], *conditions: Any) -> set[str]:
    query = select(Sighting.barrier_id).where(col(Sighting.barrier_id).in_(ids), *conditions)
    return set(session.exec(query.distinct()).all())
