"""Visiting again before the verdict: what two of three visits found stands."""

from dataclasses import replace

from gate_words import TODAY, failed_page, finding, page, rules, scan

from service.barriers.gate.values import Flakes, Policy
from service.barriers.gate.visits import Question, judge_visits

ALT = finding()
LABEL = finding("label", '<input id="q">', selector="#q")
MILD = finding("list", '<ul id="menu"></ul>')
HOME = "https://site.example/"


def asked(*visits):
    return judge_visits(
        [scan(*pages) for pages in visits],
        Question(policy=Policy(), baseline=None, today=TODAY),
    )


def test_only_pages_that_break_the_gate_are_to_be_visited_again():
    judged = asked([page("/", ALT), page("/mild", MILD), page("/clean")])
    assert (judged.verdict, judged.visit_again) == ("fail", (HOME,))
    assert asked([page("/mild", MILD)]).visit_again == ()


def test_two_visits_that_agree_decide():
    judged = asked([page("/", ALT)], [page("/", ALT)])
    assert (judged.verdict, judged.visit_again, judged.flakes) == (
        "fail", (), Flakes(visited_again=1, differed=0, undecided=0),
    )  # fmt: skip


def test_two_visits_that_differ_want_a_third_and_the_first_word_stands_until_then():
    judged = asked([page("/", ALT)], [page("/")])
    assert (judged.verdict, judged.visit_again, judged.flakes.differed) == ("fail", (HOME,), 1)


def test_what_one_of_three_visits_found_falls():
    judged = asked([page("/", ALT, LABEL)], [page("/", LABEL)], [page("/", LABEL)])
    assert (rules(judged.new), judged.unstable) == (["label"], ())
    assert judged.flakes == Flakes(visited_again=1, differed=1, undecided=0)
    assert judged.flakes.rate == 1.0


def test_what_two_of_three_visits_found_stands_also_when_the_first_did_not():
    judged = asked([page("/", ALT)], [page("/", ALT, LABEL)], [page("/", LABEL)])
    assert sorted(rules(judged.new)) == ["image-alt", "label"]


def test_a_gate_whose_only_finding_falls_is_green():
    assert asked([page("/", ALT)], [page("/")], [page("/")]).verdict == "pass"


def test_visits_that_find_something_else_each_time_decide_nothing():
    images = [finding("image-alt", f'<img id="{word}">') for word in ("one", "two", "six")]
    judged = asked(*([page("/", each)] for each in images))
    assert (judged.verdict, len(judged.unstable), judged.flakes.undecided) == ("incomplete", 3, 1)


def test_two_of_three_visits_that_break_the_gate_by_another_element_are_never_green():
    one, other = (finding("image-alt", f'<img id="{word}">') for word in ("one", "two"))
    for visits in ([one], [], [other]), ([one], [other], []):
        judged = asked(*([page("/", *each)] for each in visits))
        assert (judged.verdict, rules(judged.unstable)) == ("incomplete", ["image-alt"] * 2)
    judged = asked([page("/", ALT)], [page("/", ALT, one)], [page("/", ALT, other)])
    assert (rules(judged.new), rules(judged.unstable)) == (["image-alt"], ["image-alt"] * 2)


def test_a_second_visit_that_fails_wants_a_third_and_two_that_fail_decide_nothing():
    second = asked([page("/", ALT)], [failed_page("/")])
    assert second.visit_again == (HOME,)
    judged = asked([page("/", ALT)], [failed_page("/")], [failed_page("/")])
    assert (judged.verdict, rules(judged.unstable), judged.new) == (
        "incomplete", ["image-alt"], (),
    )  # fmt: skip


def test_a_third_visit_that_agrees_with_the_first_decides_after_one_that_failed():
    judged = asked([page("/", ALT)], [failed_page("/")], [page("/", ALT)])
    assert (judged.verdict, rules(judged.new), judged.unstable) == ("fail", ["image-alt"], ())


def test_a_page_that_differs_in_milder_things_does_not_differ():
    judged = asked([page("/", ALT, MILD)], [page("/", ALT)])
    assert (judged.visit_again, judged.flakes.differed) == ((), 0)


def test_the_states_of_a_page_are_weighed_apart():
    menu = replace(page("/", ALT), page_state="menu open")
    judged = asked([page("/"), menu], [page("/"), replace(menu, findings=())])
    assert (judged.flakes.visited_again, judged.flakes.differed) == (1, 1)
