"""Notes: what was written, as it came, and how it is read."""

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from service.db.columns import json_column, new_id


class NoteSubmission(SQLModel, table=True):
    """One call that added notes. `key` is the `Idempotency-Key` it came with, for good: a note may
    wait in a browser for longer than keys are kept elsewhere."""

    __tablename__ = "note_submission"
    __table_args__ = (UniqueConstraint("session_id", "key"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    session_id: str = Field(foreign_key="session.id", ondelete="CASCADE", index=True)
    ordinal: int
    key: str | None = None
    warnings: list[dict[str, str | int]] = json_column(list)
    received_at: datetime


class NoteImport(SQLModel, table=True):
    """A file that was read into a session, as one submission; undone, only this remains of it."""

    __tablename__ = "note_import"

    id: str = Field(default_factory=new_id, primary_key=True)
    session_id: str = Field(foreign_key="session.id", ondelete="CASCADE", index=True)
    submission_id: str | None = Field(
        default=None, foreign_key="note_submission.id", ondelete="SET NULL"
    )
    format: str
    name: str = ""
    encoding: str | None = None
    content_sha256: str
    entries: int
    made_by: str
    made_at: datetime
    undone_at: datetime | None = None
    undone_by: str | None = None


class Observation(SQLModel, table=True):
    """One raw entry of a session, byte for byte, never edited; its readings stand apart."""

    __tablename__ = "observation"
    __table_args__ = (UniqueConstraint("submission_id", "ordinal"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    session_id: str = Field(foreign_key="session.id", ondelete="CASCADE", index=True)
    participant_id: str = Field(foreign_key="participant.id", ondelete="CASCADE", index=True)
    submission_id: str = Field(foreign_key="note_submission.id", ondelete="CASCADE")
    ordinal: int
    line: int | None = None
    kind: str = "observation"
    raw: bytes
    created_at: datetime


class Reading(SQLModel, table=True):
    """How one observation is understood; a correction is a further version, the last one counts."""

    __tablename__ = "reading"

    observation_id: str = Field(foreign_key="observation.id", ondelete="CASCADE", primary_key=True)
    version: int = Field(primary_key=True)
    is_latest: bool = Field(default=True, index=True)
    text: str
    quotes: list[str] = json_column(list)
    code: str
    severity: str | None = None
    actor: str | None = None
    offset_ms: int | None = None
    time_inherited: bool = False
    task_id: str | None = Field(default=None, foreign_key="task.id", ondelete="SET NULL")
    page_id: str | None = Field(
        default=None, foreign_key="page.id", ondelete="SET NULL", index=True
    )
    url: str | None = None
    selector: str | None = None
    criterion: str | None = None
    rule: str | None = None
    tags: list[str] = json_column(list)
    refers_to_id: str | None = None
    warnings: list[dict[str, str | int]] = json_column(list)
    written_by: str
    written_at: datetime


class SessionEvent(SQLModel, table=True):
    """One change of a session's notes, numbered from 1 in each session: what followers are told.

    `kind` is noted, corrected or forgotten; the last is of all notes and names no observation.
    """

    __tablename__ = "session_event"

    session_id: str = Field(foreign_key="session.id", ondelete="CASCADE", primary_key=True)
    number: int = Field(primary_key=True)
    kind: str
    observation_id: str | None = Field(
        default=None, foreign_key="observation.id", ondelete="CASCADE", index=True
    )
