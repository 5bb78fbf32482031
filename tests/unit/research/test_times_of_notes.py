"""When an entry happened: arrival, offsets, wall clocks across midnight and summer time."""

from datetime import UTC, datetime, timedelta

import pytest

from service.research.grammar import parse_notes
from service.research.timing import MAX_OFFSET_MS, Moment, SessionClock, place_in_time

START = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MINUTE = 60_000


def clock(start=START, zone="Europe/Helsinki"):
    return SessionClock(started_at=start, time_zone=zone)


def placed(text, *, arrived_at=None, before_ms=None, at=None):
    entries = parse_notes(text).entries
    moments, doubts = place_in_time(
        entries, at or clock(), arrived_at=arrived_at, before_ms=before_ms
    )
    return moments, [(doubt.line, doubt.code) for doubt in doubts]


@pytest.mark.parametrize(
    ("start", "wall_clock", "minutes"),
    [
        (START, "11:30", 0),
        (START, "11:31", 1),
        (START, "13:30:30", 120.5),
        (START, "11:29", None),
        (START, "23:29", 719),
        (START, "23:30", None),
        (START + timedelta(seconds=45), "11:30", 0),
        (datetime(2026, 11, 22, 21, 30, tzinfo=UTC), "00:10", 40),
        # Summer time ends in Helsinki on 25 October 2026: 03:00 to 04:00 comes twice.
        (datetime(2026, 10, 25, 0, 50, tzinfo=UTC), "03:10", 20),
        (datetime(2026, 10, 25, 1, 5, tzinfo=UTC), "03:10", 5),
    ],
)
def test_a_wall_clock_is_the_first_such_time_after_the_start(start, wall_clock, minutes):
    expected = None if minutes is None else round(minutes * MINUTE)
    assert clock(start).offset_of_wall_clock(wall_clock) == expected


@pytest.mark.parametrize(
    ("moment", "offset_ms"),
    [
        (START, 0),
        (START + timedelta(milliseconds=1500), 1500),
        (START - timedelta(milliseconds=1), None),
        (START + timedelta(milliseconds=MAX_OFFSET_MS), MAX_OFFSET_MS),
        (START + timedelta(hours=100), None),
    ],
)
def test_an_offset_is_within_a_hundred_hours_of_the_start(moment, offset_ms):
    assert clock().offset_of(moment) == offset_ms


def test_imported_lines_inherit_the_time_above_and_say_so():
    moments, doubts = placed("C a\n01:00 C b\nC c\n\n@11:40 C d\nC e", before_ms=5_000)
    assert moments == [
        Moment(offset_ms=5_000, inherited=True),
        Moment(offset_ms=MINUTE),
        Moment(offset_ms=MINUTE, inherited=True),
        Moment(offset_ms=None),
        Moment(offset_ms=10 * MINUTE),
        Moment(offset_ms=10 * MINUTE, inherited=True),
    ]
    assert doubts == []


def test_with_no_time_above_there_is_no_time():
    assert placed("C a")[0] == [Moment(offset_ms=None)]


def test_a_time_before_the_start_leaves_the_lines_below_without_a_time():
    moments, doubts = placed("01:00 C a\n@11:00 C b\nC c")
    assert moments == [Moment(offset_ms=MINUTE), Moment(offset_ms=None), Moment(offset_ms=None)]
    assert doubts == [(2, "before-session-start")]


def test_live_lines_happen_when_they_arrive_unless_they_tell_a_time():
    moments, doubts = placed(
        "# S-1 P1\n\nC a\n01:00 C b\nC c", arrived_at=START + timedelta(minutes=2), before_ms=1
    )
    assert moments[2:] == [
        Moment(offset_ms=2 * MINUTE),
        Moment(offset_ms=MINUTE),
        Moment(offset_ms=2 * MINUTE),
    ]
    assert moments[:2] == [Moment(offset_ms=None)] * 2
    assert doubts == []


def test_what_arrives_before_the_session_is_not_live():
    moments, doubts = placed("C a", arrived_at=START - timedelta(hours=1), before_ms=7)
    assert moments == [Moment(offset_ms=7, inherited=True)]
    assert doubts == [(1, "not-live")]


def test_wall_clocks_in_the_hour_that_comes_twice_go_on_or_a_little_back():
    at = clock(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    text = "@03:50 a\n@03:45 b\n@03:10 c\n@03:40 d\n@04:05 e\n"
    moments, doubts = placed(text, at=at)
    assert [each.offset_ms // MINUTE for each in moments] == [20, 15, 40, 70, 95]
    assert doubts == []
