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
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outage:
    """`lasts_s` seconds up to now; `reason` in the database's words."""

    lasts_s: float
    reason: str


class Outages:
    """What failed for the database and has not worked since, by kind. Thread-safe.

    By kind, as small writes may go on working where large ones do not (a disk that is nearly full).
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._since: dict[str, tuple[float, str]] = {}
        self._told_at: float | None = None
        self._lock = threading.Lock()

    def failed(self, kind: str, error: Exception) -> None:
        """Keep it, and tell it."""
        with self._lock:
            since, _ = self._since.get(kind, (self._now(), ""))
            self._since[kind] = (since, _reason_of(error))
        self.tell(error)

    @contextmanager
    def outlasted(self, kind: str) -> Iterator[None]:
        """Go on after the block although the database cannot be used, and keep that it cannot."""
        try:
            yield
        except sa.exc.OperationalError as error:
            self.failed(kind, error)
        else:
            self.worked(kind)

    def tell(self, error: Exception) -> None:
        """Have the log say it, unless it did a moment ago."""
        now = self._now()
        with self._lock:
            if self._told_at is not None and now - self._told_at < _TELL_AGAIN_S:
                return
            self._told_at = now
        _log.error("The database cannot be used, trying again: %s", _reason_of(error))

    def worked(self, kind: str) -> None:
        if kind not in self._since:
            return
        with self._lock:
            self._since.pop(kind, None)
            if not self._since:
                self._told_at = None

    def longest(self) -> Outage | None:
        """The one that began first; None when everything worked when it was last tried."""
        with self._lock:
            if not self._since:
                return None
            since, reason = min(self._since.values())
        return Outage(self._now() - since, reason)


def _reason_of(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).partition("\n")[0]
