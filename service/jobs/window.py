"""What of one running batch is in flight: a window keeps long plans flat in memory."""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping, Sequence

WINDOW = 100
# How often the database is asked what ended elsewhere.
_ASK_S = 1.0
# An item leaves its lane a little before its end is committed.
_SOON_S = 0.02
# While lanes still have enough to do, more is taken at most this often.
_PAUSE_S = 0.5

# Answers those of these items that have ended, each with why it broke ("" when it did not).
EndedOf = Callable[[Sequence[str]], Mapping[str, str]]


class Window:
    """The items that were handed out and not yet seen to end. Made on the batch's event loop."""

    def __init__(self, ended_of: EndedOf) -> None:
        self.in_flight: list[str] = []
        self._ended_of = ended_of
        self._not_left: set[str] = set()
        self._lock = threading.Lock()
        self._loop = asyncio.get_running_loop()
        self._is_half_empty = asyncio.Event()
        self._is_empty = asyncio.Event()
        self._moved_at = 0.0
        self._is_closed = False

    def move(self, ended: Sequence[str], taken: Sequence[str]) -> None:
        """Items were seen to end, others were handed out."""
        gone = set(ended)
        with self._lock:
            self.in_flight = [each for each in self.in_flight if each not in gone] + list(taken)
            self._not_left = (self._not_left - gone) | set(taken)
        self._moved_at = time.monotonic()

    def left(self, item_id: str) -> None:
        """An item has left its lane in this process. Called from any thread."""
        with self._lock:
            self._not_left.discard(item_id)
            events = [self._is_half_empty] if len(self._not_left) <= WINDOW // 2 else []
            events += [] if self._not_left else [self._is_empty]
        for event in events:
            self._loop.call_soon_threadsafe(event.set)

    def close(self) -> None:
        """Wait no longer: somebody else goes on with the batch. Called from any thread."""
        self._is_closed = True
        for event in (self._is_half_empty, self._is_empty):
            self._loop.call_soon_threadsafe(event.set)

    async def ended(self) -> Mapping[str, str]:
        """Wait until more may be taken; answers what has ended and why each broke."""
        soon_s = _SOON_S
        while self.in_flight and not self._is_closed:
            if self._not_left:
                pause_s = max(_PAUSE_S - (time.monotonic() - self._moved_at), 0)
                if not await _happens(self._is_empty, pause_s):
                    await _happens(self._is_half_empty, _ASK_S - pause_s)
            else:
                await asyncio.sleep(soon_s)
                soon_s = min(soon_s * 2, _ASK_S)
            found = await asyncio.to_thread(self._ended_of, self.in_flight)
            if found and len(self.in_flight) - len(found) <= WINDOW // 2:
                return found
        return {}


async def _happens(event: asyncio.Event, within_s: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), within_s)
    except TimeoutError:
        return False
    event.clear()
    return True
