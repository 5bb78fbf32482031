"""Tables of the ledger."""

from datetime import datetime

from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from service.db.columns import json_column, new_id


class Barrier(SQLModel, table=True):
    """One thing that stands in somebody's way; the only thing with a life cycle."""

    __tablename__ = "barrier"

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", ondelete="CASCADE", index=True)
    title: str
    rule: str | None = None
    criteria: list[str] = json_column(list)
    impact: str | None = None
    advisory: bool = False
    help_url: str | None = None
    status: str = "open"
    machine_clean: bool = False
    user_verified: bool = False
    opened_at: datetime
    closed_at: datetime | None = None
    version: int = 1


class BarrierKey(SQLModel, table=True):
    """What a barrier is recognised by; a newer algorithm adds keys and history stays."""

    __tablename__ = "barrier_key"
    __table_args__ = (UniqueConstraint("project_id", "algorithm_version", "key"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    barrier_id: str = Field(foreign_key="barrier.id", ondelete="CASCADE", index=True)
    project_id: str = Field(foreign_key="project.id", ondelete="CASCADE")
    algorithm_version: int
    key: str


class Sighting(SQLModel, table=True):
    """Where a machine sees one instance of a barrier: page, viewport, instance key.

    `page_state` names what was done on the page first; it is empty where nothing was. `present`
    turns false only when a later visit of that page, viewport and state completed that rule and
    did not find it.
    """

    __tablename__ = "sighting"
    __table_args__ = (
        UniqueConstraint("barrier_id", "page_id", "viewport", "instance_key", "page_state"),
        Index("ix_sighting_page_viewport", "page_id", "viewport"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    barrier_id: str = Field(foreign_key="barrier.id", ondelete="CASCADE")
    page_id: str = Field(foreign_key="page.id", ondelete="CASCADE")
    viewport: str
    page_state: str = ""
    instance_key: str
    rule: str
    impact: str | None = None
    selector: str
    html: str
    message: str
    present: bool = True
    first_scan_id: str
    last_scan_id: str
    last_seen_at: datetime
    absent_since: datetime | None = None


class Suppression(SQLModel, table=True):
    """Somebody's decision to live with a barrier for a while; revoked when people meet it."""

    __tablename__ = "suppression"

    id: str = Field(default_factory=new_id, primary_key=True)
    barrier_id: str = Field(foreign_key="barrier.id", ondelete="CASCADE", index=True)
    reason: str
    owner: str
    expires: datetime
    made_by: str
    made_at: datetime
    revoked_at: datetime | None = None
    revoked_because: str | None = None


class Link(SQLModel, table=True):
    """A person's word that an observation speaks of a barrier."""

    __tablename__ = "link"
    __table_args__ = (UniqueConstraint("barrier_id", "observation_id"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    barrier_id: str = Field(foreign_key="barrier.id", ondelete="CASCADE", index=True)
    observation_id: str = Field(foreign_key="observation.id", ondelete="CASCADE", index=True)
    made_by: str
    made_at: datetime


class AnonymousWitness(SQLModel, table=True):
    """How many forgotten participants met a barrier, with what in common; nothing tells who.

    `counted_at` is when they were forgotten, not when they met it.
    """

    __tablename__ = "anonymous_witness"

    id: str = Field(default_factory=new_id, primary_key=True)
    barrier_id: str = Field(foreign_key="barrier.id", ondelete="CASCADE", index=True)
    task_id: str | None = Field(default=None, foreign_key="task.id", ondelete="CASCADE")
    page_id: str | None = Field(default=None, foreign_key="page.id", ondelete="SET NULL")
    severity: str | None = None
    outcome: str | None = None
    build: str | None = None
    people: int
    counted_at: datetime
