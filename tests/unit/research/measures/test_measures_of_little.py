"""What the figures say where little or nothing was counted, and what they leave out."""

from math import inf, nan

import pytest

from service.research.measures.alpha import krippendorffs_alpha
from service.research.measures.change import completion_change, sus_change, time_change
from service.research.measures.completion import completion
from service.research.measures.discovery import discovery, share_found, users_needed
from service.research.measures.figures import Missing, Verdict
from service.research.measures.kappa import cohens_kappa
from service.research.measures.means import mean_of
from service.research.measures.nasa_tlx import Load, nasa_tlx, raw_load, weighted_load
from service.research.measures.problems import Exposed, Meeting, problems
from service.research.measures.proportions import proportion_interval
from service.research.measures.seq import seq
from service.research.measures.sus import sus, sus_grade, sus_score
from service.research.measures.times import time_on_task
from service.research.measures.tries import Try
from service.research.measures.umux_lite import umux_lite_score

GOOD, MIDDLING = [5, 1] * 5, [3] * 10
RATINGS = [50, 60, 70, 20, 80, 20]


def made(*tries):
    """Attempts from (participant, outcome) or (participant, outcome, seconds)."""
    names = ("participant", "outcome", "duration_s")
    return [Try(**dict(zip(names, each, strict=False))) for each in tries]


def reasons(figure):
    return {str(each.reason): each.count for each in figure.left_out}


def test_only_first_attempts_that_were_run_and_ended_count_and_the_rest_is_told():
    told = completion(
        made(
            ("P1", "not_run"),
            ("P1", None),
            ("P1", "failed"),
            ("P1", "unassisted"),
            ("P2", "assisted"),
            ("P3", "thinks_finished"),
            ("P4", "partial"),
            ("P5", "unassisted"),
        )
    )
    assert (told.n, told.count, told.rate) == (5, 1, 0.2)
    assert (told.assisted.count, told.assisted.n) == (1, 5)
    assert told.outcomes == {
        "unassisted": 1,
        "assisted": 1,
        "partial": 1,
        "failed": 1,
        "thinks_finished": 1,
    }
    assert reasons(told) == {"not_run": 1, "no_outcome": 1, "later_attempt": 1}


def test_a_task_that_nobody_was_given_has_no_rate():
    told = completion(made(("P1", "not_run"), ("P2", "not_run")))
    assert (told.n, told.rate, told.interval, reasons(told)) == (0, None, None, {"not_run": 2})


def test_times_are_those_of_unassisted_successes_alone():
    told = time_on_task(
        made(
            ("P1", "unassisted", 60.0),
            ("P2", "unassisted", 0.0),
            ("P3", "unassisted", -3.0),
            ("P4", "unassisted", None),
            ("P5", "assisted", 10.0),
            ("P6", "gave_up", 10.0),
        )
    )
    assert (told.n, told.geometric_mean_s) == (1, pytest.approx(60))
    assert (told.interval_s, told.missing) == (None, Missing.ONE_VALUE)
    assert reasons(told) == {"no_success": 2, "no_time": 1, "no_duration": 2}


def test_equal_values_have_no_interval_as_nothing_tells_how_far_others_lie():
    told = sus([GOOD, GOOD, GOOD])
    assert (told.mean, told.sd, told.interval, told.missing) == (100, 0, None, Missing.NO_SPREAD)
    assert (told.grade, told.grade_low) == ("A+", None)


def test_an_interval_ends_where_the_scale_ends():
    told = seq([Try(participant=f"P{n}", outcome="failed", seq=s) for n, s in enumerate([7, 7, 6])])
    assert told.interval.high == 7
    worst = sus([[1, 5] * 5, [1, 5] * 5, GOOD])
    assert (worst.interval.low, worst.grade_low, worst.grade_high) == (0, "F", "A+")


def test_a_response_with_a_gap_is_left_out_and_so_is_a_second_one():
    told = sus([GOOD, [None, *MIDDLING[1:]]], later=2)
    assert (told.n, told.mean, told.missing) == (1, 100, Missing.ONE_VALUE)
    assert reasons(told) == {"incomplete": 1, "later_response": 2}


def test_no_responses_are_no_figure():
    told = sus([])
    assert (told.n, told.mean, told.grade, told.missing) == (0, None, None, Missing.NOTHING)


def test_nasa_tlx_is_weighted_for_those_who_weighed():
    told = nasa_tlx(
        [
            Load(ratings=RATINGS, weights=[5, 0, 3, 2, 4, 1]),
            Load(ratings=[0] * 6),
            Load(ratings=[None, 1, 2, 3, 4, 5]),
        ]
    )
    assert (told.n, told.mean, told.weighted.n, told.weighted.mean) == (2, 25, 1, 56)
    assert reasons(told) == {"incomplete": 1}
    assert reasons(told.weighted) == {"no_answer": 1, "incomplete": 1}
    assert told.scales["mental"] == 25


def test_nothing_found_has_no_p():
    told = discovery({}, 5, harmless=3)
    assert (told.p, told.users_needed, told.missing) == (None, None, Missing.NOTHING)
    assert reasons(told) == {"not_a_problem": 3}


def test_one_participant_s_problems_are_far_from_all():
    told = discovery({"a": ["P1"], "b": ["P1"]}, 1)
    assert (told.p, told.p_adjusted, told.users_needed) == (1, 0.25, 7)


def test_no_problems_are_an_empty_table():
    told = problems([], {})
    assert (told.n, told.problems, told.table) == (0, (), ())


def test_who_met_what_they_could_not_meet_is_refused():
    exposed = {"a": Exposed(label="a", participants=frozenset({"P1"}))}
    with pytest.raises(ValueError, match="'P2' met 'a' and was not exposed to it"):
        problems([Meeting(problem="a", participant="P2")], exposed)


@pytest.mark.parametrize(
    ("pairs", "missing", "n"),
    [
        ([], Missing.NO_PAIRS, 0),
        ([("a", None), (None, "a")], Missing.NO_PAIRS, 0),
        ([("a", "a"), ("a", "a"), ("a", None)], Missing.ONE_CATEGORY, 2),
    ],
)
def test_kappa_without_a_chance_to_differ_is_none_with_a_reason(pairs, missing, n):
    told = cohens_kappa(pairs)
    assert (told.kappa, told.interval, told.missing, told.n) == (None, None, missing, n)


def test_perfect_agreement_is_one_and_has_no_interval():
    told = cohens_kappa([(0, 0), (1, 1)])
    assert (told.kappa, told.interval, told.missing) == (1, None, None)


def test_one_who_never_differs_makes_kappa_zero():
    assert cohens_kappa([(0, 0), (0, 1)]).kappa == 0


@pytest.mark.parametrize(
    ("ratings", "missing"),
    [
        ([], Missing.NO_PAIRS),
        ([[1, 2, 3]], Missing.NO_PAIRS),
        ([[1, None], [None, 2]], Missing.NO_PAIRS),
        ([[2, 2], [2, 2]], Missing.ONE_CATEGORY),
        ([[0, 0], [0, 0]], Missing.ONE_CATEGORY),
    ],
)
@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_alpha_without_variation_is_none_with_a_reason(ratings, missing, level):
    told = krippendorffs_alpha(ratings, level)
    assert (told.alpha, told.missing) == (None, missing)


def test_alpha_of_enormous_numbers_is_that_of_small_ones():
    small, large = [[1, 2, 3], [1, 2, 4]], [[1e300, 2e300, 3e300], [1e300, 2e300, 4e300]]
    for level in ("interval", "ratio"):
        told = krippendorffs_alpha(large, level).alpha
        assert told == pytest.approx(krippendorffs_alpha(small, level).alpha)


def test_changes_of_too_little_are_told_as_none():
    nobody = completion_change([], made(("P1", "failed")))
    assert (nobody.change, nobody.interval, nobody.missing) == (None, None, Missing.NOTHING)
    alike = completion_change(made(("P1", "unassisted")), made(("P2", "unassisted")))
    assert (alike.change, alike.p_value, alike.verdict) == (0, None, Verdict.UNTOLD)
    one = time_change(made(("P1", "unassisted", 9.0)), made(("P2", "unassisted", 3.0)))
    assert (one.change, one.interval, one.missing) == (pytest.approx(1 / 3), None, "one_value")
    equal = sus_change([GOOD, GOOD], [MIDDLING, MIDDLING])
    assert (equal.change, equal.missing, equal.verdict) == (-50, Missing.NO_SPREAD, Verdict.UNTOLD)


def test_clear_changes_are_told():
    low, high = [[3] * 10, [3] * 9 + [2], [3] * 9 + [1]], [GOOD, [5, 1] * 4 + [5, 2], GOOD]
    told = sus_change(low, high, later=1)
    assert (told.verdict, round(told.change, 2), reasons(told)) == (
        Verdict.BETTER,
        46.67,
        {"later_response": 1},
    )
    slow = made(*((f"P{n}", "unassisted", 100.0 + n) for n in range(4)))
    fast = made(*((f"Q{n}", "unassisted", 50.0 + n) for n in range(4)))
    assert time_change(slow, fast).verdict == Verdict.BETTER
    assert time_change(fast, slow).verdict == Verdict.WORSE


@pytest.mark.parametrize(
    ("measure", "named"),
    [
        (lambda: completion(made(("P1", "done"))), "'done' is no outcome"),
        (lambda: completion([], confidence=95), "confidence is 95,"),
        (lambda: completion([], confidence=nan), "confidence is nan,"),
        (lambda: proportion_interval(1, 2, method="wald"), "'wald' is no interval"),
        (lambda: proportion_interval(3, 2, method="exact"), "3 of 2 is no proportion"),
        (lambda: proportion_interval(0.5, 2), "0.5 of 2 is no proportion"),
        (lambda: time_on_task(made(("P1", "unassisted", nan))), "duration_s is nan,"),
        (lambda: time_on_task(made(("P1", "unassisted", inf))), "duration_s is inf,"),
        (lambda: seq([Try(participant="P", outcome="failed", seq=8)]), "seq is 8,"),
        (lambda: mean_of([inf], "load", low=0, high=1, source=""), "load is inf,"),
        (lambda: sus_score([3] * 9), "SUS has 10 items, and these are 9"),
        (lambda: sus_score([3] * 9 + [6]), "SUS item 10 is 6,"),
        (lambda: sus_score([True, *MIDDLING[1:]]), "SUS item 1 is True,"),
        (lambda: sus([[3.5, *MIDDLING[1:]]]), "SUS item 1 is 3.5,"),
        (lambda: sus_grade(100.1), "SUS score is 100.1,"),
        (lambda: umux_lite_score([7, 0]), "UMUX-Lite item 2 is 0,"),
        (lambda: umux_lite_score([7]), "UMUX-Lite has 2 items, and these are 1"),
        (lambda: raw_load([50] * 5), "NASA-TLX has 6 ratings, and these are 5"),
        (lambda: raw_load([50] * 5 + [101]), "NASA-TLX rating frustration is 101,"),
        (lambda: weighted_load(RATINGS, [5, 0, 3, 2, 4, 2]), "these sum to 16"),
        (lambda: weighted_load(RATINGS, [6, 0, 2, 2, 4, 1]), "NASA-TLX weight mental is 6,"),
        (lambda: weighted_load(RATINGS, [5, 5, 5]), "NASA-TLX has 6 weights, and these are 3"),
        (lambda: users_needed(0), "p is 0: what nobody meets is never found"),
        (lambda: users_needed(nan), "p is nan,"),
        (lambda: users_needed(0.3, 1), "goal is 1,"),
        (lambda: share_found(1.5, 2), "p is 1.5,"),
        (lambda: discovery({"a": ["P1", "P2"]}, 1), "2 of 1 participants met 'a'"),
        (lambda: discovery({"a": []}, 1), "0 of 1 participants met 'a'"),
        (lambda: krippendorffs_alpha([[1, nan], [1, 2]], "interval"), "rating is nan,"),
        (lambda: krippendorffs_alpha([[1, -2], [1, 2]], "ratio"), "rating is -2,"),
        (lambda: krippendorffs_alpha([["a"], ["b"]], "ordinal"), "rating is 'a',"),
        (lambda: krippendorffs_alpha([[1], [1, 2]], "nominal"), "not every rater"),
        (lambda: krippendorffs_alpha([[1], [1]], "cardinal"), "'cardinal' is no level"),
        (
            lambda: problems(
                [Meeting(problem="a", participant="P", severity=5)],
                {"a": Exposed(label="a", participants=frozenset("P"))},
            ),
            "severity is 5,",
        ),
    ],
)
def test_a_value_that_cannot_be_is_named(measure, named):
    with pytest.raises(ValueError, match=f"^{named}|{named}$"):
        measure()
