"""The verdict: what breaks the gate, what is new, what is fixed, and what nobody knows."""

from dataclasses import replace
from datetime import date

import pytest
from gate_words import SIZE, failed_page, finding, known, page, partial, rules, scan, verdict

from checks import Impact
from service.barriers.gate.judge import Ledger, NeedsLedger
from service.barriers.gate.judged import judged_by_people
from service.barriers.gate.values import NotExamined, People, Policy, Suppress, Suppressed

ALT = finding()
CONTRAST = finding("color-contrast", '<p class="note">Open from ten</p>', selector="p")
LABEL = finding("label", '<input id="q">', selector="#q")
LIST = finding("list", '<ul id="menu"></ul>', selector="ul")
FOOTER = finding("link-name", '<a class="logo" href="/"></a>', selector="footer > a")


def test_without_a_baseline_everything_is_new_and_the_worst_comes_first():
    judged = verdict([page("/", CONTRAST, ALT)])
    assert (judged.verdict, rules(judged.new), judged.baseline) == (
        "fail", ["image-alt", "color-contrast"], None,
    )  # fmt: skip
    assert judged.reasons == (
        "Help on image-alt (image-alt): img on https://site.example/",
        "Help on color-contrast (color-contrast): p on https://site.example/",
    )


def test_only_what_is_new_breaks_the_gate():
    judged = verdict([page("/", ALT, LABEL)], known(page("/", ALT)))
    assert (judged.verdict, rules(judged.new), rules(judged.existing)) == (
        "fail", ["label"], ["image-alt"],
    )  # fmt: skip
    assert [each.rule for each in judged.breaking] == ["label"]


def test_what_is_known_passes_unless_any_is_to_fail():
    pages, baseline = [page("/", ALT)], known(page("/", ALT))
    assert verdict(pages, baseline).verdict == "pass"
    assert verdict(pages, baseline, Policy(fail_on="any")).verdict == "fail"
    assert verdict(pages, None, Policy(fail_on="none")).verdict == "pass"


@pytest.mark.parametrize(
    ("impact", "word"),
    [(Impact.MINOR, "fail"), (Impact.MODERATE, "fail"), (Impact.SERIOUS, "pass")],
)
def test_milder_impacts_than_the_policy_s_break_nothing(impact, word):
    judged = verdict([page("/", LIST)], policy=Policy(impact=impact))
    assert (judged.verdict, rules(judged.new)) == (word, ["list"])


def test_findings_without_a_criterion_never_gate():
    judged = verdict([page("/", replace(ALT, advisory=True))], policy=Policy(fail_on="any"))
    assert (judged.verdict, judged.new, judged.existing) == ("pass", (), ())


def test_what_needs_review_never_breaks_the_gate():
    judged = verdict([page("/", finding(outcome="cantTell"))], policy=Policy(fail_on="any"))
    assert (judged.verdict, judged.new, rules(judged.needs_review)) == ("pass", (), ["image-alt"])


def test_one_fault_of_a_shared_footer_is_one_barrier_on_575_pages():
    judged = verdict([page(f"/{number}", FOOTER) for number in range(575)])
    (footer,) = judged.new
    assert (len(footer.pages), footer.elements, len(judged.reasons)) == (575, 1, 1)


def test_a_fix_never_fails():
    judged = verdict([page("/")], known(page("/", ALT, LABEL)))
    assert (judged.verdict, sorted(rules(judged.fixed))) == ("pass", ["image-alt", "label"])


def test_nothing_is_fixed_on_a_page_that_was_not_examined():
    judged = verdict([failed_page("/")], known(page("/", ALT)))
    assert (judged.verdict, judged.fixed, rules(judged.existing)) == (
        "incomplete", (), ["image-alt"],
    )  # fmt: skip


@pytest.mark.parametrize(
    "seen",
    [
        partial(page("/")),
        page("/", completed=frozenset({"label"})),
        page("/", viewport=(320, 640)),
        page("/", page_state="menu open"),
        page("/", replace(ALT, outcome="cantTell")),
    ],
    ids=["partial", "rule not completed", "viewport", "state", "in doubt"],
)
def test_nothing_is_fixed_where_it_was_not_looked_for_in_full(seen):
    judged = verdict([seen], known(page("/", ALT)))
    assert (judged.fixed, rules(judged.existing)) == ((), ["image-alt"])


def test_nothing_is_fixed_in_a_frame_that_could_not_be_entered():
    inside = finding(selector="#map >>> img")
    shut = finding("frame-tested", "<iframe id='map'>", outcome="cantTell", selector="#map")
    judged = verdict([page("/", shut)], known(page("/", inside)))
    assert judged.fixed == ()


def test_of_pages_that_were_not_asked_for_nothing_is_said_but_that():
    judged = verdict([page("/")], known(page("/"), page("/other", ALT)))
    assert (judged.verdict, judged.fixed, judged.existing) == ("pass", (), ())
    assert judged.remarks == (
        "1 barriers of the baseline are on pages that this run did not ask for; nothing is said of "
        "them.",
    )


def test_pages_that_timed_out_are_never_green():
    judged = verdict([page("/"), failed_page("/haku")])
    assert (judged.verdict, judged.expected, judged.examined) == ("incomplete", 2, 1)
    assert judged.not_examined == (
        NotExamined(
            url="https://site.example/haku",
            viewport=SIZE,
            page_state="",
            error="navigation_timeout",
            detail="no answer came",
        ),
    )
    assert judged.reasons == (
        "https://site.example/haku was not examined: navigation_timeout: no answer came",
    )


def test_failed_and_incomplete_at_once_is_failed():
    judged = verdict([page("/", ALT), failed_page("/haku")])
    assert (judged.verdict, len(judged.reasons)) == ("fail", 2)


def test_incomplete_passes_only_where_the_policy_says_so_by_name_and_something_was_examined():
    allow = Policy(incomplete="allow")
    assert verdict([page("/"), failed_page("/haku")], policy=allow).verdict == "pass"
    assert verdict([failed_page("/haku")], policy=allow).verdict == "incomplete"
    assert verdict(scan(), policy=allow).reasons == ("No page was examined.",)


def test_a_partial_page_is_incomplete_and_what_was_found_on_it_counts():
    assert verdict([partial(page("/"))]).verdict == "incomplete"
    assert verdict([partial(page("/", ALT))]).verdict == "fail"


def test_a_page_that_leads_to_another_one_is_not_the_page():
    login = page("/oma", ALT, final_url="https://site.example/kirjaudu", final_key="/kirjaudu")
    judged = verdict([login])
    assert (judged.verdict, judged.new, judged.not_examined[0].error) == (
        "incomplete", (), "navigation_failed",
    )  # fmt: skip
    assert "https://site.example/kirjaudu" in judged.not_examined[0].detail
    assert verdict([login], final_urls={"/oma": "/kirjaudu"}).verdict == "fail"
    assert verdict([replace(login, named=False)]).verdict == "fail"


def test_a_page_that_does_not_lead_where_it_was_meant_to_is_not_the_page():
    judged = verdict([page("/")], final_urls={"/": "/fi"})
    assert judged.verdict == "incomplete"


def test_a_budget_is_spent_by_elements_and_tolerates_no_more():
    notes = [
        finding("color-contrast", f'<p class="note">Note {word}</p>', selector=f"#{word}")
        for word in ("a", "b", "c")
    ]
    within = verdict([page("/", *notes)], policy=Policy(budget={"color-contrast": 3}))
    assert (within.verdict, within.remarks) == (
        "pass", ("color-contrast: 3 of a budget of 3 is used.",),
    )  # fmt: skip
    beyond = verdict([page("/", *notes)], policy=Policy(budget={"color-contrast": 2}))
    assert (beyond.verdict, len(beyond.breaking)) == ("fail", 3)
    shared = [page(f"/{number}", FOOTER) for number in range(5)]
    assert verdict(shared, policy=Policy(budget={"link-name": 1})).verdict == "pass"


def suppress(**more) -> Suppress:
    given = {"reason": "replaced in release 12", "owner": "web team", "expires": date(2027, 1, 31)}
    return Suppress(**{**given, **more})


def test_a_suppressed_finding_breaks_nothing_and_is_told():
    policy = Policy(suppress=(suppress(rule="image-alt", url="/arkisto/*"),))
    judged = verdict([page("/arkisto/1", ALT), page("/", LABEL)], policy=policy)
    assert (rules(judged.new), rules(judged.suppressed)) == (["label"], ["image-alt"])
    assert judged.suppressed[0].suppressed == Suppressed(
        reason="replaced in release 12", owner="web team", expires=date(2027, 1, 31)
    )


def test_the_other_elements_of_a_component_are_not_suppressed_with_one():
    policy = Policy(suppress=(suppress(url="/a"),))
    judged = verdict([page("/a", FOOTER), page("/b", FOOTER)], policy=policy)
    assert (judged.new[0].pages, judged.suppressed[0].pages) == (
        ("https://site.example/b",), ("https://site.example/a",),
    )  # fmt: skip


def test_a_suppression_holds_through_its_last_day():
    for expires, word in ((date(2026, 11, 22), "pass"), (date(2026, 11, 21), "fail")):
        policy = Policy(suppress=(suppress(rule="image-alt", expires=expires),))
        judged = verdict([page("/", ALT)], policy=policy)
        assert judged.verdict == word
    assert judged.remarks == (
        "The suppression of image-alt (web team) expired on 2026-11-21: what it covered counts "
        "again.",
    )


def test_a_suppression_that_covers_nothing_is_told():
    policy = Policy(suppress=(suppress(selector="ul > li:nth-child(2) a"),))
    (remark,) = verdict([page("/", ALT)], policy=policy).remarks
    assert remark.startswith("The suppression of ul > li:nth-child(2) a covers nothing; its ")


PEOPLE = People(met=3, exposed=8)


def ledger(each=LIST, people=PEOPLE, **more) -> Ledger:
    return Ledger(people={each.fingerprint: people}, **more)


def test_what_people_met_breaks_the_gate_whatever_its_impact_and_age():
    pages, before = [page("/", LIST)], known(page("/", LIST))
    judged = verdict(pages, before, Policy(witnessed=True, fail_on="none"), ledger=ledger())
    assert (judged.verdict, judged.breaking[0].because) == (
        "fail", ("3 of 8 people met it in sessions",),
    )  # fmt: skip
    assert verdict(pages, before, Policy(), ledger=ledger()).verdict == "pass"


def test_what_people_met_counts_also_where_no_criterion_asks_for_it():
    advised = replace(LIST, advisory=True)
    witnessed = verdict([page("/", advised)], policy=Policy(witnessed=True), ledger=ledger())
    assert (witnessed.verdict, rules(witnessed.breaking)) == ("fail", ["list"])
    assert verdict([page("/", advised)], ledger=ledger()).new == ()


def test_absence_of_observations_waives_nothing():
    nobody = ledger(ALT, People(met=0, exposed=8))
    judged = verdict([page("/", ALT)], policy=Policy(witnessed=True), ledger=nobody)
    assert judged.verdict == "fail"


def test_witnessed_needs_a_ledger():
    with pytest.raises(NeedsLedger):
        verdict([page("/")], policy=Policy(witnessed=True))


def test_a_suppression_of_what_people_met_is_revoked_and_the_report_says_so():
    policy = Policy(suppress=(suppress(rule="list"),), impact=Impact.MODERATE)
    judged = verdict([page("/", LIST)], policy=policy, ledger=ledger())
    assert (judged.verdict, judged.suppressed, judged.remarks) == (
        "fail", (),
        ("The suppression of list is revoked: 3 of 8 people met 'Help on list'.",),
    )  # fmt: skip


def test_the_ledger_s_own_suppression_holds_unless_people_met_it():
    owned = Suppressed(reason="moves out", owner="IT", expires=date(2027, 1, 1), source="ledger")
    alone = Ledger(suppressions={ALT.fingerprint: owned})
    judged = verdict([page("/", ALT)], ledger=alone)
    assert (judged.verdict, rules(judged.suppressed)) == ("pass", ["image-alt"])
    met = Ledger(suppressions={ALT.fingerprint: owned}, people={ALT.fingerprint: PEOPLE})
    judged = verdict([page("/", ALT)], ledger=met)
    assert (judged.verdict, judged.new[0].because) == (
        "fail", ("its suppression is revoked: 3 of 8 people met it",),
    )  # fmt: skip


def test_a_barrier_that_only_people_met_breaks_a_witnessed_gate():
    only = judged_by_people(fingerprint="b1", title="Gets lost", criteria=(), people=PEOPLE)
    people = Ledger(only_met=(only,))
    assert verdict([page("/")], ledger=people).verdict == "pass"
    judged = verdict([page("/")], policy=Policy(witnessed=True), ledger=people)
    assert (judged.verdict, judged.reasons) == (
        "fail", ("Gets lost (met in sessions): on no page that is known",),
    )  # fmt: skip


def test_a_met_barrier_that_the_machine_no_longer_finds_is_a_fix():
    judged = verdict([page("/")], known(page("/", ALT)), Policy(witnessed=True), ledger=ledger(ALT))
    assert (judged.verdict, judged.fixed[0].because) == (
        "pass", ("open until somebody gets through: people met it in sessions",),
    )  # fmt: skip


def test_what_was_left_out_of_the_plan_is_told():
    judged = verdict(scan(page("/"), left_out={"max_pages": 3}, notices=("robots.txt: 404.",)))
    assert judged.remarks == ("robots.txt: 404.", "3 left out: max pages.")
