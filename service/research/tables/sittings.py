"""Sessions: one sitting, what was tried in it, what was answered after it."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, UniqueConstraint

from service.db.columns import json_column, new_id


class ResearchSession(SQLModel, table=True):
    """One participant, one moderator, one sitting. `label` is what note headers call it.

    A label that nobody chose gives way to the one that the first header names. `method` is test,
    interview, observation or workshop; `setting` is lab, remote or real-use.
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
    ended_at: datetime | None = None
    method: str = "test"
    setting: str | None = None
    build: str | None = None
    created_at: datetime
    version: int = 1


class Attempt(SQLModel, table=True):
    """One participant's try at one task. `outcome` is null while it runs.

    `assists` and `errors` are counted by somebody; null where nobody has.
    """

    __tablename__ = "attempt"

    id: str = Field(default_factory=new_id, primary_key=True)
    session_id: str = Field(foreign_key="session.id", ondelete="CASCADE", index=True)
    task_id: str = Field(foreign_key="task.id", ondelete="CASCADE", index=True)
    participant_id: str = Field(foreign_key="participant.id", ondelete="CASCADE", index=True)
    outcome: str | None = None
    started_offset_ms: int | None = None
    ended_offset_ms: int | None = None
    seq: int | None = None
    assists: int | None = None
    errors: int | None = None
    created_at: datetime
    version: int = 1


class QuestionnaireResponse(SQLModel, table=True):
    """One participant's answers to one questionnaire, after a task or after the session.

    `instrument` is sus, umux-lite, seq or nasa-tlx; `items` are in the questionnaire's order, with
    null where an item was left out; `weights` are NASA-TLX's alone.
    """

    __tablename__ = "questionnaire_response"

    id: str = Field(default_factory=new_id, primary_key=True)
    session_id: str = Field(foreign_key="session.id", ondelete="CASCADE", index=True)
    participant_id: str = Field(foreign_key="participant.id", ondelete="CASCADE", index=True)
    task_id: str | None = Field(default=None, foreign_key="task.id", ondelete="CASCADE")
    instrument: str
    items: list[float | None] = json_column(list)
    weights: list[int] | None = Field(default=None, sa_type=sa.JSON)
    language: str | None = None
    answered_at: datetime


class Recording(SQLModel, table=True):
    """Where a recording of a session is kept, outside of here; `kind` is audio or video."""

    __tablename__ = "recording"

    id: str = Field(default_factory=new_id, primary_key=True)
    session_id: str = Field(foreign_key="session.id", ondelete="CASCADE", index=True)
    participant_id: str = Field(foreign_key="participant.id", ondelete="CASCADE", index=True)
    kind: str
    location: str
    started_offset_ms: int = 0
    created_at: datetime
