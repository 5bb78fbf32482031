"""Linking observations to barriers: a person's word, never a guess of ours."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session, col, select

from checks import UnknownCriterion, criterion
from service.access import Permission, Work, record
from service.barriers.problem_codes import PROBLEM_CODES
from service.barriers.settling import settle
from service.barriers.tables import Barrier, Link, Suppression
from service.barriers.verification import verify
from service.errors import Conflict, FieldError, Malformed, NotFound
from service.projects import lock_project
from service.research.tables import Observation, Reading, ResearchSession, Study

MET_IN_A_SESSION = "people met it in a session"
"""Why a suppression ended when an observation of a problem was linked to its barrier."""


@dataclass(frozen=True, kw_only=True)
class NewBarrier:
    """A barrier that only people met so far."""

    title: str
    criteria: tuple[str, ...] = ()


def find_barrier(work: Work, barrier_id: str, permission: Permission) -> Barrier:
    """Raises `NotFound` and `NotAllowed`."""
    barrier = work.session.get(Barrier, barrier_id)
    if barrier is None:
        raise NotFound("There is no barrier with this id.")
    work.require(permission, barrier.project_id)
    return barrier


def add_barrier(work: Work, project_id: str, new: NewBarrier, *, at: str = "") -> Barrier:
    """A human barrier. `at` is the JSON Pointer of its fields. Raises `Malformed`."""
    work.require(Permission.TRIAGE, project_id)
    for index, number in enumerate(new.criteria):
        try:
            criterion(number)
        except UnknownCriterion as error:
            raise Malformed(
                "One criterion is not known.",
                errors=(FieldError(pointer=f"{at}/criteria/{index}", detail=str(error.args[0])),),
            ) from error
    barrier = Barrier(
        project_id=project_id, title=new.title, criteria=list(new.criteria), opened_at=work.now
    )
    work.session.add(barrier)
    work.session.flush()
    record(
        work,
        "barrier added",
        subject="barrier",
        subject_id=barrier.id,
        project_id=project_id,
    )
    return barrier


def find_observation(work: Work, observation_id: str, permission: Permission) -> tuple[str, str]:
    """The observation's id and its project's. Raises `NotFound` and `NotAllowed`."""
    row = work.session.exec(
        select(Observation.id, Study.project_id)
        .join(ResearchSession, col(ResearchSession.id) == Observation.session_id)
        .join(Study, col(Study.id) == ResearchSession.study_id)
        .where(Observation.id == observation_id)
    ).first()
    if row is None:
        raise NotFound("There is no observation with this id.")
    work.require(permission, row[1])
    return row[0], row[1]


def link(work: Work, observation_id: str, barrier_id: str) -> Link:
    """Say that an observation speaks of a barrier; saying it twice says it once.

    Somebody met it, so it is open again and its suppression ends at once. Raises `NotFound`,
    `NotAllowed`, and `Conflict` when the two belong to different projects.
    """
    _, project_id = find_observation(work, observation_id, Permission.TRIAGE)
    barrier = find_barrier(work, barrier_id, Permission.TRIAGE)
    if barrier.project_id != project_id:
        raise Conflict("The observation and the barrier belong to different projects.")
    _take_turn(work, barrier)
    # Somebody may have forgotten it while this one waited.
    find_observation(work, observation_id, Permission.TRIAGE)
    existing = find_link(work.session, observation_id, barrier_id)
    if existing is not None:
        return existing
    made = Link(
        barrier_id=barrier.id,
        observation_id=observation_id,
        made_by=work.actor.name,
        made_at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    _settle_after_evidence(work, barrier, observation_id)
    record(
        work,
        "observation linked",
        subject="barrier",
        subject_id=barrier.id,
        project_id=project_id,
        observation_id=observation_id,
    )
    return made


def unlink(work: Work, observation_id: str, barrier_id: str) -> None:
    """Take a link back. Raises `NotFound`, `NotAllowed`."""
    _, project_id = find_observation(work, observation_id, Permission.TRIAGE)
    barrier = find_barrier(work, barrier_id, Permission.TRIAGE)
    _take_turn(work, barrier)
    existing = find_link(work.session, observation_id, barrier_id)
    if existing is None:
        raise NotFound("This observation is not linked to this barrier.")
    work.session.delete(existing)
    work.session.flush()
    verify(work.session, project_id, work.now)
    settle(work.session, [barrier], work.now)
    record(
        work,
        "observation unlinked",
        subject="barrier",
        subject_id=barrier.id,
        project_id=project_id,
        observation_id=observation_id,
    )


def recheck(work: Work, observation_id: str) -> None:
    """Settle the barriers of an observation whose reading was corrected."""
    barriers = work.session.exec(
        select(Barrier)
        .join(Link, col(Link.barrier_id) == Barrier.id)
        .where(Link.observation_id == observation_id)
        .order_by(col(Barrier.id))
    ).all()
    for barrier in barriers:
        _take_turn(work, barrier)
        _settle_after_evidence(work, barrier, observation_id)


def find_link(session: Session, observation_id: str, barrier_id: str) -> Link | None:
    return session.exec(
        select(Link).where(Link.barrier_id == barrier_id, Link.observation_id == observation_id)
    ).first()


def links_of(session: Session, observation_ids: Collection[str]) -> list[dict[str, str]]:
    """The barriers that observations are linked to: `observation_id`, `barrier_id`, `title`."""
    rows = session.exec(
        select(Link.observation_id, Barrier.id, Barrier.title)
        .join(Barrier, col(Barrier.id) == Link.barrier_id)
        .where(col(Link.observation_id).in_(observation_ids))
        .order_by(col(Link.id))
    )
    return [
        {"observation_id": observation_id, "barrier_id": barrier_id, "title": title}
        for observation_id, barrier_id, title in rows
    ]


def _take_turn(work: Work, barrier: Barrier) -> None:
    """Nothing that was found or said meanwhile is overlooked when the status is counted."""
    lock_project(work.session, barrier.project_id)
    work.session.refresh(barrier)


def _settle_after_evidence(work: Work, barrier: Barrier, observation_id: str) -> None:
    if _is_problem(work.session, observation_id):
        _revoke_suppressions(work, barrier)
    work.session.flush()
    verify(work.session, barrier.project_id, work.now)
    settle(work.session, [barrier], work.now)


def _is_problem(session: Session, observation_id: str) -> bool:
    code = session.exec(
        select(Reading.code).where(
            Reading.observation_id == observation_id, col(Reading.is_latest).is_(True)
        )
    ).first()
    return code in PROBLEM_CODES


def _revoke_suppressions(work: Work, barrier: Barrier) -> None:
    living = work.session.exec(
        select(Suppression).where(
            Suppression.barrier_id == barrier.id, col(Suppression.revoked_at).is_(None)
        )
    ).all()
    for suppression in living:
        suppression.revoked_at = work.now
        suppression.revoked_because = MET_IN_A_SESSION
