"""Who participants are and how to reach them: sealed in the vault, read by few, each time told."""

from sqlmodel import select

from service.access import Permission, Work, record
from service.access.tables import VaultEntry
from service.access.vault import Contact, Vault
from service.errors import NotFound
from service.research.consent import Agreement
from service.research.participants import ParticipantRecord, find_participant
from service.research.studies import find_study
from service.research.tables import Participant
from service.research.wall import require_consent


def keep_contact(work: Work, vault: Vault, participant_id: str, contact: Contact) -> None:
    """Keep or replace who a participant is. Raises `NotFound`, `NotAllowed`, `Unavailable` (the
    vault has no key) and `Conflict` (no consent to contact)."""
    # From here on no withdrawal comes in between.
    work.session.exec(
        select(Participant.id).where(Participant.id == participant_id).with_for_update(read=True)
    ).first()
    known = _find(work, participant_id, Permission.WRITE_RESEARCH)
    require_consent(known.consent, Agreement.CONTACT, "contact")
    entry = work.session.get(VaultEntry, participant_id) or VaultEntry(
        participant_id=participant_id, sealed=b"", changed_by="", changed_at=work.now
    )
    entry.sealed = vault.seal(contact)
    entry.changed_by = work.actor.name
    entry.changed_at = work.now
    work.session.add(entry)
    work.session.flush()
    _record(work, known, "contact kept")


def read_contact(work: Work, vault: Vault, participant_id: str) -> Contact:
    """Raises `NotFound`, `NotAllowed` and `Unavailable` (not with this key)."""
    known = _find(work, participant_id, Permission.READ_RESEARCH)
    entry = work.session.get(VaultEntry, participant_id)
    if entry is None:
        raise NotFound("Nothing is kept of who this participant is.")
    _record(work, known, "contact read")
    return vault.open(entry.sealed)


def forget_contact(work: Work, participant_id: str) -> None:
    """Raises `NotFound` and `NotAllowed`."""
    known = _find(work, participant_id, Permission.WRITE_RESEARCH)
    entry = work.session.get(VaultEntry, participant_id)
    if entry is None:
        raise NotFound("Nothing is kept of who this participant is.")
    work.session.delete(entry)
    _record(work, known, "contact removed")


def _find(work: Work, participant_id: str, permission: Permission) -> ParticipantRecord:
    known = find_participant(work, participant_id, permission)
    work.require(Permission.READ_CONTACTS, _project_id(work, known))
    return known


def _record(work: Work, known: ParticipantRecord, action: str) -> None:
    record(
        work,
        action,
        subject="participant",
        subject_id=known.participant.id,
        project_id=_project_id(work, known),
    )


def _project_id(work: Work, known: ParticipantRecord) -> str:
    return find_study(work, known.participant.study_id, Permission.READ_RESEARCH).project_id
