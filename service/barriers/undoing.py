"""Taking an import back, with what the ledger says of it."""

import sqlalchemy as sa
from sqlmodel import col, select

from service.access import Permission, Work, record
from service.barriers.settling import settle
from service.barriers.tables import Barrier, Link
from service.barriers.verification import verify
from service.errors import Conflict
from service.projects.locking import lock_project
from service.research.imports import find_import
from service.research.sessions import find_sitting
from service.research.tables import NoteImport, Observation
from service.research.taking_back import take_back, uses_of


def undo_import(work: Work, import_id: str, *, force: bool = False) -> NoteImport:
    """All that an import stored goes, in one transaction; an import that was undone stays so.

    Raises `NotFound`, `NotAllowed`, and `Conflict` (`import-in-use`) when some of it was linked to
    barriers or corrected since, unless `force`.
    """
    imported = find_import(work, import_id, Permission.WRITE_RESEARCH)
    project = find_sitting(work, imported.session_id, Permission.WRITE_RESEARCH).project
    lock_project(work.session, project.id)
    find_sitting(work, imported.session_id, Permission.WRITE_RESEARCH, lock=True)
    imported = find_import(work, import_id, Permission.WRITE_RESEARCH, anew=True)
    if imported.undone_at is not None:
        return imported
    own = select(Observation.id).where(Observation.submission_id == imported.submission_id)
    linked = work.session.exec(
        select(sa.func.count(sa.distinct(col(Link.observation_id)))).where(
            col(Link.observation_id).in_(own)
        )
    ).one()
    corrected, repeating = uses_of(work, imported)
    if not force:
        _refuse_when_used(linked, corrected, repeating)
    if linked:
        work.require(Permission.TRIAGE, project.id)
    barriers = work.session.exec(
        select(Barrier)
        .where(
            col(Barrier.id).in_(select(Link.barrier_id).where(col(Link.observation_id).in_(own)))
        )
        .order_by(col(Barrier.id))
    ).all()
    entries = take_back(work, imported)
    verify(work.session, project.id, work.now)
    settle(work.session, barriers, work.now)
    record(
        work,
        "import undone",
        subject="session",
        subject_id=imported.session_id,
        project_id=project.id,
        import_id=imported.id,
        entries=entries,
        links=linked,
        corrections=corrected,
    )
    return imported


def _refuse_when_used(linked: int, corrected: int, repeating: int) -> None:
    uses = [
        f"{count} {what}"
        for count, what in (
            (linked, "linked to barriers"),
            (corrected, "corrected or without their words"),
            (repeating, "repeated by later ones"),
        )
        if count
    ]
    if uses:
        raise Conflict(
            f"Of its observations there are {', '.join(uses)} since, so nothing was undone. Say "
            "?force=true to take them away with all of that.",
            slug="import-in-use",
        )
