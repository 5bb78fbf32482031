"""What is shown gives no small group away, however it is added and subtracted."""

from hypothesis import given, settings
from hypothesis import strategies as st

from service.research.results.sharing import size, suppressed

THRESHOLD = 3


def units(*names, build=None):
    return frozenset((name, build) for name in names)


def hidden(groups):
    everybody = frozenset().union(*groups.values())
    return {key: why.reason for key, why in suppressed(groups, [everybody], THRESHOLD).items()}


def test_a_small_group_takes_the_next_smallest_with_it():
    groups = {"a": units(*"abcd"), "b": units(*"efg"), "c": units("h")}
    assert hidden(groups) == {"c": "too_few", "b": "gives_others_away"}


def test_two_small_groups_are_hidden_alone_only_if_their_sum_is_large_enough():
    large = {"a": units(*"abcd"), "b": units(*"efg")}
    assert hidden({**large, "c": units(*"hi"), "d": units(*"jk")}) == dict.fromkeys("cd", "too_few")
    assert hidden({**large, "c": units("h"), "d": units("i")}) == {
        "c": "too_few",
        "d": "too_few",
        "b": "gives_others_away",
    }


def test_one_build_less_than_all_gives_the_other_away():
    one, other = units(*"abcd", build="1"), units("e", build="2")
    found = hidden({"all builds": one | other, "1": one, "2": other, "rest": units(*"wxyz")})
    assert found["2"] == "too_few"
    assert {found.get("all builds"), found.get("1")} != {None}


def test_groups_of_nobody_are_shown():
    assert hidden({"a": units(*"abc"), "b": units()}) == {}


@settings(max_examples=50, deadline=None)
@given(sizes=st.lists(st.integers(0, 7), min_size=1, max_size=7))
def test_what_is_hidden_of_parts_is_nobody_or_enough_people(sizes):
    groups = {
        n: units(*(f"{n}-{each}" for each in range(number))) for n, number in enumerate(sizes)
    }
    told = hidden(groups)
    left = frozenset().union(*(groups[key] for key in told))
    assert all(size(groups[key]) >= THRESHOLD for key in groups if groups[key] and key not in told)
    # Everybody together may be too few: that is shown, and no part of it.
    assert size(left) == 0 or size(left) >= THRESHOLD or size(left) == sum(sizes)
