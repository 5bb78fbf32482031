"""Tables: project, page."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel, UniqueConstraint

from service.db.columns import json_column, new_id


class Project(SQLModel, table=True):
    """One digital service. Its origins are aliases of one site; none means any public address.

    `policy` is what its scans are gated by unless somebody says otherwise.
    """

    __tablename__ = "project"

    id: str = Field(default_factory=new_id, primary_key=True)
    slug: str = Field(unique=True, max_length=64)
    name: str
    origins: list[str] = json_column(list)
    standard: str = "wcag22aa"
    languages: list[str] = json_column(list)
    policy: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    created_at: datetime
    version: int = 1


class Page(SQLModel, table=True):
    """One page of a project: path and normalised query, whatever the host or the port."""

    __tablename__ = "page"
    __table_args__ = (UniqueConstraint("project_id", "key"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", ondelete="CASCADE", index=True)
    key: str
    url: str
    title: str | None = None
    first_seen_at: datetime
