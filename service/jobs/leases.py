"""Leases: who may execute jobs, until when, by the database's own clock."""

import secrets
from collections.abc import Collection

import sqlalchemy as sa
from sqlmodel import Session, col, delete, select, update

from service.db import transaction
from service.jobs.tables import Executor


class Leases:
    """The leases that this process takes under one name, one after another."""

    def __init__(self, engine: sa.Engine, name: str, lease_s: float) -> None:
        self._engine = engine
        self._name = name
        self._lease_ms = int(lease_s * 1000)
        sql = (
            "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
            if engine.dialect.name == "sqlite"
            else "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
        )
        self._now: sa.ColumnElement[int] = sa.literal_column(sql, sa.BigInteger())

    def take(self) -> str:
        """A new lease; answers its id, which no lease had before."""
        lease_id = f"{self._name}.{secrets.token_hex(4)}"
        with transaction(self._engine) as session:
            now = session.execute(sa.select(self._now)).scalar_one()
            session.add(
                Executor(
                    id=lease_id,
                    name=self._name,
                    started_at_ms=now,
                    expires_at_ms=now + self._lease_ms,
                )
            )
        return lease_id

    def renew(self, lease_id: str) -> bool:
        """Whether the lease was still held; it now lasts a whole term again."""
        with transaction(self._engine) as session:
            renewed = session.execute(
                update(Executor)
                .where(col(Executor.id) == lease_id, col(Executor.expires_at_ms) > self._now)
                .values(expires_at_ms=self._now + self._lease_ms)
                .returning(col(Executor.id))
            ).all()
        return bool(renewed)

    def is_held(self, session: Session, lease_id: str) -> bool:
        """Whether it is held now; nobody ends it before the caller's transaction does."""
        held = session.exec(
            select(Executor.id)
            .where(Executor.id == lease_id, col(Executor.expires_at_ms) > self._now)
            .with_for_update(read=True, key_share=True)
        ).first()
        return held is not None

    def release(self, lease_id: str) -> None:
        with transaction(self._engine) as session:
            session.execute(delete(Executor).where(col(Executor.id) == lease_id))

    def end_predecessors(self) -> None:
        """End the leases of processes that are known to be dead.

        Only with the executor's lock held: on SQLite it says that nobody else runs at all, on
        PostgreSQL that nobody else runs under this name.
        """
        dead = delete(Executor)
        if self._engine.dialect.name != "sqlite":
            dead = dead.where(col(Executor.name) == self._name)
        with transaction(self._engine) as session:
            session.execute(dead)

    def without_lease(self, lease_ids: Collection[str]) -> list[str]:
        """Those of these ids that no process holds any more; expired leases end with this.

        A lease that a writing transaction still holds on to is left for the next time.
        """
        with transaction(self._engine) as session:
            expired = session.exec(
                select(Executor)
                .where(col(Executor.expires_at_ms) <= self._now)
                .with_for_update(skip_locked=True)
            ).all()
            for lease in expired:
                session.delete(lease)
            session.flush()
            held = set(session.exec(select(Executor.id)).all())
        return sorted(set(lease_ids) - held)
