"""The score of a barrier: exact points, in the order that the module's table promises."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import Impact
from service.barriers.ranking import Evidence, Share, score

MACHINE = Evidence(
    kind="machine", impact=Impact.SERIOUS, everybody=Share(met=0, exposed=4), pages=3, instances=7
)
HUMAN = Evidence(
    kind="human",
    worst_severity=4,
    task_outcomes=("unassisted", "assisted", "gave_up"),
    everybody=Share(met=1, exposed=4),
    by_technology={"screen-reader": Share(met=1, exposed=1), "none": Share(met=0, exposed=3)},
    pages=1,
)
CORROBORATED = Evidence(
    kind="corroborated",
    worst_severity=2,
    task_outcomes=("partial", "unassisted"),
    everybody=Share(met=2, exposed=3),
    by_technology={"screen-reader": Share(met=1, exposed=2)},
    impact=Impact.CRITICAL,
    pages=40,
    instances=41,
)


def points(evidence: Evidence) -> dict[str, float]:
    return {part.name: part.points for part in score(evidence).because}


def details(evidence: Evidence) -> dict[str, str]:
    return {part.name: part.detail for part in score(evidence).because}


def test_what_only_checks_found_scores_by_impact_and_pages():
    assert score(MACHINE).value == 0.36
    assert points(MACHINE) == {
        "evidence": 0.0, "severity": 0.0, "participants": 0.0, "task": 0.0,
        "impact": 0.3, "pages": 0.06,
    }  # fmt: skip
    assert details(MACHINE) == {
        "evidence": "found by checks; nobody was seen to meet it",
        "severity": "nobody gave a severity",
        "task": "no task was seen to suffer",
        "participants": "met by no participant",
        "impact": "impact serious",
        "pages": "7 instances on 3 pages",
    }


def test_what_only_people_met_scores_by_severity_share_and_task():
    assert score(HUMAN).value == 382.54
    assert points(HUMAN) == {
        "evidence": 200.0, "severity": 160.0, "participants": 21.0, "task": 1.5,
        "impact": 0.0, "pages": 0.04,
    }  # fmt: skip
    assert details(HUMAN) == {
        "evidence": "met by people; no check finds it",
        "severity": "worst severity that people gave: 4 of 4",
        "task": "2 attempts suffered; the worst ended gave_up",
        "participants": "1 of 4 exposed participants met it (95 % interval 3% to 71%)",
        "impact": "no check gave an impact",
        "pages": "0 instances on 1 page",
    }


def test_the_only_user_of_a_technology_is_not_averaged_away():
    (participants,) = (p for p in score(HUMAN).because if p.name == "participants")
    assert participants.research_detail == "1 of 1 who use screen-reader"


def test_what_both_found_scores_all_six():
    assert score(CORROBORATED).value == 502.478049
    assert points(CORROBORATED) == {
        "evidence": 400.0, "severity": 80.0, "participants": 21.0, "task": 1.0,
        "impact": 0.4, "pages": 0.078049,
    }  # fmt: skip
    assert details(CORROBORATED)["pages"] == "41 instances on 40 pages"
    assert all(part.research_detail is None for part in score(CORROBORATED).because)


def test_an_advisory_impact_counts_nothing_and_is_told():
    advisory = replace(MACHINE, advisory=True)
    assert points(advisory)["impact"] == 0.0
    assert details(advisory)["impact"] == "serious by best practice, no success criterion"


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("failed", 1.5), ("gave_up", 1.5), ("partial", 1), ("thinks_finished", 1),
        ("assisted", 0.5), ("unassisted", 0), ("not_run", 0),
    ],
)  # fmt: skip
def test_a_task_counts_by_how_it_ended(outcome, expected):
    assert points(replace(HUMAN, task_outcomes=(outcome,)))["task"] == expected


@pytest.mark.parametrize(
    ("everybody", "by_technology", "tenths"),
    [
        ((0, 5), {}, 0),
        ((1, 10), {}, 1),
        ((1, 8), {}, 2),
        ((5, 5), {}, 10),
        ((1, 8), {"screen-reader": (1, 1), "none": (0, 7)}, 6),
        ((2, 8), {"screen-reader": (0, 1), "none": (2, 7)}, 3),
        ((3, 4), {"screen-reader": (1, 1)}, 9),
    ],
)
def test_how_often_is_the_mean_of_everybodys_share_and_the_largest_of_a_class(
    everybody, by_technology, tenths
):
    shares = {name: Share(met=met, exposed=all_) for name, (met, all_) in by_technology.items()}
    met, exposed = everybody
    one = replace(HUMAN, everybody=Share(met=met, exposed=exposed), by_technology=shares)
    assert points(one)["participants"] == 3 * tenths


ORDER = ("evidence", "severity", "participants", "task", "impact", "pages")


@st.composite
def evidence(draw: st.DrawFn) -> Evidence:
    shares = st.integers(0, 40).flatmap(
        lambda exposed: st.integers(0, exposed).map(lambda met: Share(met=met, exposed=exposed))
    )
    outcomes = ["failed", "gave_up", "partial", "thinks_finished", "assisted", "unassisted"]
    return Evidence(
        kind=draw(st.sampled_from(["machine", "human", "corroborated"])),
        worst_severity=draw(st.none() | st.integers(0, 4)),
        task_outcomes=tuple(draw(st.lists(st.sampled_from(outcomes), max_size=3))),
        everybody=draw(shares),
        by_technology=draw(st.dictionaries(st.sampled_from(["screen-reader", "none"]), shares)),
        impact=draw(st.none() | st.sampled_from(Impact)),
        advisory=draw(st.booleans()),
        pages=draw(st.integers(0, 10_000)),
        instances=draw(st.integers(0, 10_000)),
    )


@given(evidence(), evidence())
def test_an_earlier_component_always_decides_before_a_later_one(one, other):
    ones, others = score(one), score(other)
    one_points = tuple(part.points for part in ones.because)
    other_points = tuple(part.points for part in others.because)
    assert (ones.value > others.value) == (one_points > other_points)
    assert (ones.value == others.value) == (one_points == other_points)


@given(evidence())
def test_the_score_is_the_sum_of_its_six_components_in_the_order_of_the_table(one):
    result = score(one)
    assert tuple(part.name for part in result.because) == ORDER
    assert result.value == pytest.approx(sum(part.points for part in result.because), abs=1e-6)
    assert 0 <= result.value < 600
