"""Tables of the research side. Technology and consent stand apart from the participant."""

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from service.db.columns import json_column, new_id


class Study(SQLModel, table=True):
    """What is studied. `aliases` are further letters for codes; `names` are known as speakers."""

    __tablename__ = "study"

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", ondelete="CASCADE", index=True)
    name: str
    goal: str = ""
    method: str = "formative"
    build: str | None = None
    time_zone: str = "Europe/Helsinki"
    aliases: dict[str, str] = json_column(dict)
    names: list[str] = json_column(list)
    created_at: datetime
    version: int = 1


class Task(SQLModel, table=True):
    """One job to be done. `url` is the page it is about; `success` says when it is done."""

    __tablename__ = "task"
    __table_args__ = (UniqueConstraint("study_id", "number"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    study_id: str = Field(foreign_key="study.id", ondelete="CASCADE", index=True)
    number: int
    title: str
    scenario: str = ""
    success: str = ""
    url: str | None = None
    page_id: str | None = Field(default=None, foreign_key="page.id", ondelete="SET NULL")
    time_limit_s: int | None = None
    created_at: datetime


class Participant(SQLModel, table=True):
    """A pseudonym and a segment; nothing here names a person."""

    __tablename__ = "participant"
    __table_args__ = (UniqueConstraint("study_id", "pseudonym"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    study_id: str = Field(foreign_key="study.id", ondelete="CASCADE", index=True)
    pseudonym: str
    segment: str = ""
    created_at: datetime


class TechnologyProfile(SQLModel, table=True):
    """What a participant uses, never why: class (`screen-reader`, `none` …), product, version."""

    __tablename__ = "technology_profile"

    id: str = Field(default_factory=new_id, primary_key=True)
    participant_id: str = Field(foreign_key="participant.id", ondelete="CASCADE", index=True)
    technology_class: str
    product: str = ""
    version: str = ""


class Consent(SQLModel, table=True):
    """What a participant agreed to, to which text, when and through which channel."""

    __tablename__ = "consent"

    id: str = Field(default_factory=new_id, primary_key=True)
    participant_id: str = Field(
        foreign_key="participant.id", ondelete="CASCADE", index=True, unique=True
    )
    notes: bool = False
    quotes: bool = False
    recording: bool = False
    text_version: str
    language: str
    given_at: datetime
    channel: str
    withdrawn_at: datetime | None = None


class ResearchSession(SQLModel, table=True):
    """One participant, one moderator, one sitting. `label` is what note headers call it.

    A label that nobody chose gives way to the one that the first header names.
    """

    __tablename__ = "session"
    __table_args__ = (UniqueConstraint("study_id", "label"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    study_id: str = Field(foreign_key="study.id", ondelete="CASCADE", index=True)
    participant_id: str = Field(foreign_key="participant.id", ondelete="CASCADE", index=True)
    label: str
    label_is_chosen: bool = True
    moderator: str
    started_at: datetime
    method: str = "test"
    build: str | None = None
    created_at: datetime


class NoteSubmission(SQLModel, table=True):
    """One call that added notes; what an `Idempotency-Key` remembers."""

    __tablename__ = "note_submission"

    id: str = Field(default_factory=new_id, primary_key=True)
    session_id: str = Field(foreign_key="session.id", ondelete="CASCADE", index=True)
    ordinal: int
    warnings: list[dict[str, str | int]] = json_column(list)
    received_at: datetime


class Attempt(SQLModel, table=True):
    """One participant's try at one task. `outcome` is null while it runs."""

    __tablename__ = "attempt"

    id: str = Field(default_factory=new_id, primary_key=True)
    session_id: str = Field(foreign_key="session.id", ondelete="CASCADE", index=True)
    task_id: str = Field(foreign_key="task.id", ondelete="CASCADE", index=True)
    participant_id: str = Field(foreign_key="participant.id", ondelete="CASCADE", index=True)
    outcome: str | None = None
    started_offset_ms: int | None = None
    ended_offset_ms: int | None = None
    seq: int | None = None
    created_at: datetime


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
