"""The forgotten as evidence: counts that stay when participants go."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from service.barriers.tables import AnonymousWitness, Barrier
from service.research.evidence import Met
from service.research.grammar import Code

WITHOUT_WORDS = "A barrier that people met"
"""The title of a barrier whose own repeats what was noted in a session."""
_UNKNOWN = frozenset[str]()


def witnesses(session: Session, project_id: str) -> Mapping[str, Sequence[Met]]:
    """The forgotten who met something, by barrier; each counts as somebody of whom no more is
    known."""
    found: dict[str, list[Met]] = {}
    for each in session.exec(
        select(AnonymousWitness)
        .join(Barrier, col(Barrier.id) == AnonymousWitness.barrier_id)
        .where(Barrier.project_id == project_id)
        .order_by(col(AnonymousWitness.id))
    ):
        found.setdefault(each.barrier_id, []).extend(
            _as_met(each, number) for number in range(each.people)
        )
    return found


def _as_met(witness: AnonymousWitness, number: int) -> Met:
    somebody = f"forgotten:{witness.id}:{number}"
    return Met(
        observation_id=somebody,
        participant_id=somebody,
        technology_classes=_UNKNOWN,
        session_id=somebody,
        started_at=witness.counted_at,
        build=witness.build,
        code=Code.PROBLEM,
        severity=witness.severity,
        task_id=witness.task_id,
        outcome=witness.outcome,
        page_id=witness.page_id,
        is_forgotten=True,
    )
