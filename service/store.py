"""The store as a process finds it: migrated, tidied, never without a project; and the clock."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlmodel import Session, select

from service import db, jobs
from service.access.idempotency import forget_old_keys
from service.projects import Project


def utc_now() -> datetime:
    return datetime.now(UTC)


def prepare_store(engine: sa.Engine, now: datetime) -> None:
    """Migrate our tables and the jobs engine's; an empty database gets its first project."""
    with db.setup_lock(engine):
        db.upgrade(engine)
        jobs.migrate(engine)
        with db.transaction(engine) as session:
            forget_old_keys(session, now)
            _add_default_project(session, now)


def _add_default_project(session: Session, now: datetime) -> None:
    """An empty database gets the project `default`, so that the first scan is one call."""
    if session.exec(select(Project.id).limit(1)).first() is None:
        session.add(Project(slug="default", name="Default", created_at=now))
