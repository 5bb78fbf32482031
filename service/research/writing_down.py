"""Read notes turned into rows: one entry for each line, with its moment, task, page and repeats."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel import Session, SQLModel

from service.access import Work
from service.db import insert_all
from service.projects import Project, find_or_add_page
from service.research.addresses import page_url_problem
from service.research.attempts import AttemptBook
from service.research.doubts import Doubt, Stored, stored
from service.research.grammar import Notes, NoteWarning, ParsedNote
from service.research.in_force import InForce
from service.research.ordering import line_ids
from service.research.sessions import Sitting, attempts_of
from service.research.studies import task_numbers
from service.research.tables import Attempt, NoteSubmission, Observation, Reading, Task
from service.research.timing import Moment, SessionClock, place_in_time

Entry = tuple[Observation, Reading | None]
_UNREAD = {"header", "blank"}


@dataclass(frozen=True, kw_only=True)
class WrittenDown:
    """The rows of a submission, not yet added to the store, and every doubt about its lines."""

    entries: list[Entry]
    attempts: list[Attempt]
    doubts: list[Doubt | NoteWarning]


def write_down(
    work: Work,
    sitting: Sitting,
    in_force: InForce,
    notes: Notes,
    submission: NoteSubmission,
    *,
    noted_at: datetime | None,
    observer: str | None,
    as_items: bool,
    keeps_attempts: bool = False,
) -> WrittenDown:
    """The rows of `notes`; `noted_at` only of live ones.

    Adds the pages that they name to the project, and nothing else. With `keeps_attempts` no
    attempt that the session has already is changed.
    """
    session = sitting.session
    names_tasks = any(entry.task is not None for entry in notes.entries)
    tasks = task_numbers(work.session, sitting.study.id) if names_tasks else {}
    moments, doubts = place_in_time(
        notes.entries,
        SessionClock(started_at=session.started_at, time_zone=sitting.study.time_zone),
        arrived_at=noted_at,
        before_ms=in_force.offset_ms,
    )
    make_id = line_ids(work.now, in_force.last_id)
    tells_of_tasks = any(entry.kind in {"task_start", "task_end"} for entry in notes.entries)
    earlier = attempts_of(work.session, session.id) if tells_of_tasks else []
    attempts = AttemptBook(session, tasks, earlier, work.now, keeps_earlier=keeps_attempts)
    pages = _Pages(work, sitting.project)
    observations: list[Observation] = []
    for ordinal, (entry, moment) in enumerate(zip(notes.entries, moments, strict=True)):
        attempts.read(entry, moment.offset_ms, partial(make_id, ordinal))
        pages.read(entry)
        observations.append(
            Observation(
                id=make_id(ordinal),
                session_id=session.id,
                participant_id=session.participant_id,
                submission_id=submission.id,
                ordinal=ordinal,
                line=None if as_items else entry.line,
                kind=entry.kind,
                raw=entry.raw,
                created_at=work.now,
            )
        )
    reader = _Reader(
        tasks=tasks,
        pages=pages.ids,
        problems=_ids_of_problems(notes.entries, observations, in_force),
        written_by=_note_taker(notes) or observer or work.actor.name,
    )
    all_doubts: list[Doubt | NoteWarning] = [*notes.warnings, *doubts]
    all_doubts += [*attempts.doubts, *pages.doubts]
    all_doubts.sort(key=lambda doubt: (doubt.line, doubt.column))
    told = _by_entry(notes.entries, all_doubts, as_items=as_items)
    readings = [
        reader.reading(*each)
        for each in zip(notes.entries, observations, moments, told, strict=True)
    ]
    return WrittenDown(
        entries=list(zip(observations, readings, strict=True)),
        attempts=attempts.added,
        doubts=all_doubts,
    )


def insert_entries(session: Session, entries: Sequence[Entry]) -> None:
    """Store many entries at once. The objects are not the session's: changes to them are lost."""
    readings = [reading for _, reading in entries if reading is not None]
    insert_all(session, Observation, (_row(observation) for observation, _ in entries))
    insert_all(session, Reading, map(_row, readings))


def _row(stored: SQLModel) -> dict[str, Any]:
    return {name: getattr(stored, name) for name in type(stored).model_fields}


class _Pages:
    """The pages of a project by the addresses that notes name, each looked up once."""

    def __init__(self, work: Work, project: Project) -> None:
        self.ids: dict[str, str | None] = {}
        self.doubts: list[Doubt] = []
        self._work = work
        self._project = project

    def read(self, entry: ParsedNote) -> None:
        if entry.url is None or entry.url in self.ids:
            return
        wrong = page_url_problem(entry.url)
        if wrong is None:
            page = find_or_add_page(self._work.session, self._project, entry.url, self._work.now)
            self.ids[entry.url] = page.id
        else:
            self.ids[entry.url] = None
            detail = f"No page of the service: {wrong}"
            self.doubts.append(Doubt(line=entry.line, code="no-page", detail=detail))


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """Makes the first reading of each entry."""

    tasks: Mapping[int, Task]
    pages: Mapping[str, str | None]
    problems: Mapping[int, str]
    written_by: str

    def reading(
        self,
        entry: ParsedNote,
        observation: Observation,
        moment: Moment,
        doubts: list[Stored],
    ) -> Reading | None:
        """The reading; None where there is nothing to read. A task's or page's code is its kind."""
        if entry.kind in _UNREAD:
            return None
        task = self.tasks.get(entry.task) if entry.task is not None else None
        return Reading(
            observation_id=observation.id,
            version=1,
            text=entry.text,
            quotes=list(entry.quotes),
            code=entry.code or entry.kind,
            severity=entry.severity,
            actor=entry.actor,
            offset_ms=moment.offset_ms,
            time_inherited=moment.inherited,
            task_id=task.id if task else None,
            page_id=self.pages[entry.url] if entry.url is not None else None,
            url=entry.url,
            selector=entry.selector,
            criterion=entry.criterion,
            rule=entry.rule,
            tags=list(entry.tags),
            refers_to_id=self.problems[entry.refers_to] if entry.refers_to is not None else None,
            warnings=doubts,
            written_by=self.written_by,
            written_at=observation.created_at,
        )


def _ids_of_problems(
    entries: Sequence[ParsedNote], observations: Sequence[Observation], in_force: InForce
) -> dict[int, str]:
    """Ids by what `refers_to` says: a line of this submission, or the number of an earlier one."""
    ids = {-n: problem_id for n, (problem_id, _) in enumerate(in_force.problems)}
    ids.update(
        (entry.line, observation.id)
        for entry, observation in zip(entries, observations, strict=True)
    )
    return ids


def _by_entry(
    entries: Sequence[ParsedNote], doubts: Sequence[Doubt | NoteWarning], *, as_items: bool
) -> list[list[Stored]]:
    """The doubts about each entry; its lines reach to the next entry's first one."""
    told: list[list[Stored]] = [[] for _ in entries]
    starts = [entry.line for entry in entries]
    for doubt in doubts:
        told[bisect_right(starts, doubt.line) - 1].append(stored(doubt, as_items=as_items))
    return told


def _note_taker(notes: Notes) -> str | None:
    """Who took the notes, when their header says so (`obs=MK`)."""
    return dict(notes.header.fields).get("obs") or None if notes.header else None
