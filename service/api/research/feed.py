"""One reader of the store for all who follow a session in this process."""

import asyncio
import weakref
from collections import deque
from dataclasses import dataclass

import anyio
import sqlalchemy as sa

from service import db
from service.api.research.observation_models import ObservationAnswer
from service.research.following import Happening, happened_after
from service.research.observations import task_number_of
from service.research.telling import FORGOTTEN

# Another process may have written: the store is asked this often when nobody here has.
_POLL_S = 0.5
# Several writers at once are told in one go.
_GATHER_S = 0.1
_KEPT = 500
_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Told:
    """One change as followers get it; `data` is JSON."""

    number: int
    kind: str
    data: str


class Feed:
    """The latest changes of one session. Belongs to one event loop."""

    def __init__(self, engine: sa.Engine, session_id: str) -> None:
        self._engine = engine
        self._session_id = session_id
        self._latest: deque[Told] = deque(maxlen=_KEPT)
        self._reading = asyncio.Lock()
        self._written = asyncio.Event()
        self._newest: int | None = None
        self._next_look = 0.0

    def wake(self) -> None:
        """Something was written."""
        self._written.set()

    async def after(self, number: int) -> list[Told]:
        """The changes after one, oldest first; waits a moment when there are none."""
        told = await self._look(number)
        if told:
            return told
        try:
            async with asyncio.timeout(_POLL_S):
                await self._written.wait()
            await asyncio.sleep(_GATHER_S)
        except TimeoutError:
            pass
        return await self._look(number)

    async def _look(self, number: int) -> list[Told]:
        if self._is_due(number):
            async with self._reading:
                # Whoever waited for the lock finds what the one before has just read.
                if self._is_due(number):
                    await self._catch_up(number)
        newest = self._newest or 0
        if number > newest:
            # Ahead of a store that was restored.
            return [Told(number=newest, kind=FORGOTTEN, data="{}")]
        if number < self._complete_after:
            return await self._read(number)
        return [each for each in self._latest if each.number > number]

    def _is_due(self, number: int) -> bool:
        """Whether there may be changes that were not read yet."""
        return (
            self._written.is_set()
            or asyncio.get_running_loop().time() >= self._next_look
            or number > (self._newest or 0)
        )

    async def _catch_up(self, number: int) -> None:
        """Read what came since the last time; the first time, what came after `number`."""
        self._written.clear()
        if self._newest is None:
            self._newest = number
        told = await self._read(self._newest)
        for each in told:
            # What was told before notes were forgotten holds words that are to be nowhere.
            if each.kind == FORGOTTEN:
                self._latest.clear()
            self._latest.append(each)
            self._newest = each.number
        if len(told) == _AT_ONCE:
            self._written.set()
        self._next_look = asyncio.get_running_loop().time() + _POLL_S

    @property
    def _complete_after(self) -> int:
        """All changes after this one that were read are among the latest."""
        if self._latest:
            return self._latest[0].number - 1
        return self._newest or 0

    async def _read(self, number: int) -> list[Told]:
        return await anyio.to_thread.run_sync(self._read_now, number)

    def _read_now(self, number: int) -> list[Told]:
        with db.transaction(self._engine, writes=False) as session:
            happened = happened_after(session, self._session_id, number, at_most=_AT_ONCE)
            readings = [r for each in happened if each.record for r in each.record.readings]
            tasks = task_number_of(session, readings)
            return [_told(each, tasks) for each in happened]


class Feeds:
    """The feeds of a process, each alive while somebody follows it."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._feeds: weakref.WeakValueDictionary[str, Feed] = weakref.WeakValueDictionary()
        self._loop: asyncio.AbstractEventLoop | None = None

    def of(self, session_id: str) -> Feed:
        """To be called, and kept, on the event loop."""
        self._loop = asyncio.get_running_loop()
        feed = self._feeds.get(session_id)
        if feed is None:
            feed = self._feeds[session_id] = Feed(self._engine, session_id)
        return feed

    def wake(self, session_id: str) -> None:
        """Tell followers that something was written; from any thread."""
        if self._loop is not None and session_id in self._feeds:
            self._loop.call_soon_threadsafe(self._wake, session_id)

    def _wake(self, session_id: str) -> None:
        feed = self._feeds.get(session_id)
        if feed is not None:
            feed.wake()


def _told(happened: Happening, tasks: dict[str, int]) -> Told:
    answer = ObservationAnswer.of(happened.record, tasks) if happened.record else None
    return Told(
        number=happened.number,
        kind=happened.kind,
        data=answer.model_dump_json(exclude={"history"}) if answer else "{}",
    )
