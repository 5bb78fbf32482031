"""When an entry happened: an offset from the session's start, by whatever the note says of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from service.research.doubts import Doubt
from service.research.grammar import ParsedNote

MAX_OFFSET_MS = 100 * 3600 * 1000 - 1
"""99:59:59.999, the latest that the grammar can tell."""
_PAST_MIDNIGHT = timedelta(hours=12)
_A_LITTLE_BACK_MS = 600_000


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When an entry happened. `inherited` says that the time was taken from above."""

    offset_ms: int | None
    inherited: bool = False


@dataclass(frozen=True, kw_only=True)
class SessionClock:
    """What times of a session are measured by."""

    started_at: datetime
    time_zone: str

    def offset_of(self, moment: datetime) -> int | None:
        """Milliseconds from the start to `moment`; None before it and 100 hours after it."""
        offset_ms = (moment - self.started_at) // timedelta(milliseconds=1)
        return offset_ms if 0 <= offset_ms <= MAX_OFFSET_MS else None

    def offset_of_wall_clock(self, wall_clock: str, *, after_ms: int | None = None) -> int | None:
        """The offset of a time of day (`13:07`, `13:07:30`) in the study's time zone.

        It is on the day of the session's start, or on the next one when the session went on past
        midnight (within 12 hours); None when it is before the start.
        Of an hour that comes twice, when summer time ends, it is the first that is at most ten
        minutes before `after_ms`: notes go on, or a little back. Else it is the first of all.
        """
        zone = ZoneInfo(self.time_zone)
        day = self.started_at.astimezone(zone).date()
        # The start is known to the second or better, a wall clock may be to the minute only.
        start = self.started_at.replace(second=0, microsecond=0)
        told = datetime.combine(day, time.fromisoformat(wall_clock), zone)
        moments = (
            candidate.astimezone(self.started_at.tzinfo)
            for candidate in (told, told.replace(fold=1), told + timedelta(days=1))
        )
        fitting = [
            self.offset_of(max(moment, self.started_at))
            for moment in moments
            if start <= moment < self.started_at + _PAST_MIDNIGHT
        ]
        least = (after_ms or 0) - _A_LITTLE_BACK_MS
        going_on = (each for each in fitting if each is not None and each >= least)
        return next(going_on, fitting[0] if fitting else None)


def place_in_time(
    entries: Sequence[ParsedNote],
    clock: SessionClock,
    *,
    arrived_at: datetime | None,
    before_ms: int | None,
) -> tuple[list[Moment], list[Doubt]]:
    """The moment of each entry. `before_ms` is where the session's earlier notes ended.

    An entry without a time of its own happened when it arrived if it is live (`arrived_at`), else
    at the time above it, which is flagged as inherited.
    """
    arrival_ms = None if arrived_at is None else clock.offset_of(arrived_at)
    live = arrival_ms is not None
    moments: list[Moment] = []
    doubts: list[Doubt] = []
    current = before_ms
    if arrived_at is not None and not live and entries:
        detail = "It arrived before the session's start or long after it; not read as live."
        doubts.append(Doubt(line=entries[0].line, code="not-live", detail=detail))
    for entry in entries:
        if entry.kind in {"header", "blank"}:
            moments.append(Moment(offset_ms=None))
        elif _has_own_time(entry):
            current = _own_offset(entry, clock, current, doubts)
            moments.append(Moment(offset_ms=current))
        elif live:
            moments.append(Moment(offset_ms=arrival_ms))
        else:
            moments.append(Moment(offset_ms=current, inherited=current is not None))
    return moments, doubts


def _has_own_time(entry: ParsedNote) -> bool:
    timed = entry.offset_ms is not None or entry.wall_clock is not None
    return timed and not entry.time_inherited


def _own_offset(
    entry: ParsedNote, clock: SessionClock, after_ms: int | None, doubts: list[Doubt]
) -> int | None:
    if entry.wall_clock is None:
        return entry.offset_ms
    offset_ms = clock.offset_of_wall_clock(entry.wall_clock, after_ms=after_ms)
    if offset_ms is None:
        detail = "This time of day is before the session's start, so the line has no time."
        doubts.append(Doubt(line=entry.line, code="before-session-start", detail=detail))
    return offset_ms
