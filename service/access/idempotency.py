"""An `Idempotency-Key` remembers the id of what a request made, never a body.

The claim is the first write of its transaction. A second request with the same key waits for
the first one's end at the unique key: when that committed, it learns what was made; when that
failed, nothing was remembered and it does the work itself.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete

from service.access.tables import IdempotencyKey
from service.access.work import Work
from service.errors import Conflict

KEPT = timedelta(days=7)
_NOTHING_YET = ""


def claim(work: Work, *, route: str, key: str, request_hash: str) -> str | None:
    """The id that `key` made earlier, or None when it is this request's to use.

    Raises `Conflict` (`idempotency-key-reused`) when the key came with another request before.
    """
    if _insert(work, route, key, request_hash):
        return None
    row = work.session.get(IdempotencyKey, (_owner(work), route, key), populate_existing=True)
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise Conflict(
            "This Idempotency-Key was used for another request. Send a new key with each new "
            "request, and the same one only to repeat the same request.",
            slug="idempotency-key-reused",
        )
    return row.made_id or None


def remember(work: Work, *, route: str, key: str, made_id: str) -> None:
    """Note what the claimed key made, in the transaction that made it."""
    work.session.connection().execute(
        sa.update(IdempotencyKey)
        .where(
            col(IdempotencyKey.token_id) == _owner(work),
            col(IdempotencyKey.route) == route,
            col(IdempotencyKey.key) == key,
        )
        .values(made_id=made_id)
    )


def forget_old_keys(session: Session, now: datetime) -> int:
    """Drop keys older than a week, answers how many: a repeat after that is a new request."""
    gone = session.exec(delete(IdempotencyKey).where(col(IdempotencyKey.created_at) < now - KEPT))
    return gone.rowcount


def _insert(work: Work, route: str, key: str, request_hash: str) -> bool:
    values = {
        "token_id": _owner(work),
        "route": route,
        "key": key,
        "request_hash": request_hash,
        "made_id": _NOTHING_YET,
        "created_at": work.now,
    }
    statement: sa.Insert
    if work.session.get_bind().dialect.name == "postgresql":
        statement = postgresql.insert(IdempotencyKey).values(values).on_conflict_do_nothing()
    else:
        statement = sqlite.insert(IdempotencyKey).values(values).on_conflict_do_nothing()
    return work.session.connection().execute(statement).rowcount == 1


def _owner(work: Work) -> str:
    return work.actor.token_id or ""
