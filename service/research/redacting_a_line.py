"""One line of a session forgotten, because somebody asked that it is not kept.

Its words go from every version. The ledger must count its witnesses first: `service.barriers` has
the operation to call.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlmodel import Session, col, select

from service.access import Permission, Work, record
from service.errors import Conflict, NotFound
from service.research.forgetting import bury
from service.research.grammar import Actor, Code, parse_notes, write_note
from service.research.observations import find_again
from service.research.redacting import TAKEN_OUT, raw_item
from service.research.sessions import Sitting, find_sitting
from service.research.studies import UNREACHABLE
from service.research.tables import (
    NoteImport,
    NoteSubmission,
    Observation,
    Reading,
    Tombstone,
)
from service.research.taking_back import repeat_nothing
from service.research.telling import tell_forgotten

_OF_TASKS = {"task_start", "task_end"}
_STAYING = {*_OF_TASKS, "header"}


class Reason(StrEnum):
    """Why a line is not to be kept."""

    ASKED = "asked"
    """Somebody who was in the session asked for it."""
    NAMES_SOMEBODY = "names-somebody"
    BY_MISTAKE = "by-mistake"
    """It was noted in the wrong session, or without leave."""


@dataclass(frozen=True, kw_only=True)
class HeldLine:
    """An observation that is being redacted, and its session held against writers."""

    observation: Observation
    sitting: Sitting


def hold_line(work: Work, observation_id: str) -> HeldLine:
    """Raises `NotFound` and `NotAllowed`."""
    known = work.session.get(Observation, observation_id)
    if known is None:
        raise NotFound(UNREACHABLE)
    sitting = find_sitting(work, known.session_id, Permission.WRITE_RESEARCH, lock=True)
    return HeldLine(observation=find_again(work, observation_id), sitting=sitting)


def redact(work: Work, held: HeldLine, reason: Reason, *, keeps_codes: bool) -> Tombstone:
    """Remove the line, or with `keeps_codes` its words alone.

    Raises `Conflict`: a line about a task or a header can only lose its words, others hold none.
    """
    _refuse_what_holds_no_words(held.observation, keeps_codes=keeps_codes)
    session, observation = work.session, held.observation
    # Before the changes that told of the observation go with it: no number comes twice.
    tell_forgotten(session, observation.session_id)
    readings = session.exec(
        select(Reading)
        .where(Reading.observation_id == observation.id)
        .order_by(col(Reading.version))
    ).all()
    _forget_warnings(session, observation, readings)
    if keeps_codes:
        observation.raw = _raw_without_words(session, held)
        for reading in readings:
            _take_words_out(reading)
        session.add_all([observation, *readings])
        if observation.kind == "observation":
            session.flush()
            session.add(_next_version(work, readings[-1]))
        removed = Counter(redacted_entry=1)
    else:
        repeat_nothing(session, select(Observation.id).where(Observation.id == observation.id))
        removed = Counter(observation=1, reading=len(readings))
        session.delete(observation)
    session.flush()
    record(
        work,
        "observation redacted",
        subject="observation",
        subject_id=observation.id,
        project_id=held.sitting.project.id,
        session_id=held.sitting.session.id,
        reason=str(reason),
        codes_kept=keeps_codes,
    )
    return bury(work, held.sitting.study, "redaction", (), removed)


def _refuse_what_holds_no_words(observation: Observation, *, keeps_codes: bool) -> None:
    if observation.kind in _STAYING:
        if not keeps_codes:
            raise Conflict(
                "A header or a line about a task can only lose its words: say `keep_codes`. How "
                "a task ended is corrected at the attempt.",
                slug="task-line",
            )
    elif observation.kind != "observation":
        raise Conflict(
            "Only observations, headers and lines about tasks hold words; this line stays as it "
            "is.",
            slug="not-an-observation",
        )


def _forget_warnings(
    session: Session, observation: Observation, readings: Sequence[Reading]
) -> None:
    """Warnings name a line; what they say of this one goes from its submission as well."""
    submission = session.get_one(NoteSubmission, observation.submission_id)
    submission.warnings = [
        each
        for each in submission.warnings
        # A header is not read.
        if (each not in readings[0].warnings if readings else each.get("line") != observation.line)
    ]
    session.add(submission)


def _take_words_out(reading: Reading) -> None:
    reading.text = TAKEN_OUT if reading.text else ""
    reading.quotes = []
    reading.warnings = []
    if reading.actor not in set(Actor):
        reading.actor = None


def _next_version(work: Work, latest: Reading) -> Reading:
    """The same once more: whoever corrects a version that had words is told that it is old."""
    latest.is_latest = False
    values = latest.model_dump(exclude={"version", "is_latest", "written_by", "written_at"})
    return Reading(
        **values, version=latest.version + 1, written_by=work.actor.name, written_at=work.now
    )


def _raw_without_words(session: Session, held: HeldLine) -> bytes:
    """What is kept as typed: of a header, the session and the participant that it names.

    A task's line is read again whenever a note comes, so it stays one.
    """
    observation, study = held.observation, held.sitting.study
    if observation.line is None:
        return raw_item({"text": TAKEN_OUT})
    imported = session.exec(
        select(NoteImport.id).where(NoteImport.submission_id == observation.submission_id)
    ).first()
    if observation.kind not in _STAYING or imported is not None:
        return TAKEN_OUT.encode()
    read = parse_notes(
        observation.raw.strip(),
        aliases={letter: Code(code) for letter, code in study.aliases.items()},
        names=study.names,
    )
    [entry] = read.entries
    bare = replace(entry, raw=b"", quotes=(), text=TAKEN_OUT if entry.text else "")
    header = replace(read.header, fields=()) if read.header else None
    return write_note(bare, header=header).strip()
