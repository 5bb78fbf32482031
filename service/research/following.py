"""What happens in a session's notes, in the order in which it happened, for whoever follows."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from service.research.observations import ObservationRecord, records_of
from service.research.tables import Observation, SessionEvent


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One change; `record` is how the observation is read now, None where notes were forgotten."""

    number: int
    kind: str
    record: ObservationRecord | None


def happened_after(
    session: Session, session_id: str, number: int, *, at_most: int
) -> list[Happening]:
    """The changes after one, oldest first."""
    events = session.exec(
        select(SessionEvent)
        .where(SessionEvent.session_id == session_id, SessionEvent.number > number)
        .order_by(col(SessionEvent.number))
        .limit(at_most)
    ).all()
    ids = {each.observation_id for each in events if each.observation_id is not None}
    observations = session.exec(select(Observation).where(col(Observation.id).in_(ids))).all()
    records = {each.observation.id: each for each in records_of(session, observations)}
    return [
        Happening(
            number=each.number,
            kind=each.kind,
            record=records.get(each.observation_id) if each.observation_id else None,
        )
        for each in events
    ]
