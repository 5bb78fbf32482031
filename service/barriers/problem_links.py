"""Which barriers the observations of a study are linked to."""

from sqlmodel import Session, col, select

from service.barriers.problem_codes import PROBLEM_CODES
from service.barriers.tables import Barrier, Link
from service.research.results.naming import Named
from service.research.tables import Observation, Reading, ResearchSession


def problems_linked(session: Session, study_id: str) -> dict[str, Named]:
    """By observation of a problem the barrier that it speaks of; the oldest one of several."""
    rows = session.exec(
        select(Link.observation_id, Barrier.id, Barrier.title)
        .join(Barrier, col(Barrier.id) == Link.barrier_id)
        .join(Observation, col(Observation.id) == Link.observation_id)
        .join(ResearchSession, col(ResearchSession.id) == Observation.session_id)
        .join(Reading, (col(Reading.observation_id) == Observation.id) & col(Reading.is_latest))
        .where(ResearchSession.study_id == study_id, col(Reading.code).in_(PROBLEM_CODES))
        .order_by(col(Barrier.id).desc())
    )
    return {
        observation_id: Named(key=f"barrier:{barrier_id}", label=title)
        for observation_id, barrier_id, title in rows
    }
