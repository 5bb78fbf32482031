"""The audit trail: every write leaves who, what and when."""

from sqlmodel import select
from sqlmodel.sql.expression import SelectOfScalar

from service.access.roles import Permission
from service.access.tables import AuditEntry
from service.access.work import Work
from service.projects import Project


def record(
    work: Work,
    action: str,
    *,
    subject: str,
    subject_id: str,
    project_id: str | None,
    **detail: str | int | bool | None,
) -> None:
    """Add an entry to the same transaction as the write it tells of.

    `action` is a past participle after the subject, such as `scan requested`. `detail` takes
    ids, counts and states; never text that somebody wrote.
    """
    work.session.add(
        AuditEntry(
            at=work.now,
            actor=work.actor.name,
            token_id=work.actor.token_id,
            action=action,
            subject=subject,
            subject_id=subject_id,
            project_id=project_id,
            detail=detail,
        )
    )


def list_audit(work: Work, project: str | None) -> SelectOfScalar[AuditEntry]:
    """The entries of one project, by id or slug, or all that the actor reaches. Owners only.

    A project that was deleted keeps its entries: an owner of all projects asks by its id.
    Raises `NotFound` and `NotAllowed`.
    """
    wanted = work.actor.project_id
    if project is not None:
        known = work.session.exec(select(Project.id).where(Project.slug == project)).first()
        wanted = known or project
    work.require(Permission.ADMINISTER, wanted)
    if wanted is None:
        return select(AuditEntry)
    return select(AuditEntry).where(AuditEntry.project_id == wanted)
