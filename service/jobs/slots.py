"""The room for items in this process: who works, who only stores, who must be alone."""

import threading
from collections.abc import Callable


class Slots:
    """Counts the items under way. Thread-safe; `wait` ends when room may have come.

    An item that only stores what it found leaves its lane to the next one, but no more than
    `lanes` of them, so that outcomes cannot pile up in memory. An item that was begun before runs
    alone: if it is what killed the process, it takes no other item with it again. While
    `gives_way` holds, items are begun for half of the lanes only.
    """

    def __init__(self, lanes: int, gives_way: Callable[[], bool] = lambda: False) -> None:
        self._lanes = lanes
        self._gives_way = gives_way
        self._working: set[str] = set()
        self._storing: set[str] = set()
        self._alone: str | None = None
        self._closed = False
        self._changed = threading.Condition()
        self._is_awake = False
        self.lease_id: str | None = None
        """Under which lease items are begun; none are while it is None."""

    def has_room(self) -> bool:
        with self._changed:
            return (
                self.lease_id is not None
                and self._alone is None
                and len(self._working) < self._most()
                and len(self._storing) < self._lanes
            )

    def _most(self) -> int:
        return max(1, self._lanes // 2) if self._gives_way() else self._lanes

    def enter(self, item: str, *, lease_id: str, attempt: int) -> bool:
        """Take the room for an item; one that is not begun for the first time waits to be alone.

        False when the slots were closed meanwhile, or the lease was lost that it was claimed
        under: it must not be begun.
        """
        with self._changed:
            if attempt > 1:
                self._alone = item
                self._changed.wait_for(lambda: self._closed or not (self._working or self._storing))
            if self._closed or lease_id != self.lease_id:
                self._alone = None
                return False
            self._working.add(item)
            return True

    def has(self, item: str) -> bool:
        """Whether an item is in here, or waits to be."""
        with self._changed:
            return item in self._working or item in self._storing or item == self._alone

    def only_stores(self, item: str) -> None:
        with self._changed:
            if item in self._working and item != self._alone:
                self._working.discard(item)
                self._storing.add(item)
                self._wake()

    def leave(self, item: str) -> None:
        """An item has ended, or was not begun. Again does nothing."""
        with self._changed:
            if item in self._working or item in self._storing:
                self._working.discard(item)
                self._storing.discard(item)
                self._alone = None if item == self._alone else self._alone
                self._wake()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._wake()

    def wake(self) -> None:
        with self._changed:
            self._wake()

    def wait(self, longest_s: float) -> None:
        """Until something changed since the last wait ended, or for so long."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_awake, longest_s)
            self._is_awake = False

    def wait_until_empty(self, longest_s: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: not (self._working or self._storing), longest_s)

    def _wake(self) -> None:
        self._is_awake = True
        self._changed.notify_all()
