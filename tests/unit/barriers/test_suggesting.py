"""Which barriers an observation probably speaks of; cases from samples/notes."""

from dataclasses import replace

from service.barriers.suggesting import Candidate, Clue, plain, suggest

HOME, SEARCH, HELP, ORDER = "etusivu", "haku", "ohje", "tilaus"


def clue(page=SEARCH, selector=None, rule=None, criterion=None, tags=(), is_problem=True):
    return Clue(
        page_id=page,
        selector=selector,
        rule=rule,
        criterion=criterion,
        tags=frozenset(tags),
        is_problem=is_problem,
    )


def candidate(barrier_id, rule, criteria, *places, tags=()):
    return Candidate(
        barrier_id=barrier_id,
        page_ids=frozenset(page for page, _ in places),
        rule=rule,
        criteria=frozenset(criteria),
        places=frozenset(places),
        tags=frozenset(tags),
    )


BUTTON = candidate("button", "button-name", ["4.1.2"], (SEARCH, "#search-button"))
YEARS = candidate("years", "label", ["4.1.2"], (SEARCH, "#year-from"), (SEARCH, "#year-to"))
CONTRAST = candidate("contrast", "color-contrast", ["1.4.3"], (HELP, ".footer-note"))
FOCUS = candidate("focus", None, ["2.4.7"], (HOME, "a"), tags=["fokus"])
ALL = [BUTTON, YEARS, CONTRAST, FOCUS]


def found(a_clue, candidates=ALL):
    return [(each.barrier_id, each.score, each.evident) for each in suggest(a_clue, candidates)]


def test_element_rule_and_page_make_it_evident():
    # S-01 02:55 X !3 … #haku =#search-button ^axe:button-name
    note = clue(selector="#search-button", rule="button-name", tags=["haku"])
    (only,) = suggest(note, ALL)
    assert (only.barrier_id, only.score, only.evident) == ("button", 0.9, True)
    assert only.because == ("the same element", "the same rule", "the same page")


def test_the_element_alone_makes_it_evident():
    # S-02 02:40 X !2 … #haku =#search-button
    assert found(clue(selector="#search-button")) == [("button", 0.6, True)]


def test_the_same_rule_on_the_same_page_is_evident_where_it_is_one_barrier():
    # S-03 06:35 X !1 … #pages ^axe:target-size, no element
    assert found(clue(rule="button-name")) == [("button", 0.4, True)]


def test_element_and_criterion_agree():
    # S-03 02:30 X !3 … #search =#search-button ^4.1.2
    note = clue(selector="#search-button", criterion="4.1.2")
    assert found(note) == [("button", 0.8, True), ("years", 0.3, False)]


def test_a_criterion_that_contradicts_the_element_is_a_choice_for_a_person():
    # The focus ring of that button is another barrier than its name.
    note = clue(selector="#search-button", criterion="2.4.7")
    assert found(note) == [("button", 0.6, False)]


def test_a_rule_that_contradicts_the_element_is_a_choice_for_a_person():
    note = clue(selector="#search-button", rule="color-contrast")
    assert found(note) == [("button", 0.6, False), ("contrast", 0.3, False)]


def test_the_same_tag_and_criterion_meet_across_pages():
    # S-04 02:40 D fokus syns inte här heller #fokus ^2.4.7, on another page
    assert found(clue(tags=["fokus"], criterion="2.4.7")) == [("focus", 0.2, True)]
    assert found(clue(tags=["fokus"])) == [("focus", 0.2, False)]


def test_two_that_are_equally_evident_are_a_choice():
    twin = replace(BUTTON, barrier_id="twin")
    note = clue(selector="#search-button", rule="button-name")
    assert found(note, [BUTTON, twin]) == [("button", 0.9, False), ("twin", 0.9, False)]


def test_of_two_that_are_evident_the_better_one_is():
    # The rule is on the page twice, the element once.
    other = replace(BUTTON, barrier_id="other", places=frozenset({(SEARCH, "#other-button")}))
    note = clue(selector="#search-button", rule="button-name")
    assert found(note, [other, BUTTON]) == [("button", 0.9, True), ("other", 0.4, False)]


def test_only_a_problem_is_ever_evident():
    # S-01 02:20 + P: hakusanan kenttä löytyy heti … =#search-word
    assert found(clue(selector="#search-button", is_problem=False)) == [("button", 0.6, False)]


def test_the_same_page_alone_is_no_reason():
    assert found(clue()) == []


def test_the_same_element_on_another_page_is_no_reason():
    assert found(clue(page=ORDER, selector="#search-button")) == []


def test_an_observation_without_a_page_can_share_a_rule_only():
    note = clue(page=None, selector=".footer-note", rule="color-contrast")
    assert found(note) == [("contrast", 0.3, False)]


def test_selectors_are_compared_with_single_spaces():
    assert plain("  li:nth-child(5)  >\n .shortcut ") == "li:nth-child(5) > .shortcut"
    spaced = clue(selector=" #search-button ")
    assert found(spaced) == [("button", 0.6, True)]


def test_every_reason_together_is_at_most_one():
    known = replace(BUTTON, tags=frozenset({"haku"}))
    note = clue(selector="#search-button", rule="button-name", criterion="4.1.2", tags=["haku"])
    assert found(note, [known]) == [("button", 1.0, True)]
