"""A study's codebook: codes with definitions, below one another."""

import uuid
from collections.abc import Collection

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from service.access import Permission, Work, record
from service.access.versions import check_version
from service.errors import Conflict, FieldError, Malformed, NotFound
from service.research.grammar import Code
from service.research.studies import UNREACHABLE, find_study
from service.research.tables import CodeEntry

CHANGEABLE = frozenset({"name", "definition", "code", "color", "parent_id"})


def add_code(
    work: Work,
    study_id: str,
    *,
    name: str,
    tag: str,
    definition: str = "",
    code: str | None = None,
    color: str | None = None,
    parent_id: str | None = None,
    guid: str | None = None,
) -> CodeEntry:
    """A new code. Observations carry it as the tag `tag`; it may refine a code of the grammar.

    Raises `NotFound`, `NotAllowed`, `Conflict` (the tag is taken) and `Malformed`.
    """
    study = find_study(work, study_id, Permission.WRITE_RESEARCH, lock=True)
    tag = tag.removeprefix("#")
    taken = select(CodeEntry.id).where(CodeEntry.study_id == study.id, CodeEntry.tag == tag)
    if work.session.exec(taken).first():
        raise Conflict(
            "The study's codebook has a code with this tag already. Choose another tag.",
            slug="tag-taken",
        )
    entry = CodeEntry(
        study_id=study.id,
        name=name,
        tag=tag,
        definition=definition,
        code=code,
        color=color,
        parent_id=parent_id,
        guid=guid or str(uuid.uuid4()),
        created_at=work.now,
    )
    _refuse_misfit(work.session, entry)
    work.session.add(entry)
    work.session.flush()
    _record(work, entry, "code added", study.project_id)
    return entry


def change_code(
    work: Work,
    code_id: str,
    changes: dict[str, str | None],
    *,
    expected: Collection[int] | None = None,
) -> CodeEntry:
    """Change some of `CHANGEABLE`; the tag stays, since observations carry it.

    Raises `NotFound`, `NotAllowed`, `Stale` and `Malformed` (a place below itself).
    """
    entry = find_code(work, code_id, Permission.WRITE_RESEARCH)
    study = find_study(work, entry.study_id, Permission.WRITE_RESEARCH, lock=True)
    check_version(entry.version, expected)
    for name in CHANGEABLE & changes.keys():
        setattr(entry, name, changes[name])
    _refuse_misfit(work.session, entry)
    entry.version += 1
    work.session.add(entry)
    work.session.flush()
    _record(work, entry, "code changed", study.project_id)
    return entry


def remove_code(work: Work, code_id: str) -> None:
    """Remove a code; those below it move up. Observations keep the tag. Raises `NotFound`,
    `NotAllowed`."""
    entry = find_code(work, code_id, Permission.WRITE_RESEARCH)
    study = find_study(work, entry.study_id, Permission.WRITE_RESEARCH, lock=True)
    for below in work.session.exec(select(CodeEntry).where(CodeEntry.parent_id == entry.id)).all():
        below.parent_id = entry.parent_id
        work.session.add(below)
    work.session.flush()
    work.session.delete(entry)
    _record(work, entry, "code removed", study.project_id)


def find_code(work: Work, code_id: str, permission: Permission) -> CodeEntry:
    """Raises `NotFound` and `NotAllowed`."""
    entry = work.session.get(CodeEntry, code_id)
    if entry is None:
        raise NotFound(UNREACHABLE)
    find_study(work, entry.study_id, permission)
    return entry


def list_codes(work: Work, study_id: str) -> SelectOfScalar[CodeEntry]:
    """The codes of a study. Raises `NotFound` and `NotAllowed`."""
    study = find_study(work, study_id, Permission.READ_RESEARCH)
    return select(CodeEntry).where(CodeEntry.study_id == study.id)


def _refuse_misfit(session: Session, entry: CodeEntry) -> None:
    errors = []
    if entry.code is not None and entry.code not in {each.value for each in Code}:
        known = ", ".join(each.value for each in Code)
        errors.append(FieldError(pointer="/code", detail=f"No code of the grammar: {known}."))
    if entry.parent_id is not None and not _fits_below(session, entry):
        detail = "Name another code of this study that does not stand below this one."
        errors.append(FieldError(pointer="/parent_id", detail=detail))
    if errors:
        session.expire(entry) if entry in session else None
        raise Malformed("The code does not fit the codebook; see `errors`.", errors=tuple(errors))


def _fits_below(session: Session, entry: CodeEntry) -> bool:
    parents = dict(
        session.exec(
            select(CodeEntry.id, CodeEntry.parent_id).where(
                CodeEntry.study_id == entry.study_id, col(CodeEntry.id) != entry.id
            )
        ).all()
    )
    above, seen = entry.parent_id, {entry.id}
    while above is not None:
        if above in seen or above not in parents:
            return False
        seen.add(above)
        above = parents[above]
    return True


def _record(work: Work, entry: CodeEntry, action: str, project_id: str) -> None:
    record(work, action, subject="code", subject_id=entry.id, project_id=project_id)
