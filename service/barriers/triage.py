"""What people decide about a barrier: suppress it for a while, or take that back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from service.access import Work, record
from service.access.versions import check_version
from service.barriers.settling import settle
from service.barriers.tables import Barrier, Suppression
from service.errors import Conflict, FieldError, Malformed
from service.projects import lock_project


@dataclass(frozen=True, kw_only=True)
class SuppressionRequest:
    """Why, by whom and until when. All three are needed."""

    reason: str
    owner: str
    expires: datetime


def suppress(
    work: Work, barrier: Barrier, request: SuppressionRequest, expected: Collection[int] | None
) -> None:
    """Suppress a barrier until a date; the suppression before it ends. The caller has checked the
    permission. Raises `Stale`, `Conflict` for a closed barrier, whose return nobody should miss,
    and `Malformed` for a date that has passed."""
    _take_turn(work, barrier, expected)
    if barrier.status == "closed":
        raise Conflict("The barrier is closed. It can be suppressed when it is back.")
    if request.expires <= work.now:
        detail = "Must lie in the future."
        raise Malformed(detail, errors=(FieldError(pointer="/suppression/expires", detail=detail),))
    _end_living(work, barrier, "replaced")
    work.session.add(
        Suppression(
            barrier_id=barrier.id,
            reason=request.reason,
            owner=request.owner,
            expires=request.expires,
            made_by=work.actor.name,
            made_at=work.now,
        )
    )
    _settle_and_record(work, barrier, "barrier suppressed")


def reopen(work: Work, barrier: Barrier, expected: Collection[int] | None) -> None:
    """End the suppression of a barrier. Raises `Stale`."""
    _take_turn(work, barrier, expected)
    _end_living(work, barrier, "taken back")
    _settle_and_record(work, barrier, "barrier reopened")


def living_suppressions(session: Session, project_id: str, now: datetime) -> dict[str, Suppression]:
    """The suppression in force of each barrier of a project that has one."""
    rows = session.exec(
        select(Suppression)
        .join(Barrier, col(Barrier.id) == Suppression.barrier_id)
        .where(
            Barrier.project_id == project_id,
            col(Suppression.revoked_at).is_(None),
            col(Suppression.expires) > now,
        )
    ).all()
    return {row.barrier_id: row for row in rows}


def _take_turn(work: Work, barrier: Barrier, expected: Collection[int] | None) -> None:
    lock_project(work.session, barrier.project_id)
    work.session.refresh(barrier)
    check_version(barrier.version, expected)


def _end_living(work: Work, barrier: Barrier, because: str) -> None:
    living = work.session.exec(
        select(Suppression).where(
            Suppression.barrier_id == barrier.id, col(Suppression.revoked_at).is_(None)
        )
    ).all()
    for suppression in living:
        suppression.revoked_at = work.now
        suppression.revoked_because = because


def _settle_and_record(work: Work, barrier: Barrier, action: str) -> None:
    work.session.flush()
    before = barrier.version
    settle(work.session, [barrier], work.now)
    if barrier.version == before:
        barrier.version += 1
    record(work, action, subject="barrier", subject_id=barrier.id, project_id=barrier.project_id)
