"""Notes added to a session, live or afterwards: every line kept, every line read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlmodel import col, select

from service.access import Permission, Work, record
from service.errors import FieldError, Malformed, NotFound
from service.research.doubts import stored
from service.research.grammar import Code, Notes, WarningCode, parse_notes
from service.research.in_force import InForce, read_in_force, with_problems
from service.research.items import read_items
from service.research.named import NoteItem
from service.research.sessions import Sitting, find_session, find_sitting
from service.research.studies import UNREACHABLE, task_numbers
from service.research.tables import NoteSubmission, Observation, Reading, ResearchSession
from service.research.telling import NOTED, tell
from service.research.wall import (
    quoting_lines,
    refuse_contradiction,
    require_consent_to_notes,
    require_consent_to_quotes,
)
from service.research.writing_down import insert_entries, write_down

Entry = tuple[Observation, Reading | None]


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """What one call added: an entry for each line, in order, with the first reading of it."""

    submission: NoteSubmission
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """How notes came: at once or afterwards, when and by whom they were noted, under which key.

    `noted_at` is when a live note was typed; it may have waited since. `observer` is who typed it,
    where that is somebody else than the actor's name says.
    """

    live: bool = False
    noted_at: datetime | None = None
    observer: str | None = None
    key: str | None = None


AFTERWARDS = Arrival()
Warn = Callable[[Submitted], None]


def _of_nothing(_submitted: Submitted) -> None:
    pass


def append_notes(
    work: Work,
    session_id: str,
    text: bytes,
    arrival: Arrival = AFTERWARDS,
    *,
    warn: Warn = _of_nothing,
) -> Submitted:
    """Add a submission in the note grammar to a session; all of it is stored, or nothing.

    `warn` may add warnings before it is stored: afterwards nobody changes what is answered here.
    Live lines without a time happened when they were noted. Raises `NotFound`, `NotAllowed`,
    `Conflict` (consent, or a header that contradicts) and `Malformed` (nothing was sent).
    """
    sitting, in_force = _begin(work, session_id)
    if not text:
        wrong = FieldError(pointer="", detail="Send the notes as the body.")
        raise Malformed("There are no notes in the request.", errors=(wrong,))
    notes, in_force = _read(work, sitting, in_force, text)
    require_consent_to_quotes(sitting.consent, [f"line {n}" for n in quoting_lines(notes)])
    _take_label(work, sitting, notes)
    refuse_contradiction(notes.header, sitting.session, sitting.participant)
    _fill_in_build(work, sitting, notes)
    return _store(work, sitting, in_force, notes, arrival, warn, as_items=False)


def append_items(
    work: Work,
    session_id: str,
    items: Sequence[NoteItem],
    arrival: Arrival = AFTERWARDS,
    *,
    warn: Warn = _of_nothing,
) -> Submitted:
    """Add observations that were sent as values; all of them are stored, or nothing.

    `warn` is that of `append_notes`.
    Raises what `append_notes` raises, and `Malformed` that names every value that cannot be.
    """
    sitting, in_force = _begin(work, session_id)
    in_force = with_problems(work.session, session_id, in_force)
    notes, quoting = read_items(items, in_force, task_numbers(work.session, sitting.study.id))
    require_consent_to_quotes(sitting.consent, [f"/observations/{n - 1}/text" for n in quoting])
    return _store(work, sitting, in_force, notes, arrival, warn, as_items=True)


def project_of(work: Work, session_id: str) -> str:
    """The id of the project that a session belongs to. Raises `NotFound` and `NotAllowed`."""
    return find_sitting(work, session_id, Permission.WRITE_RESEARCH).project.id


def submission_under(work: Work, session_id: str, key: str) -> str | None:
    """The id of what was added to a session under a key, for `find_submission`."""
    statement = select(NoteSubmission.id).where(
        NoteSubmission.session_id == session_id, NoteSubmission.key == key
    )
    return work.session.exec(statement).first()


def find_submission(work: Work, submission_id: str) -> Submitted:
    """What a call added, as it was read then. Raises `NotFound` and `NotAllowed`."""
    submission = work.session.get(NoteSubmission, submission_id)
    if submission is None:
        raise NotFound(UNREACHABLE)
    find_session(work, submission.session_id, Permission.WRITE_RESEARCH)
    entries = work.session.exec(
        select(Observation, Reading)
        .outerjoin(
            Reading,
            (col(Reading.observation_id) == Observation.id) & (col(Reading.version) == 1),
        )
        .where(Observation.submission_id == submission_id)
        .order_by(col(Observation.ordinal))
    )
    return Submitted(submission=submission, entries=tuple((each, first) for each, first in entries))


def _read(work: Work, sitting: Sitting, in_force: InForce, text: bytes) -> tuple[Notes, InForce]:
    """The reading of a text; earlier problems are looked up only where it repeats one."""
    read = partial(
        parse_notes,
        text,
        task=in_force.task,
        url=in_force.url,
        aliases={letter: Code(code) for letter, code in sitting.study.aliases.items()},
        names=sitting.study.names,
    )
    notes = read()
    if any(each.code is WarningCode.NO_EARLIER_PROBLEM for each in notes.warnings):
        in_force = with_problems(work.session, sitting.session.id, in_force)
        notes = read(problems=in_force.numbered_problems())
    return notes, in_force


def _begin(work: Work, session_id: str) -> tuple[Sitting, InForce]:
    sitting = find_sitting(work, session_id, Permission.WRITE_RESEARCH, lock=True)
    require_consent_to_notes(sitting.consent)
    return sitting, read_in_force(work.session, session_id)


def _take_label(work: Work, sitting: Sitting, notes: Notes) -> None:
    """A label that nobody chose gives way to a free one in the notes' header."""
    session = sitting.session
    if notes.header is None or session.label_is_chosen or notes.header.session == session.id:
        return
    taken = select(ResearchSession.id).where(
        ResearchSession.study_id == session.study_id,
        ResearchSession.label == notes.header.session,
        ResearchSession.id != session.id,
    )
    if work.session.exec(taken).first() is None:
        session.label = notes.header.session
        session.label_is_chosen = True
        work.session.add(session)


def _fill_in_build(work: Work, sitting: Sitting, notes: Notes) -> None:
    """A session that did not say which build it was about takes it from the notes' header."""
    build = dict(notes.header.fields).get("build") if notes.header else None
    if build and sitting.session.build is None:
        sitting.session.build = build
        work.session.add(sitting.session)


def _store(
    work: Work,
    sitting: Sitting,
    in_force: InForce,
    notes: Notes,
    arrival: Arrival,
    warn: Warn,
    *,
    as_items: bool,
) -> Submitted:
    submission = NoteSubmission(
        session_id=sitting.session.id,
        ordinal=in_force.submissions + 1,
        key=arrival.key,
        warnings=[],
        received_at=work.now,
    )
    # A browser's clock may run ahead; nothing is noted before it happens.
    noted_at = min(arrival.noted_at or work.now, work.now) if arrival.live else None
    written = write_down(
        work,
        sitting,
        in_force,
        notes,
        submission,
        noted_at=noted_at,
        observer=arrival.observer,
        as_items=as_items,
    )
    submission.warnings = [stored(doubt, as_items=as_items) for doubt in written.doubts]
    submitted = Submitted(submission=submission, entries=tuple(written.entries))
    warn(submitted)
    work.session.add(submission)
    work.session.add_all(written.attempts)
    insert_entries(work.session, written.entries)
    noted = [each.id for each, _ in written.entries]
    tell(work.session, sitting.session.id, NOTED, noted, after=in_force.events)
    record(
        work,
        "notes added",
        subject="session",
        subject_id=sitting.session.id,
        project_id=sitting.project.id,
        submission_id=submission.id,
        entries=len(written.entries),
        warnings=len(submission.warnings),
    )
    return submitted
