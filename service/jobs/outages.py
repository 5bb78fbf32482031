"""Since when this process has been waiting for a database that cannot be used, and why."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

# A retry is told again after so long: several threads try several times a second.
_TELL_AGAIN_S = 5.0
# What is tried fails again within a few seconds, while the database is away.
_FRESH_S = 10.0
# SQLite waits half a minute for a lock before it fails; what failed longer ago is another outage.
_SAME_S = 60.0
# What PostgreSQL will never do, however often it is asked: a row that is too large for its index.
_TOO_MUCH = "54"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outage:
    """`lasts_s` seconds up to now; `reason` in the database's words."""

    lasts_s: float
    reason: str


@dataclass(frozen=True)
class _Failing:
    since: float
    last: float
    reason: str


class Outages:
    """What failed for the database and has not worked since, by kind. Thread-safe.

    By kind, as small writes may go on working where large ones do not (a disk that is nearly full).
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._failing: dict[str, _Failing] = {}
        self._told_at: float | None = None
        self._lock = threading.Lock()

    def failed(self, kind: str, error: Exception) -> None:
        """Keep it, and tell it."""
        now = self._now()
        with self._lock:
            known = self._failing.get(kind)
            since = now if known is None or now - known.last > _SAME_S else known.since
            self._failing[kind] = _Failing(since, now, _reason_of(error))
        self.tell(error)

    @contextmanager
    def outlasted(self, kind: str) -> Iterator[None]:
        """Go on after the block although the database cannot be used, and keep that it cannot."""
        try:
            yield
        except sa.exc.OperationalError as error:
            if not is_outage(error):
                raise
            self.failed(kind, error)
        else:
            self.worked(kind)

    def tell(self, error: BaseException) -> None:
        """Have the log say it, unless it did a moment ago."""
        now = self._now()
        with self._lock:
            if self._told_at is not None and now - self._told_at < _TELL_AGAIN_S:
                return
            self._told_at = now
        _log.error("The database cannot be used, trying again: %s", _reason_of(error))

    def worked(self, kind: str) -> None:
        if kind not in self._failing:
            return
        with self._lock:
            self._failing.pop(kind, None)
            if not self._failing:
                self._told_at = None

    def longest(self) -> Outage | None:
        """The one that began first; None when nothing failed of late.

        What was dropped for a lost lease is not tried again, so its failure is forgotten.
        """
        now = self._now()
        with self._lock:
            fresh = [each for each in self._failing.values() if now - each.last <= _FRESH_S]
        if not fresh:
            return None
        first = min(fresh, key=lambda each: each.since)
        return Outage(now - first.since, first.reason)


def is_outage(error: BaseException) -> bool:
    """Whether the database may do the same at another time."""
    if not isinstance(error, sa.exc.OperationalError):
        return False
    return not str(getattr(error.orig, "sqlstate", None) or "").startswith(_TOO_MUCH)


def _reason_of(error: BaseException) -> str:
    return str(getattr(error, "orig", None) or error).partition("\n")[0]
