"""Every figure against the published example that it is known by, to the last digit shown."""

import json
from pathlib import Path

import pytest

from service.research.measures.alpha import krippendorffs_alpha
from service.research.measures.change import completion_change, time_change
from service.research.measures.completion import completion
from service.research.measures.discovery import discovery, share_found, users_needed
from service.research.measures.figures import Verdict
from service.research.measures.kappa import cohens_kappa
from service.research.measures.means import mean_of
from service.research.measures.nasa_tlx import raw_load, weighted_load
from service.research.measures.problems import Exposed, Meeting, problems
from service.research.measures.proportions import proportion_interval
from service.research.measures.seq import seq
from service.research.measures.sus import GRADES, sus_grade, sus_score
from service.research.measures.times import time_on_task
from service.research.measures.tries import Try
from service.research.measures.umux_lite import sus_equivalent, umux_lite, umux_lite_score

PUBLISHED = json.loads((Path(__file__).parent / "published.json").read_text(encoding="utf-8"))
COMPLETION = PUBLISHED["completion_rate"]["examples"]
DISCOVERY = PUBLISHED["problem_discovery"]
KAPPA = PUBLISHED["kappa"]


def tries(*outcomes, seconds=None):
    """Attempts with these outcomes, each of somebody else, or successes that took so long."""
    if seconds is not None:
        return [
            Try(participant=f"P{n}", outcome="unassisted", duration_s=each)
            for n, each in enumerate(seconds)
        ]
    return [Try(participant=f"P{n}", outcome=each) for n, each in enumerate(outcomes)]


def ends(interval, digits):
    return round(interval.low, digits), round(interval.high, digits)


@pytest.mark.parametrize("example", PUBLISHED["sus"]["examples"])
def test_the_score_of_a_sus_response(example):
    assert sus_score(example["items"]) == example["score"]


def test_a_published_sample_of_sus_scores():
    sample = PUBLISHED["sus"]["sample"]
    told = mean_of(sample["scores"], "SUS", low=0, high=100, source="")
    assert (told.mean, round(told.sd, 3)) == (sample["mean"], sample["sd"])
    assert ends(told.interval, 1) == (78.9, 91.1)


@pytest.mark.parametrize(("grade", "scores"), PUBLISHED["sus"]["grades"].items())
def test_both_ends_of_each_grade_of_the_curved_scale(grade, scores):
    assert [sus_grade(score) for score in scores] == [grade, grade]


def test_a_score_is_rounded_before_its_grade_is_looked_up():
    assert [name for name, _ in GRADES] == list(PUBLISHED["sus"]["grades"])
    told = [sus_grade(score) for score in (84.04, 84.05, 84.0499999999999972, 51.64, 51.65)]
    assert told == ["A", "A+", "A+", "F", "D"]


@pytest.mark.parametrize("example", PUBLISHED["umux_lite"]["examples"])
def test_what_a_umux_lite_response_stands_for_on_the_scale_of_sus(example):
    assert round(sus_equivalent(umux_lite_score(example["items"])), 1) == example["sus"]


def test_the_mean_of_umux_lite_responses_stands_for_a_sus_with_a_grade():
    told = umux_lite([[7, 7], [4, 4]])
    assert (told.mean, round(told.sus_equivalent, 2), told.grade) == (75.0, 71.65, "C+")


def test_nine_of_ten_completions_are_clipped_at_one():
    told = completion(tries(*["unassisted"] * 9, "failed"))
    assert (told.n, told.count, told.rate) == (10, 9, 0.9)
    assert ends(told.interval, 3) == (0.574, COMPLETION[0]["upper"])


@pytest.mark.parametrize("example", [each for each in COMPLETION if "interval" in each])
def test_wilson_and_exact_intervals(example):
    told = proportion_interval(example["successes"], example["attempts"], method=example["method"])
    digits = 3 if example["attempts"] == 5 else 6
    assert ends(told, digits) == tuple(example["interval"])


def test_seven_of_ten():
    # Sauro and Lewis, Quantifying the User Experience, chapter 3: 39.2 % to 89.7 %.
    assert ends(proportion_interval(7, 10), 3) == (0.392, 0.897)


def test_times_on_task():
    example = PUBLISHED["time_on_task"]["examples"][0]
    told = time_on_task(tries(seconds=example["seconds"]))
    assert round(told.geometric_mean_s, 2) == example["geometric_mean"]
    assert ends(told.interval_s, 1) == tuple(example["interval"])


def test_seq_answers():
    asked = [
        Try(participant=f"P{n}", outcome="failed", seq=s) for n, s in enumerate([5, 6, 7, 4, 5])
    ]
    told = seq(asked)
    assert (told.n, told.mean, round(told.sd, 2), ends(told.interval, 2)) == (
        5,
        5.4,
        1.14,
        (3.98, 6.82),
    )


def test_nasa_tlx_raw_and_weighted():
    ratings = [50, 60, 70, 20, 80, 20]
    assert raw_load(ratings) == 50
    assert weighted_load(ratings, [5, 0, 3, 2, 4, 1]) == 56


@pytest.mark.parametrize("example", DISCOVERY["users_needed"])
def test_users_needed(example):
    assert users_needed(example["p"], example["goal"]) == example["n"]


def test_users_needed_has_slack_for_what_is_no_number_of_the_machine():
    assert users_needed(0.2, 0.36) == 2


def test_five_users_show_85_percent_of_what_a_third_of_them_meets():
    # Nielsen and Landauer (1993): p = 0.31.
    assert round(share_found(0.31, 5), 2) == 0.84


def test_p_is_adjusted_for_a_small_sample():
    example = DISCOVERY["adjusted"][0]
    met = {
        str(number): [user for user, met in enumerate(users) if met == "1"]
        for number, users in enumerate(example["users_by_problem"])
    }
    told = discovery(met, 4)
    shown = {name: round(getattr(told, name), 4) for name in ("p", "good_turing", "deflated")}
    assert shown == {name: example[name] for name in shown}
    assert round(told.p_adjusted, 4) == example["p_adjusted"]
    assert (told.n, told.problems, told.seen_once) == (4, 7, 1)
    assert (round(told.found, 4), round(told.unseen, 4), told.users_needed) == (0.9305, 0.0695, 3)


@pytest.mark.parametrize("example", KAPPA["cohen"])
def test_cohens_kappa(example):
    pairs = [
        (row, column)
        for row, counts in enumerate(example["table"])
        for column, count in enumerate(counts)
        for _ in range(count)
    ]
    told = cohens_kappa(pairs)
    assert round(told.kappa, 4) == example["kappa"]
    assert told.n == len(pairs)
    assert told.interval.low < told.kappa < told.interval.high


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_krippendorffs_alpha_of_four_observers_with_gaps(level):
    example = KAPPA["krippendorff"][0]
    rows = [[None if x == "." else int(x) for x in row.split()] for row in example["rows"]]
    told = krippendorffs_alpha(rows, level)
    assert round(told.alpha, 3) == example[level]
    assert (told.n, told.values, told.raters) == (11, 40, 4)
    assert [(each.reason, each.count) for each in told.left_out] == [("one_rater", 1)]


def test_krippendorffs_alpha_of_two_observers():
    # Krippendorff (2011), sections A (Meg and Owen, binary) and B (Ben and Gerry, nominal).
    binary = ["0100000010", "1110010000"]
    assert round(krippendorffs_alpha(binary, "nominal").alpha, 3) == 0.095
    nominal = ["aabbdcccedda", "babbbccceddd"]
    assert round(krippendorffs_alpha(nominal, "nominal").alpha, 3) == 0.692


def test_problems_are_ranked_by_severity_before_frequency():
    eight = frozenset(f"P{n}" for n in range(8))
    met = [
        *(Meeting(problem="often", participant=f"P{n}", severity=2) for n in range(6)),
        Meeting(problem="grave", participant="P1", severity=2),
        Meeting(problem="grave", participant="P1", severity=4),
        Meeting(problem="grave", participant="P2", severity=2),
        Meeting(problem="grave", participant="P3", severity=2),
        Meeting(problem="unrated", participant="P4"),
    ]
    exposed = {each.problem: Exposed(label=each.problem, participants=eight) for each in met}
    told = problems(met, exposed)
    assert [each.problem for each in told.problems] == ["grave", "often", "unrated"]
    grave = told.problems[0]
    assert (grave.rank, grave.met.count, grave.met.n, grave.worst_severity) == (1, 3, 8, 4)
    assert round(grave.mean_severity, 2) == 2.67
    assert grave.severities == {"4": 1, "2": 2}
    assert ends(grave.met.interval, 3) == (0.135, 0.696)
    assert [(c.severity, c.participants, c.problems) for c in told.table] == [
        (4, 3, 1),
        (2, 6, 1),
        (None, 1, 1),
    ]


def test_a_change_of_completion():
    before, after = ["unassisted"] * 11 + ["failed"], ["unassisted"] * 5 + ["gave_up"] * 5
    told = completion_change(tries(*before), tries(*after))
    assert (round(told.change, 3), round(told.statistic, 2)) == (-0.417, -2.13)
    assert (round(told.p_value, 4), ends(told.interval, 3)) == (0.0328, (-0.697, -0.022))
    assert (told.n_before, told.n_after, told.verdict) == (12, 10, Verdict.WORSE)


def test_a_change_of_times_is_a_ratio():
    told = time_change(tries(seconds=[10, 20, 40]), tries(seconds=[5, 10, 20]))
    assert (told.before, told.after, told.change) == pytest.approx((20, 10, 0.5))
    assert ends(told.interval, 2) == (0.10, 2.41)
    assert told.verdict == "no_change_can_be_told"
