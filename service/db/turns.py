"""Writers of one SQLite file in one process take turns, in the order of asking.

SQLite lets one write at a time; who finds it busy sleeps up to a tenth of a second and tries again,
while others that come later get through. Many short writes beside long ones then wait for seconds.
"""

import threading
from collections import deque
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

_WRITING = ("BEGIN IMMEDIATE", "INSERT", "UPDATE", "DELETE", "REPLACE")
_TURN = "turn"
# As long as SQLite itself waits; after that it decides, and tells that the file is locked.
_PATIENCE_S = 30


class _Turns:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_taken = False

    def take(self) -> bool:
        """Wait for one's turn; False when it did not come in time."""
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return True
            mine = threading.Event()
            self._waiting.append(mine)
        if mine.wait(_PATIENCE_S):
            return True
        with self._lock:
            # It may have come just now.
            if mine.is_set():
                return True
            self._waiting.remove(mine)
            return False

    def give(self) -> None:
        """End one's turn; the next in line has it."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False


_turns_of: dict[Path, _Turns] = {}
_registry = threading.Lock()


def take_turns(engine: sa.Engine) -> None:
    """Have a SQLite engine's connections write in turn, with those of every engine on the file."""
    with _registry:
        turns = _turns_of.setdefault(Path(engine.url.database or "").resolve(), _Turns())

    def before(connection: sa.Connection, _cursor: Any, statement: str, *_more: Any) -> None:
        information = connection.connection.info
        if _TURN not in information and statement.lstrip()[:15].upper().startswith(_WRITING):
            # Remembered also when it did not come: then this connection waits for SQLite itself.
            information[_TURN] = turns.take()

    def after(_connection: Any, record: Any) -> None:
        if record is not None and record.info.pop(_TURN, False):
            turns.give()

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "checkin", after)
    event.listen(engine, "invalidate", lambda connection, record, _error: after(connection, record))
