"""Studies: what is asked, of whom it is asked, and the words that answers are coded by."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from service.db.columns import json_column, new_id


class Study(SQLModel, table=True):
    """What is studied. `aliases` are further letters for codes; `names` are known as speakers.

    Personal data are kept until the end of the day `retention_until`, on the ground that
    `legal_basis` names. Figures of groups smaller than `share_threshold` are not shared.
    """

    __tablename__ = "study"

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", ondelete="CASCADE", index=True)
    name: str
    goal: str = ""
    method: str = "formative"
    build: str | None = None
    legal_basis: str = ""
    retention_until: date | None = None
    share_threshold: int = 5
    time_zone: str = "Europe/Helsinki"
    aliases: dict[str, str] = json_column(dict)
    names: list[str] = json_column(list)
    created_at: datetime
    expired_at: datetime | None = None
    version: int = 1


class Segment(SQLModel, table=True):
    """A group of participants that figures are told apart by; `planned` of them are wanted."""

    __tablename__ = "segment"
    __table_args__ = (UniqueConstraint("study_id", "name"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    study_id: str = Field(foreign_key="study.id", ondelete="CASCADE", index=True)
    name: str
    description: str = ""
    planned: int | None = None
    created_at: datetime


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


class CodeEntry(SQLModel, table=True):
    """One code of a study's codebook, below another one or at its top.

    Observations carry it as the tag `tag`. `code` is the note grammar's code that it refines, by
    name; `guid` is what other programs know it by.
    """

    __tablename__ = "code_entry"
    __table_args__ = (UniqueConstraint("study_id", "tag"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    study_id: str = Field(foreign_key="study.id", ondelete="CASCADE", index=True)
    parent_id: str | None = Field(
        default=None, foreign_key="code_entry.id", ondelete="SET NULL", index=True
    )
    name: str
    tag: str
    definition: str = ""
    code: str | None = None
    color: str | None = None
    guid: str
    created_at: datetime
    version: int = 1
