"""Alembic's entry. Luiska hands its own connection over; `make migration` opens one."""

from alembic import context
from sqlmodel import SQLModel

import service.access.tables
import service.barriers.tables
import service.jobs.tables
import service.projects.tables
import service.research.tables
import service.scans.tables  # noqa: F401
from service.config import Settings
from service.db.engine import make_engine


def run(connection: object) -> None:
    context.configure(connection=connection, target_metadata=SQLModel.metadata, include_name=ours)
    with context.begin_transaction():
        context.run_migrations()


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """Tables of the durable jobs' engine share the database and migrate themselves."""
    return kind != "table" or name in SQLModel.metadata.tables


connection = context.config.attributes.get("connection")
if connection is not None:
    run(connection)
else:
    with make_engine(Settings().database_url).connect() as own:
        run(own)
