"""Operations on observations: list them, read them with their history, correct how one is read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from service.access import Permission, Work, record
from service.access.versions import check_version
from service.errors import Conflict, Malformed, NotFound
from service.projects import find_or_add_page
from service.research.doubts import Doubt, Stored, stored
from service.research.grammar import Code
from service.research.in_force import problems_before
from service.research.items import REPEATS_NOTHING
from service.research.named import ItemReader, Named, NoteItem
from service.research.repeats import ProblemsSoFar
from service.research.sessions import Sitting, find_session, find_sitting
from service.research.studies import UNREACHABLE, task_numbers
from service.research.tables import Observation, Reading, Task
from service.research.telling import CORRECTED, tell
from service.research.wall import (
    quotes_in,
    require_consent_to_notes,
    require_consent_to_quotes,
)


@dataclass(frozen=True, kw_only=True)
class ObservationRecord:
    """An entry with its readings, oldest first; a header or a blank line has none."""

    observation: Observation
    readings: tuple[Reading, ...]


def list_observations(
    work: Work,
    session_id: str,
    *,
    code: str | None = None,
    task: int | None = None,
    all_kinds: bool = False,
) -> SelectOfScalar[Observation]:
    """The entries of a session in the order of the lines (of their ids); `records_of` adds more.

    Only observations, unless `all_kinds`. Raises `NotFound` and `NotAllowed`.
    """
    session = find_session(work, session_id, Permission.READ_RESEARCH)
    statement = select(Observation).where(Observation.session_id == session.id)
    if not all_kinds:
        statement = statement.where(Observation.kind == "observation")
    if code is not None or task is not None:
        statement = statement.join(
            Reading, (col(Reading.observation_id) == Observation.id) & col(Reading.is_latest)
        )
    if code is not None:
        statement = statement.where(Reading.code == code)
    if task is not None:
        statement = statement.join(Task, col(Task.id) == Reading.task_id).where(Task.number == task)
    return statement


def records_of(
    session: Session, observations: Sequence[Observation], *, history: bool = False
) -> list[ObservationRecord]:
    """The entries with their latest readings, or with all of them; one query for all."""
    ids = [observation.id for observation in observations]
    statement = select(Reading).where(col(Reading.observation_id).in_(ids))
    if not history:
        statement = statement.where(col(Reading.is_latest))
    readings: dict[str, list[Reading]] = {}
    for reading in session.exec(statement.order_by(col(Reading.version))):
        readings.setdefault(reading.observation_id, []).append(reading)
    return [
        ObservationRecord(observation=each, readings=tuple(readings.get(each.id, ())))
        for each in observations
    ]


def find_observation(
    work: Work, observation_id: str, permission: Permission, *, history: bool = False
) -> ObservationRecord:
    """The entry with that id. Raises `NotFound` and `NotAllowed`."""
    observation = work.session.get(Observation, observation_id)
    if observation is None:
        raise NotFound(UNREACHABLE)
    find_session(work, observation.session_id, permission)
    return records_of(work.session, [observation], history=history)[0]


def find_again(work: Work, observation_id: str) -> Observation:
    """The entry, now that its session is locked: somebody may have forgotten it meanwhile.

    Raises `NotFound`.
    """
    observation = work.session.get(Observation, observation_id, populate_existing=True)
    if observation is None:
        raise NotFound(UNREACHABLE)
    return observation


def correct_observation(
    work: Work,
    observation_id: str,
    change: NoteItem,
    *,
    expected: Collection[int] | None = None,
) -> ObservationRecord:
    """A further version of how an observation is read; what was noted stays as it is.

    Fields that `change` does not give stay as they are read now. A change that changes nothing
    makes no version. Raises `NotFound`, `NotAllowed`, `Malformed`, `Stale` and `Conflict` (no
    observation, or consent that does not cover the words).
    """
    observation = find_observation(work, observation_id, Permission.WRITE_RESEARCH).observation
    sitting = find_sitting(work, observation.session_id, Permission.WRITE_RESEARCH, lock=True)
    observation = find_again(work, observation_id)
    if observation.kind != "observation":
        raise Conflict(
            "Only observations can be corrected; this line is kept as it was written.",
            slug="not-an-observation",
        )
    require_consent_to_notes(sitting.consent)
    latest = records_of(work.session, [observation])[0].readings[0]
    check_version(latest.version, expected)
    corrected = _corrected(work, sitting, latest, change)
    if _meaning(corrected) == _meaning(latest):
        return ObservationRecord(observation=observation, readings=(latest,))
    latest.is_latest = False
    work.session.add_all([latest, corrected])
    work.session.flush()
    tell(work.session, sitting.session.id, CORRECTED, [observation.id])
    record(
        work,
        "observation corrected",
        subject="observation",
        subject_id=observation.id,
        project_id=sitting.project.id,
        session_id=sitting.session.id,
        version=corrected.version,
    )
    return ObservationRecord(observation=observation, readings=(corrected,))


def task_number_of(session: Session, readings: Collection[Reading]) -> dict[str, int]:
    """The numbers of the tasks that these readings name, by the tasks' ids."""
    ids = {reading.task_id for reading in readings if reading.task_id is not None}
    if not ids:
        return {}
    return dict(session.exec(select(Task.id, Task.number).where(col(Task.id).in_(ids))).all())


def _corrected(work: Work, sitting: Sitting, latest: Reading, change: NoteItem) -> Reading:
    tasks = task_numbers(work.session, sitting.study.id)
    reader = ItemReader(tasks=tasks)
    named = reader.read(change, "")
    if reader.errors:
        raise Malformed("The correction cannot be read; see `errors`.", errors=tuple(reader.errors))
    given = change.given
    values = latest.model_dump(exclude={"version", "is_latest", "warnings"})
    values.update(_plain_values(change, named))
    if "text" in given:
        quotes, is_quoting = quotes_in(change.text)
        require_consent_to_quotes(sitting.consent, ["/text"] if is_quoting else [])
        values.update(text=change.text, quotes=list(quotes))
    if "offset_ms" in given:
        values["time_inherited"] = False
    if "task" in given:
        values["task_id"] = tasks[change.task].id if change.task is not None else None
    if "url" in given:
        values["page_id"] = (
            find_or_add_page(work.session, sitting.project, change.url, work.now).id
            if change.url is not None
            else None
        )
    doubts: list[Stored] = []
    if given & {"code", "tags"}:
        doubts = _repeat(work.session, sitting, values)
    values.update(written_by=work.actor.name, written_at=work.now)
    return Reading(**values, version=latest.version + 1, is_latest=True, warnings=doubts)


def _plain_values(change: NoteItem, named: Named) -> dict[str, object]:
    """The given values that are stored as they stand."""
    values: dict[str, object] = {
        "offset_ms": change.offset_ms,
        "code": named.code,
        "severity": named.severity,
        "actor": named.actor,
        "url": change.url,
        "selector": change.selector,
        "criterion": change.criterion,
        "rule": named.rule,
        "tags": list(named.tags),
    }
    return {name: value for name, value in values.items() if name in change.given}


def _repeat(session: Session, sitting: Sitting, values: dict[str, Any]) -> list[Stored]:
    """Settle which problem the corrected reading repeats, by the rule that notes have."""
    values["refers_to_id"] = None
    if values["code"] != Code.SAME_PROBLEM:
        return []
    earlier = problems_before(session, sitting.session.id, values["observation_id"])
    values["refers_to_id"] = ProblemsSoFar(earlier).repeated_by(values["tags"])
    if values["refers_to_id"] is not None:
        return []
    values["code"] = Code.PROBLEM
    doubt = Doubt(line=1, code="no-earlier-problem", detail=REPEATS_NOTHING)
    return [stored(doubt, as_items=False)]


def _meaning(reading: Reading) -> dict[str, Any]:
    """What a reading says, without when, by whom and in which version."""
    return reading.model_dump(
        exclude={"version", "is_latest", "warnings", "written_by", "written_at"}
    )
