"""Operations on studies and their tasks."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from sqlmodel import Session, select
from sqlmodel.sql.expression import SelectOfScalar

from service.access import Permission, Work, record
from service.access.projects import find_project
from service.access.versions import check_version
from service.errors import Conflict, FieldError, Malformed, NotFound, pointer_token
from service.projects import Project, find_or_add_page
from service.research.addresses import page_url_problem
from service.research.grammar import Code, alias_problem
from service.research.tables import Study, Task, Tombstone

UNREACHABLE = "Nothing with this id can be reached with your token."
MAX_TASK_NUMBER = 9999


def create_study(
    work: Work,
    project_id: str,
    *,
    name: str,
    goal: str = "",
    method: str = "formative",
    build: str | None = None,
    legal_basis: str = "",
    retention_until: date | None = None,
    share_threshold: int = 5,
    time_zone: str = "Europe/Helsinki",
    aliases: Mapping[str, str] | None = None,
    names: Sequence[str] = (),
) -> Study:
    """A new study of a project. `time_zone` is what wall clock times in notes are read in.

    `aliases` maps further letters to codes, by name; `names` are words that stand for a speaker
    before a colon. Raises `NotFound`, `NotAllowed` and `Malformed` (a time zone that IANA does
    not know, an alias that cannot be one).
    """
    project = find_project(work, project_id, Permission.WRITE_RESEARCH)
    _refuse_bad_aliases(aliases or {})
    _refuse_unknown_zone(time_zone)
    study = Study(
        project_id=project.id,
        name=name,
        goal=goal,
        method=method,
        build=build,
        legal_basis=legal_basis,
        retention_until=retention_until,
        share_threshold=share_threshold,
        time_zone=time_zone,
        aliases=dict(aliases or {}),
        names=list(names),
        created_at=work.now,
    )
    work.session.add(study)
    work.session.flush()
    record(work, "study created", subject="study", subject_id=study.id, project_id=study.project_id)
    return study


def change_study(
    work: Work,
    study_id: str,
    changes: Mapping[str, Any],
    *,
    expected: Collection[int] | None = None,
) -> Study:
    """Change some of a study's fields. Notes that were read keep their readings.

    Raises `NotFound`, `NotAllowed`, `Stale` and `Malformed` (as `create_study`).
    """
    study = find_study(work, study_id, Permission.WRITE_RESEARCH, lock=True)
    check_version(study.version, expected)
    _refuse_bad_aliases(changes.get("aliases") or {})
    if "time_zone" in changes:
        _refuse_unknown_zone(changes["time_zone"])
    for name, value in changes.items():
        setattr(study, name, value)
    study.version += 1
    work.session.add(study)
    work.session.flush()
    record(work, "study changed", subject="study", subject_id=study.id, project_id=study.project_id)
    return study


def find_study(work: Work, study_id: str, permission: Permission, *, lock: bool = False) -> Study:
    """The study with that id. Raises `NotFound` (missing or foreign) and `NotAllowed`."""
    statement = select(Study).where(Study.id == study_id)
    if lock:
        statement = statement.with_for_update(key_share=True)
    study = work.session.exec(statement).first()
    if study is None:
        raise NotFound(UNREACHABLE)
    work.require(permission, study.project_id)
    return study


def list_studies(work: Work, project_id: str) -> SelectOfScalar[Study]:
    """The studies of a project. Raises `NotFound` and `NotAllowed`."""
    project = find_project(work, project_id, Permission.READ_RESEARCH)
    return select(Study).where(Study.project_id == project.id)


def add_task(
    work: Work,
    study_id: str,
    *,
    number: int,
    title: str,
    scenario: str = "",
    success: str = "",
    url: str | None = None,
    time_limit_s: int | None = None,
) -> Task:
    """A new task of a study; the page that `url` means becomes a page of the project.

    Raises `NotFound`, `NotAllowed`, `Conflict` (the number is taken) and `Malformed` (an address
    that is no page).
    """
    study = find_study(work, study_id, Permission.WRITE_RESEARCH, lock=True)
    if number in task_numbers(work.session, study.id):
        raise Conflict(
            f"The study has a task {number} already. Choose another number.",
            slug="task-number-taken",
        )
    task = Task(
        study_id=study.id,
        number=number,
        title=title,
        scenario=scenario,
        success=success,
        url=url,
        page_id=_page_id(work.session, study, url, work.now) if url else None,
        time_limit_s=time_limit_s,
        created_at=work.now,
    )
    work.session.add(task)
    work.session.flush()
    record(
        work,
        "task added",
        subject="task",
        subject_id=task.id,
        project_id=study.project_id,
        study_id=study.id,
        number=number,
    )
    return task


def find_task(work: Work, task_id: str, permission: Permission) -> Task:
    """The task with that id. Raises `NotFound` and `NotAllowed`."""
    task = work.session.get(Task, task_id)
    if task is None:
        raise NotFound(UNREACHABLE)
    find_study(work, task.study_id, permission)
    return task


def list_tasks(work: Work, study_id: str) -> SelectOfScalar[Task]:
    """The tasks of a study. Raises `NotFound` and `NotAllowed`."""
    study = find_study(work, study_id, Permission.READ_RESEARCH)
    return select(Task).where(Task.study_id == study.id)


def find_tombstone(work: Work, tombstone_id: str) -> Tombstone:
    """Raises `NotFound` and `NotAllowed`."""
    tombstone = work.session.get(Tombstone, tombstone_id)
    if tombstone is None:
        raise NotFound(UNREACHABLE)
    find_study(work, tombstone.study_id, Permission.WRITE_RESEARCH)
    return tombstone


def list_tombstones(work: Work, study_id: str) -> SelectOfScalar[Tombstone]:
    """What was forgotten in a study. Raises `NotFound` and `NotAllowed`."""
    study = find_study(work, study_id, Permission.READ_RESEARCH)
    return select(Tombstone).where(Tombstone.study_id == study.id)


def task_numbers(session: Session, study_id: str) -> dict[int, Task]:
    """The tasks of a study by their numbers."""
    tasks = session.exec(select(Task).where(Task.study_id == study_id))
    return {task.number: task for task in tasks}


def _page_id(session: Session, study: Study, url: str, now: datetime) -> str:
    wrong = page_url_problem(url)
    if wrong is not None:
        raise Malformed(
            "The task's address is no page.", errors=(FieldError(pointer="/url", detail=wrong),)
        )
    project = session.get_one(Project, study.project_id)
    return find_or_add_page(session, project, url, now).id


def _refuse_unknown_zone(name: str) -> None:
    if name not in _time_zones():
        detail = "Use a name of the IANA time zone database, such as Europe/Helsinki."
        raise Malformed(
            "The study's time zone is not known.",
            errors=(FieldError(pointer="/time_zone", detail=detail),),
        )


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _refuse_bad_aliases(aliases: Mapping[str, str]) -> None:
    known = {code.value for code in Code}
    errors = []
    for alias, code in aliases.items():
        detail = alias_problem(alias)
        if detail is None and code not in known:
            detail = f"{code!r} is no code; the codes are: {', '.join(sorted(known))}."
        if detail is not None:
            errors.append(FieldError(pointer=f"/aliases/{pointer_token(alias)}", detail=detail))
    if errors:
        raise Malformed("Some aliases cannot be used; see errors.", errors=tuple(errors))
