"""Numbering what changes in a session's notes, so that followers miss nothing."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlmodel import Session, select

from service.db import insert_all
from service.research.tables import SessionEvent

NOTED = "noted"
CORRECTED = "corrected"
FORGOTTEN = "forgotten"


def tell(
    session: Session,
    session_id: str,
    kind: str,
    observation_ids: Iterable[str],
    *,
    after: int | None = None,
) -> None:
    """Number further changes. The caller holds the session's lock, and may know the last number."""
    number = last_number(session, session_id) if after is None else after
    insert_all(
        session,
        SessionEvent,
        (
            {"session_id": session_id, "number": number + n, "kind": kind, "observation_id": each}
            for n, each in enumerate(observation_ids, start=1)
        ),
    )


def tell_forgotten(session: Session, session_id: str) -> None:
    """Followers are to read everything anew."""
    number = last_number(session, session_id) + 1
    session.add(SessionEvent(session_id=session_id, number=number, kind=FORGOTTEN))
    session.flush()


def last_number(session: Session, session_id: str) -> int:
    """The number of the latest change; 0 before the first."""
    statement = select(sa.func.max(SessionEvent.number)).where(
        SessionEvent.session_id == session_id
    )
    return session.exec(statement).one() or 0
