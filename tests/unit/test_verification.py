"""The user's key: who got through answers who was stopped."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.barriers.verification import Success, is_verified
from service.research.evidence import Met

STARTED = datetime(2026, 11, 20, 12, tzinfo=UTC)
PROBLEM = Met(
    observation_id="o1",
    participant_id="p1",
    technology_classes=frozenset({"screen-reader"}),
    session_id="s1",
    started_at=STARTED,
    build="1.4.2",
    code="problem",
    severity="major",
    task_id="t1",
    outcome="failed",
    page_id="page1",
)
SUCCESS = Success(
    task_id="t1",
    page_ids=frozenset({"page1", "page3"}),
    technology_classes=frozenset({"screen-reader", "keyboard-only"}),
    started_at=STARTED + timedelta(days=7),
    build="1.5.0",
)


def test_somebody_with_the_same_technology_who_gets_through_later_verifies():
    assert is_verified([PROBLEM], [SUCCESS])


@pytest.mark.parametrize(
    "change",
    [
        {"task_id": "t2"},
        {"page_ids": frozenset({"page2"})},
        {"technology_classes": frozenset({"screen-magnifier"})},
        {"technology_classes": frozenset()},
        {"started_at": STARTED},
        {"build": "1.4.2"},
        {"build": None},
    ],
    ids=["task", "page", "technology", "no technology", "not later", "same build", "no build"],
)
def test_a_success_that_differs_in_one_respect_verifies_nothing(change):
    assert not is_verified([PROBLEM], [replace(SUCCESS, **change)])


def test_every_problem_needs_its_own_answer():
    other = replace(PROBLEM, technology_classes=frozenset({"voice-control"}))
    assert not is_verified([PROBLEM, other], [SUCCESS])
    spoken = replace(SUCCESS, technology_classes=frozenset({"voice-control"}))
    assert is_verified([PROBLEM, other], [SUCCESS, spoken])


def test_nothing_met_is_nothing_verified():
    assert not is_verified([], [SUCCESS])


def test_a_problem_that_names_no_place_is_verified_by_nobody():
    assert not is_verified([replace(PROBLEM, task_id=None, page_id=None)], [SUCCESS])
