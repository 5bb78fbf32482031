"""What holds of the figures whatever they are made of."""

from math import isclose, isfinite

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from service.research.grammar import TaskOutcome
from service.research.measures.alpha import LEVELS, krippendorffs_alpha
from service.research.measures.change import completion_change, time_change
from service.research.measures.completion import completion
from service.research.measures.discovery import discovery, share_found, users_needed
from service.research.measures.figures import Verdict
from service.research.measures.kappa import cohens_kappa
from service.research.measures.proportions import SOURCES, proportion_interval
from service.research.measures.sus import GRADES, sus, sus_grade, sus_score
from service.research.measures.times import time_on_task
from service.research.measures.tries import Try

few = settings(max_examples=60, deadline=None)

counts = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
seconds = st.floats(0.001, 1e7)
tries = st.lists(
    st.builds(
        Try,
        participant=st.sampled_from([f"P{n}" for n in range(9)]),
        outcome=st.sampled_from([None, *TaskOutcome]),
        duration_s=st.none() | st.floats(-10, 0) | seconds,
    ),
    max_size=25,
)
answers = st.lists(st.integers(1, 5), min_size=10, max_size=10)
METHODS = pytest.mark.parametrize("method", SOURCES)


@METHODS
@few
@given(count=counts)
def test_an_interval_of_a_proportion_holds_it_and_mirrors_that_of_the_rest(method, count):
    successes, trials = count
    interval = proportion_interval(successes, trials, method=method)
    # Wilson's ends at 0 and 1 where the proportion does, but for the last bit.
    assert -1e-9 <= interval.low <= successes / trials + 1e-9
    assert successes / trials - 1e-9 <= interval.high <= 1 + 1e-9
    mirrored = proportion_interval(trials - successes, trials, method=method)
    assert isclose(interval.low, 1 - mirrored.high, abs_tol=1e-9)


@METHODS
@few
@given(count=counts)
def test_more_confidence_is_a_wider_interval(method, count):
    narrow, wide = (
        proportion_interval(*count, method=method, confidence=each) for each in (0.8, 0.99)
    )
    assert wide.low <= narrow.low + 1e-12
    assert narrow.high <= wide.high + 1e-12


@few
@given(count=counts)
def test_the_adjusted_wald_interval_is_agresti_and_coulls(count):
    interval = proportion_interval(*count)
    low, high = proportion_confint(*count, method="agresti_coull")
    assert (interval.low, interval.high) == pytest.approx((low, high))


@few
@given(tries=tries)
def test_every_attempt_is_counted_or_told_as_left_out(tries):
    told = completion(tries)
    assert told.n + sum(each.count for each in told.left_out) == len(tries)
    assert told.n == sum(told.outcomes.values())
    times = time_on_task(tries)
    assert times.n + sum(each.count for each in times.left_out) == len(tries)
    assert times.n <= told.count


@few
@given(times=st.lists(seconds, min_size=2, max_size=12), factor=st.floats(0.1, 100))
def test_a_geometric_mean_lies_among_its_times_and_changes_with_their_unit(times, factor):
    def of(values):
        return time_on_task(
            Try(participant=str(n), outcome="unassisted", duration_s=v)
            for n, v in enumerate(values)
        )

    told, other = of(times), of([each * factor for each in times])
    assert min(times) * (1 - 1e-9) <= told.geometric_mean_s <= max(times) * (1 + 1e-9)
    assert isclose(other.geometric_mean_s, told.geometric_mean_s * factor, rel_tol=1e-9)
    if told.interval_s is not None:
        assert 0 <= told.interval_s.low <= told.geometric_mean_s <= told.interval_s.high


@few
@given(responses=st.lists(answers, min_size=1, max_size=12))
def test_sus_keeps_to_its_scale_and_its_grades_follow_the_score(responses):
    told = sus(responses)
    names = [name for name, _ in GRADES]
    assert 0 <= told.mean <= 100
    if told.interval is not None:
        assert 0 <= told.interval.low <= told.mean <= told.interval.high <= 100
        places = [names.index(each) for each in (told.grade_high, told.grade, told.grade_low)]
        assert places == sorted(places)


@few
@given(items=answers, place=st.integers(0, 9))
def test_a_better_answer_never_lowers_sus(items, place):
    better = list(items)
    better[place] = min(5, items[place] + 1) if place % 2 == 0 else max(1, items[place] - 1)
    assert sus_score(better) >= sus_score(items)
    assert sus_grade(sus_score(items)) in {name for name, _ in GRADES}


@few
@given(p=st.floats(0.001, 1), goal=st.floats(0.01, 0.99))
def test_users_needed_are_enough_and_one_fewer_is_not(p, goal):
    users = users_needed(p, goal)
    assert share_found(p, users) >= goal - 1e-8
    assert users == 1 or share_found(p, users - 1) < goal + 1e-8


@few
@given(
    met=st.dictionaries(
        st.text(max_size=3), st.sets(st.integers(0, 7), min_size=1), min_size=1, max_size=9
    )
)
def test_an_adjusted_p_lies_between_its_two_estimates_and_below_p(met):
    told = discovery(met, 8)
    assert min(told.good_turing, told.deflated) <= told.p_adjusted <= told.p
    assert 0 < told.found < 1
    assert isclose(told.found + told.unseen, 1)


@few
@given(pairs=st.lists(st.tuples(*[st.none() | st.sampled_from("abc")] * 2), max_size=25))
def test_kappa_is_the_same_with_the_raters_changed_about_and_is_never_nan(pairs):
    told, turned = cohens_kappa(pairs), cohens_kappa([(b, a) for a, b in pairs])
    assert (told.kappa is None) == (told.missing is not None)
    if told.kappa is not None:
        assert isclose(told.kappa, turned.kappa, abs_tol=1e-12)
        assert -1 <= told.kappa <= 1 + 1e-12


@pytest.mark.parametrize("level", LEVELS)
@few
@given(data=st.data())
def test_alpha_does_not_depend_on_the_order_of_raters_or_units_and_is_never_nan(level, data):
    raters, units = data.draw(st.tuples(st.integers(1, 4), st.integers(1, 8)))
    value = st.none() | st.integers(0, 4)
    rows = [
        data.draw(st.lists(value, min_size=units, max_size=units), label="row")
        for _ in range(raters)
    ]
    told = krippendorffs_alpha(rows, level)
    assert (told.alpha is None) == (told.missing is not None)
    turned = krippendorffs_alpha([list(reversed(row)) for row in reversed(rows)], level)
    if told.alpha is not None:
        assert isfinite(told.alpha)
        assert told.alpha <= 1 + 1e-12
        assert isclose(told.alpha, turned.alpha, abs_tol=1e-9)


@few
@given(before=tries, after=tries)
def test_a_change_turned_about_is_its_opposite(before, after):
    told, back = completion_change(before, after), completion_change(after, before)
    opposite = {
        Verdict.BETTER: Verdict.WORSE,
        Verdict.WORSE: Verdict.BETTER,
        Verdict.UNTOLD: Verdict.UNTOLD,
    }
    assert back.verdict == opposite[told.verdict]
    if told.interval is not None:
        assert isclose(told.interval.low, -back.interval.high, abs_tol=1e-9)
        assert -1 <= told.interval.low <= told.interval.high <= 1
    times, back_times = time_change(before, after), time_change(after, before)
    assert back_times.verdict == opposite[times.verdict]
    if times.change is not None:
        assert isclose(times.change * back_times.change, 1, rel_tol=1e-9)


@few
@given(before=tries)
def test_nothing_changes_from_a_build_to_itself(before):
    told = completion_change(before, before)
    assume(told.change is not None)
    assert (told.change, told.verdict) == (0, Verdict.UNTOLD)
