"""The audit trail: every write leaves who, what and when."""

from service.access.tables import AuditEntry
from service.access.work import Work


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
