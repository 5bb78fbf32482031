"""What happens in a session's notes, in the order in which it happened, for whoever follows."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from service.research.observations import ObservationRecord, records_of
from service.research.tables import Observation, SessionEvent
from service.research.telling import FORGOTTEN, last_number


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One change; `record` is how the observation is read now, None where notes were forgotten."""

    number: int
    kind: str
    record: ObservationRecord | None


def happened_after(
    session: Session, session_id: str, number: int, *, at_most: int
) -> list[Happening]:
    """The changes after one, oldest first.

    Where the store knows of no such number, an older backup has been restored since: then the last
    number that it knows, as `forgotten`, so that everything is read anew from there.
    """
    events = session.exec(
        select(SessionEvent)
        .where(SessionEvent.session_id == session_id, SessionEvent.number > number)
        .order_by(col(SessionEvent.number))
        .limit(at_most)
    ).all()
    if not events and (last := last_number(session, session_id)) < number:
        return [Happening(number=last, kind=FORGOTTEN, record=None)]
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
