"""Segments: the groups that a study tells its participants apart by."""

from sqlmodel import select
from sqlmodel.sql.expression import SelectOfScalar

from service.access import Permission, Work, record
from service.errors import Conflict, NotFound
from service.research.studies import UNREACHABLE, find_study
from service.research.tables import Segment


def add_segment(
    work: Work, study_id: str, *, name: str, description: str = "", planned: int | None = None
) -> Segment:
    """A new segment of a study; `planned` participants of it are wanted.

    Raises `NotFound`, `NotAllowed` and `Conflict` (the name is taken).
    """
    study = find_study(work, study_id, Permission.WRITE_RESEARCH, lock=True)
    if _find(work, study.id, name) is not None:
        raise Conflict(
            "The study has a segment with this name already. Choose another name.",
            slug="segment-taken",
        )
    segment = Segment(
        study_id=study.id,
        name=name,
        description=description,
        planned=planned,
        created_at=work.now,
    )
    work.session.add(segment)
    work.session.flush()
    record(
        work,
        "segment added",
        subject="segment",
        subject_id=segment.id,
        project_id=study.project_id,
        study_id=study.id,
    )
    return segment


def find_segment(work: Work, segment_id: str) -> Segment:
    """Raises `NotFound` and `NotAllowed`."""
    segment = work.session.get(Segment, segment_id)
    if segment is None:
        raise NotFound(UNREACHABLE)
    find_study(work, segment.study_id, Permission.WRITE_RESEARCH)
    return segment


def list_segments(work: Work, study_id: str) -> SelectOfScalar[Segment]:
    """The segments of a study. Raises `NotFound` and `NotAllowed`."""
    study = find_study(work, study_id, Permission.READ_RESEARCH)
    return select(Segment).where(Segment.study_id == study.id)


def know_segment(work: Work, study_id: str, name: str) -> None:
    """Add the segment that a participant is said to be of, unless it is known."""
    if name and _find(work, study_id, name) is None:
        work.session.add(Segment(study_id=study_id, name=name, created_at=work.now))
        work.session.flush()


def _find(work: Work, study_id: str, name: str) -> Segment | None:
    statement = select(Segment).where(Segment.study_id == study_id, Segment.name == name)
    return work.session.exec(statement).first()
