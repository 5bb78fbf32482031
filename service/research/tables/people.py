"""Participants: technology and consent stand apart from the person; what is forgotten."""

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from service.db.columns import json_column, new_id


class Participant(SQLModel, table=True):
    """A pseudonym, a segment, a place in the chain; nothing here names a person.

    `roles` are among buyer, payer, user; `relation` is present or potential (customer).
    """

    __tablename__ = "participant"
    __table_args__ = (UniqueConstraint("study_id", "pseudonym"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    study_id: str = Field(foreign_key="study.id", ondelete="CASCADE", index=True)
    pseudonym: str
    segment: str = ""
    roles: list[str] = json_column(list)
    relation: str | None = None
    prior_use: str = ""
    created_at: datetime


class TechnologyProfile(SQLModel, table=True):
    """What a participant uses, never why: class (`screen-reader`, `none` …), product, version.

    `skill` is novice, intermediate or expert; null where it was not told.
    """

    __tablename__ = "technology_profile"

    id: str = Field(default_factory=new_id, primary_key=True)
    participant_id: str = Field(foreign_key="participant.id", ondelete="CASCADE", index=True)
    technology_class: str
    product: str = ""
    version: str = ""
    skill: str | None = None


class Consent(SQLModel, table=True):
    """What a participant agreed to, to which text, when and through which channel.

    Never changed: what is taken back stands in `ConsentWithdrawal`, and consent that is given
    anew is a further row, the last one counts.
    """

    __tablename__ = "consent"

    id: str = Field(default_factory=new_id, primary_key=True)
    participant_id: str = Field(foreign_key="participant.id", ondelete="CASCADE", index=True)
    notes: bool = False
    quotes: bool = False
    audio: bool = False
    video: bool = False
    observers: bool = False
    reuse: bool = False
    contact: bool = False
    text_version: str
    language: str
    given_at: datetime
    channel: str


class ConsentWithdrawal(SQLModel, table=True):
    """What a participant took back of a consent, when and through which channel."""

    __tablename__ = "consent_withdrawal"

    id: str = Field(default_factory=new_id, primary_key=True)
    consent_id: str = Field(foreign_key="consent.id", ondelete="CASCADE", index=True)
    permissions: list[str] = json_column(list)
    withdrawn_at: datetime
    channel: str


class Tombstone(SQLModel, table=True):
    """That something of a study was forgotten, why, and how many rows of each kind went.

    It names nobody. `cause` is withdrawal, erasure, expiry or redaction (of one line).
    """

    __tablename__ = "tombstone"

    id: str = Field(default_factory=new_id, primary_key=True)
    study_id: str = Field(foreign_key="study.id", ondelete="CASCADE", index=True)
    cause: str
    permissions: list[str] = json_column(list)
    removed: dict[str, int] = json_column(dict)
    made_by: str
    made_at: datetime


class AnonymousAnswer(SQLModel, table=True):
    """How many responses of forgotten participants there were to a questionnaire, on which build.

    Not what they answered: what is left when the others' answers are taken from a known mean would
    be theirs.
    """

    __tablename__ = "anonymous_answer"

    id: str = Field(default_factory=new_id, primary_key=True)
    study_id: str = Field(foreign_key="study.id", ondelete="CASCADE", index=True)
    task_id: str | None = Field(default=None, foreign_key="task.id", ondelete="CASCADE")
    instrument: str
    build: str | None = None
    responses: int


class AnonymousAttempt(SQLModel, table=True):
    """How many attempts of forgotten participants at a task ended so, on which build.

    Nothing connects one count with another: no participant, session, segment, technology or time.
    """

    __tablename__ = "anonymous_attempt"

    id: str = Field(default_factory=new_id, primary_key=True)
    task_id: str = Field(foreign_key="task.id", ondelete="CASCADE", index=True)
    outcome: str | None = None
    build: str | None = None
    attempts: int
