"""Files imported into a session: what they would become, what they became, and taking it back."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from service.access import Permission, Work, record
from service.errors import Conflict, NotFound, ServiceError
from service.research.doubts import Doubt, Stored, stored
from service.research.exchange import (
    UNITS,
    Choices,
    Imported,
    Interpreted,
    People,
    Room,
    Taken,
    interpret,
    read_file,
)
from service.research.grammar import Code, NoteWarning
from service.research.in_force import InForce, read_in_force, with_problems
from service.research.sessions import Sitting, find_session, find_sitting
from service.research.studies import UNREACHABLE, task_numbers
from service.research.submissions import Entry, Submitted, Warn
from service.research.tables import Attempt, NoteImport, NoteSubmission
from service.research.telling import NOTED, tell
from service.research.wall import (
    refuse_contradiction,
    require_consent_to_notes,
    require_consent_to_quotes,
)
from service.research.writing_down import insert_entries, write_down

_LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True)
class FileRead:
    """A file as it was read, before any session is asked about it."""

    read: Imported
    choices: Choices
    content_sha256: str

    def texts(self) -> Iterator[str]:
        """Its pieces, as they will be kept."""
        return (item.raw for item in self.read.items)


@dataclass(frozen=True, kw_only=True)
class Previewed:
    """What a file would become. `refusals` say why it would not be stored as it is."""

    taken: Taken
    submitted: Submitted
    refusals: tuple[ServiceError, ...]


@dataclass(frozen=True, kw_only=True)
class _Prepared:
    """A file, read for one session, and the rows that it makes; nothing of it is stored yet."""

    sitting: Sitting
    taken: Taken
    interpreted: Interpreted
    submission: NoteSubmission
    entries: list[Entry]
    attempts: list[Attempt]

    def submitted(self) -> Submitted:
        return Submitted(submission=self.submission, entries=tuple(self.entries))


def read_ahead(content: bytes, choices: Choices) -> FileRead:
    """A file, read before anything is locked. Raises `Unreadable` and `TooLarge`."""
    return FileRead(
        read=read_file(content, choices),
        choices=choices,
        content_sha256=hashlib.sha256(content).hexdigest(),
    )


def preview_file(work: Work, session_id: str, file: FileRead) -> Previewed:
    """What importing a file would make, by the very steps that make it. Stores nothing.

    Raises `NotFound` and `NotAllowed`.
    """
    sitting = find_sitting(work, session_id, Permission.WRITE_RESEARCH, lock=True)
    with work.session.begin_nested() as draft:
        prepared = _prepare(work, sitting, file)
        draft.rollback()
    checks: tuple[Callable[[], None], ...] = (
        partial(_require_consent, prepared),
        partial(_refuse_contradiction, prepared),
        partial(_refuse_repetition, work, sitting, file),
    )
    refusals: list[ServiceError] = []
    for check in checks:
        try:
            check()
        except Conflict as refusal:
            refusals.append(refusal)
    return Previewed(
        taken=prepared.taken,
        submitted=prepared.submitted(),
        refusals=tuple(refusals),
    )


def import_file(
    work: Work, session_id: str, file: FileRead, *, warn: Warn
) -> tuple[NoteImport, Submitted]:
    """What a file tells, stored as one submission; all of it, or nothing.

    `warn` may add warnings before it is stored: afterwards nobody changes what is answered here.
    Raises `NotFound`, `NotAllowed` and `Conflict`: consent does not cover it, its header
    contradicts, or the same file is in the session already.
    """
    sitting = find_sitting(work, session_id, Permission.WRITE_RESEARCH, lock=True)
    require_consent_to_notes(sitting.consent)
    _refuse_repetition(work, sitting, file)
    prepared = _prepare(work, sitting, file)
    _require_consent(prepared)
    _refuse_contradiction(prepared)
    submission = prepared.submission
    submitted = prepared.submitted()
    warn(submitted)
    work.session.add(submission)
    work.session.add_all(prepared.attempts)
    insert_entries(work.session, prepared.entries)
    imported = NoteImport(
        session_id=sitting.session.id,
        submission_id=submission.id,
        format=prepared.taken.format,
        name=_base_name(file.choices.file_name),
        encoding=prepared.taken.encoding,
        content_sha256=file.content_sha256,
        entries=len(prepared.entries),
        made_by=work.actor.name,
        made_at=work.now,
    )
    work.session.add(imported)
    work.session.flush()
    tell(work.session, sitting.session.id, NOTED, [each.id for each, _ in prepared.entries])
    record(
        work,
        "file imported",
        subject="session",
        subject_id=sitting.session.id,
        project_id=sitting.project.id,
        import_id=imported.id,
        submission_id=submission.id,
        format=imported.format,
        entries=imported.entries,
        warnings=len(submission.warnings),
    )
    return imported, submitted


def list_imports(work: Work, session_id: str) -> SelectOfScalar[NoteImport]:
    """The imports of a session, undone ones too. Raises `NotFound` and `NotAllowed`."""
    session = find_session(work, session_id, Permission.READ_RESEARCH)
    return select(NoteImport).where(NoteImport.session_id == session.id)


def find_import(
    work: Work, import_id: str, permission: Permission, *, anew: bool = False
) -> NoteImport:
    """The import with that id; `anew` as it is now that its session is locked.

    Raises `NotFound` and `NotAllowed`.
    """
    imported = work.session.get(NoteImport, import_id, populate_existing=anew)
    if imported is None:
        raise NotFound(UNREACHABLE)
    find_session(work, imported.session_id, permission)
    return imported


def _prepare(work: Work, sitting: Sitting, file: FileRead) -> _Prepared:
    imported = file.read
    session_id = sitting.session.id
    in_force = with_problems(work.session, session_id, read_in_force(work.session, session_id))
    interpreted = interpret(imported, _room(work, sitting, in_force, file.choices))
    submission = NoteSubmission(
        session_id=sitting.session.id, ordinal=in_force.submissions + 1, received_at=work.now
    )
    # A file speaks of itself alone: no task, page or time of earlier notes is in force in it.
    alone = replace(in_force, task=None, url=None, offset_ms=None)
    written = write_down(
        work,
        sitting,
        alone,
        interpreted.notes(),
        submission,
        noted_at=None,
        observer=None,
        as_items=False,
        keeps_attempts=True,
    )
    doubts = sorted([*interpreted.doubts, *written.doubts], key=lambda doubt: doubt.line)
    told = [_placed(doubt, interpreted.sources) for doubt in doubts]
    by_entry: dict[int, list[Stored]] = {}
    for doubt, placed in zip(doubts, told, strict=True):
        by_entry.setdefault(doubt.line, []).append(placed)
    for observation, reading in written.entries:
        number = observation.line or 0
        observation.line = interpreted.sources[number - 1]
        if reading is not None:
            reading.warnings = by_entry.get(number, [])
    told += [stored(doubt, as_items=False) for doubt in imported.doubts]
    submission.warnings = sorted(told, key=lambda doubt: (doubt["line"], doubt["column"]))
    return _Prepared(
        sitting=sitting,
        taken=imported.taken,
        interpreted=interpreted,
        submission=submission,
        entries=written.entries,
        attempts=written.attempts,
    )


def _room(work: Work, sitting: Sitting, in_force: InForce, choices: Choices) -> Room:
    study = sitting.study
    return Room(
        people=People.of(
            pseudonym=sitting.participant.pseudonym,
            moderator=sitting.session.moderator,
            names=study.names,
            told=choices.roles,
        ),
        aliases={letter: Code(code) for letter, code in study.aliases.items()},
        names=study.names,
        tasks=task_numbers(work.session, study.id),
        problems=in_force.numbered_problems(),
    )


def _placed(doubt: Doubt | NoteWarning, sources: Sequence[int]) -> Stored:
    """A doubt about an entry as one about the entry's line in the file."""
    return stored(
        Doubt(
            line=sources[doubt.line - 1],
            column=doubt.column,
            code=str(doubt.code),
            detail=doubt.detail,
        ),
        as_items=False,
    )


def _require_consent(prepared: _Prepared) -> None:
    require_consent_to_notes(prepared.sitting.consent)
    unit = UNITS.get(prepared.taken.format, "line")
    places = [f"{unit} {line}" for line in prepared.interpreted.quoting]
    require_consent_to_quotes(prepared.sitting.consent, places)


def _refuse_contradiction(prepared: _Prepared) -> None:
    sitting = prepared.sitting
    refuse_contradiction(prepared.interpreted.header, sitting.session, sitting.participant)


def _refuse_repetition(work: Work, sitting: Sitting, file: FileRead) -> None:
    """Refuse a file that is in the session already. Raises `Conflict` (`already-imported`)."""
    earlier = work.session.exec(
        select(NoteImport).where(
            NoteImport.session_id == sitting.session.id,
            NoteImport.content_sha256 == file.content_sha256,
            col(NoteImport.undone_at).is_(None),
        )
    ).first()
    if earlier is not None:
        raise Conflict(
            f"This file is in the session already, as import {earlier.id}. Undo that one first if "
            "it should be read again.",
            slug="already-imported",
        )


def _base_name(name: str) -> str:
    plain = name.replace("\\", "/").rpartition("/")[2]
    return "".join(each for each in plain if each.isprintable())[:_LONGEST_NAME]
