"""Everything that is held on one participant, for them to have (GDPR, article 15 and 20)."""

import base64
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from service.access import Permission, Work, record
from service.access.tables import AuditEntry, VaultEntry
from service.access.vault import Vault
from service.research.participants import find_participant
from service.research.studies import find_study
from service.research.tables import (
    Attempt,
    Consent,
    ConsentWithdrawal,
    NoteImport,
    NoteSubmission,
    Observation,
    QuestionnaireResponse,
    Reading,
    Recording,
    ResearchSession,
    TechnologyProfile,
)

Row = dict[str, Any]
_OF_PARTICIPANT: Mapping[str, type[SQLModel]] = {
    "technology": TechnologyProfile,
    "consents": Consent,
    "sessions": ResearchSession,
    "attempts": Attempt,
    "questionnaires": QuestionnaireResponse,
    "recordings": Recording,
}
_OF_SESSION: Mapping[str, type[SQLModel]] = {
    "submissions": NoteSubmission,
    "imports": NoteImport,
}


def read_held(work: Work, vault: Vault, participant_id: str) -> dict[str, Any]:
    """All rows that speak of a participant, by kind; links to barriers are the caller's to add.

    Raises `NotFound`, `NotAllowed` and `Unavailable` (the vault cannot be opened).
    """
    participant = find_participant(work, participant_id, Permission.READ_RESEARCH).participant
    study = find_study(work, participant.study_id, Permission.READ_RESEARCH)
    work.require(Permission.READ_CONTACTS, study.project_id)
    session = work.session
    held: dict[str, Any] = {
        "study": {"id": study.id, "name": study.name},
        "participant": participant.model_dump(),
        "contact": _contact(session, vault, participant_id),
    }
    for name, table in _OF_PARTICIPANT.items():
        held[name] = _rows(session, table, "participant_id", [participant_id])
    held["withdrawals"] = _rows(
        session, ConsentWithdrawal, "consent_id", [each["id"] for each in held["consents"]]
    )
    sessions = [each["id"] for each in held["sessions"]]
    for name, table in _OF_SESSION.items():
        held[name] = _rows(session, table, "session_id", sessions)
    held["observations"] = _observations(session, participant_id)
    subjects = [participant_id, *sessions, *(each["id"] for each in held["observations"])]
    held["audit"] = _rows(session, AuditEntry, "subject_id", subjects)
    record(
        work,
        "participant exported",
        subject="participant",
        subject_id=participant_id,
        project_id=study.project_id,
    )
    return held


def _contact(session: Session, vault: Vault, participant_id: str) -> Row | None:
    entry = session.get(VaultEntry, participant_id)
    return None if entry is None else dict(vars(vault.open(entry.sealed)))


def _rows(session: Session, table: type[SQLModel], key: str, ids: list[str]) -> list[Row]:
    column = getattr(table, key)
    statement = select(table).where(column.in_(ids)).order_by(table.id)  # type: ignore[attr-defined]
    return [row.model_dump() for row in session.exec(statement)]


def _observations(session: Session, participant_id: str) -> list[Row]:
    observations = session.exec(
        select(Observation)
        .where(Observation.participant_id == participant_id)
        .order_by(col(Observation.id))
    ).all()
    readings: dict[str, list[Row]] = {}
    for reading in session.exec(
        select(Reading)
        .join(Observation, col(Observation.id) == Reading.observation_id)
        .where(Observation.participant_id == participant_id)
        .order_by(col(Reading.version))
    ):
        readings.setdefault(reading.observation_id, []).append(reading.model_dump())
    return [
        {
            **each.model_dump(exclude={"raw"}),
            "raw_base64": base64.b64encode(each.raw).decode(),
            "readings": readings.get(each.id, []),
        }
        for each in observations
    ]
