"""What each format promises beyond its schema."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from report_case import (
    AWKWARD,
    SITE,
    awkward_report,
    footer_report,
    instance,
    judged,
    lost,
    page,
    scan,
    unjudged_report,
)

from service.barriers.gate.values import Verdict
from service.reports import FORMATS, Report
from service.reports.md import MOST_CHARACTERS, code, escaped
from service.reports.sarif import MOST_RESULTS


def sarif_run(report):
    return json.loads(FORMATS["sarif"](report))["runs"][0]


def csv_lines(report):
    text = FORMATS["csv"](report).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def cases(report):
    """Every test case by (suite, name): the tags of what it says."""
    root = ET.fromstring(FORMATS["junit"](report))
    return {
        (case.get("classname"), case.get("name")): [child.tag for child in case]
        for case in root.iter("testcase")
    }


def passed(*instances, **fields):
    """A verdict that passed, with this one known barrier."""
    known = {"existing": (judged("link-name", *instances),), "expected": 1, "examined": 1}
    return Verdict(verdict="pass", **(known | fields))


def test_the_json_of_a_scan_has_a_gate_only_with_a_verdict():
    assert "verdict" not in json.loads(FORMATS["json"](unjudged_report()))
    gate = json.loads(FORMATS["json"](awkward_report()))
    assert gate.keys() == {
        "verdict", "new", "existing", "fixed", "needs_review", "suppressed", "unstable",
        "not_examined", "reasons", "remarks", "expected", "examined", "baseline", "flakes",
        "visit_again", "engine", "standard", "pages", "summary",
    }  # fmt: skip
    assert gate["flakes"] == {"visited_again": 2, "differed": 1, "undecided": 1, "rate": 0.5}
    barrier = gate["new"][0]
    assert barrier["pages"] == [SITE + "/?q=1", SITE + "/haku"]
    assert barrier["elements"] == 2
    assert barrier["people"] == {"met": 3, "exposed": 8}
    assert gate["suppressed"][0]["suppressed"]["expires"] == "2027-01-31"


def test_sarif_has_a_result_for_each_failing_barrier_on_each_of_its_pages():
    run = sarif_run(awkward_report())
    told = [(each["ruleId"], each["baselineState"], each["level"]) for each in run["results"]]
    assert told == [
        ("button-name", "new", "error"),
        ("button-name", "new", "error"),
        ("met-by-people", "new", "error"),
        ("color-contrast", "unchanged", "error"),
    ]
    first = run["results"][0]
    assert len(first["locations"]) == 1
    assert first["properties"]["viewports"] == ["1280x1024", "320x800"]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[each["ruleIndex"]]["id"] for each in run["results"]] == [
        each["ruleId"] for each in run["results"]
    ]


def test_sarif_places_a_page_in_the_repository_where_the_policy_says_so():
    locations = [each["locations"][0] for each in sarif_run(awkward_report())["results"]]
    physical = [each["physicalLocation"] for each in locations]
    assert [each["artifactLocation"]["uri"] for each in physical] == [
        "index.html", "templates/search%20page.html", "index.html", "templates/search%20page.html",
    ]  # fmt: skip
    assert {each["region"]["startLine"] for each in physical} == {1}


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("/a/../../etc/passwd", "a/etc/passwd"),
        ("//evil.example/x", "evil.example/x"),
        ("/javascript:alert(1)", "javascript%3Aalert(1)"),
        ("/haku%20t%C3%A4ss%C3%A4", "haku%20t%C3%A4ss%C3%A4"),
        ("/", "index.html"),
    ],
)
def test_the_file_of_a_page_is_always_a_relative_one(path, uri):
    document = Report(scan=scan(page()), verdict=passed(instance(path)))
    (result,) = sarif_run(document)["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_the_fingerprints_of_results_and_issues_are_their_own_and_the_same_in_every_run():
    for report in (awkward_report(), footer_report()):
        hashes = [
            each["partialFingerprints"]["primaryLocationLineHash"]
            for each in sarif_run(report)["results"]
        ]
        assert len(hashes) == len(set(hashes)) > 0
        issues = json.loads(FORMATS["codequality"](report))
        fingerprints = [each["fingerprint"] for each in issues]
        assert len(fingerprints) == len(set(fingerprints)) > 0
    moved = json.loads(FORMATS["codequality"](footer_report(600)))
    kept = json.loads(FORMATS["codequality"](footer_report(575)))
    assert {each["fingerprint"] for each in kept} < {each["fingerprint"] for each in moved}


def test_a_component_that_is_known_and_new_on_one_page_has_two_fingerprints():
    known, new = judged("link-name", instance("/", "#a")), judged("link-name", instance("/", "#b"))
    both = Report(scan=scan(page()), verdict=passed(existing=(known,), new=(new,)))
    alone = Report(scan=scan(page()), verdict=passed(existing=(known,)))
    (kept,) = [each["fingerprint"] for each in json.loads(FORMATS["codequality"](alone))]
    told = {each["fingerprint"] for each in json.loads(FORMATS["codequality"](both))}
    assert (len(told), kept in told) == (2, True)
    hashes = [each["partialFingerprints"] for each in sarif_run(both)["results"]]
    assert len({each["primaryLocationLineHash"] for each in hashes}) == 2
    assert len({each["luiskaBarrier/v1"] for each in hashes}) == 1


def test_a_page_not_examined_makes_the_run_of_sarif_a_failed_one():
    (invocation,) = sarif_run(awkward_report())["invocations"]
    assert invocation["executionSuccessful"] is False
    told = [each["descriptor"]["id"] for each in invocation["toolExecutionNotifications"]]
    assert told == ["navigation_timeout", "unstable"]
    (whole,) = sarif_run(footer_report())["invocations"]
    assert whole["executionSuccessful"] is True


def test_many_elements_of_one_barrier_on_one_page_are_one_result_with_a_hundred_places():
    many = (instance("/", f"#x{number}", page_state="") for number in range(575))
    (result,) = sarif_run(Report(scan=scan(page()), verdict=passed(*many)))["results"]
    assert len(result["locations"]) == 100
    assert "575 elements" in result["message"]["text"]


@pytest.mark.long
def test_sarif_has_no_more_results_than_code_scanning_takes_and_counts_the_rest():
    run = sarif_run(footer_report(MOST_RESULTS + 5))
    (invocation,) = run["invocations"]
    (left_out,) = invocation["toolExecutionNotifications"]
    assert len(run["results"]) == MOST_RESULTS
    assert left_out["message"]["text"].startswith("5 results more did not fit here")
    assert (left_out["level"], invocation["executionSuccessful"]) == ("warning", True)


def test_junit_tells_what_breaks_the_gate_from_what_was_not_examined_and_what_is_suppressed():
    told = cases(awkward_report())
    wide, haku = f"{SITE}/?q=1 at 1280x1024", f"{SITE}/haku at 1280x1024"
    assert told[wide, "button-name"] == ["failure"]
    assert told[wide, "document-title"] == []
    assert told[haku, "color-contrast"] == ["system-out"]
    assert told[haku, "image-alt"] == ["skipped"]
    assert told[f"{haku}, menu open", "button-name"] == ["failure"]
    assert told[f"{SITE}/ at 1280x1024", "region"] == ["error"]
    assert told[f"{SITE}/gone at 1280x1024", "the page was examined in full"] == ["error"]
    people = [tags for (suite, _), tags in told.items() if suite == "what people met"]
    assert people == [["failure"]]


def test_junit_says_of_no_page_that_was_not_asked_for_that_it_was_examined():
    told = cases(Report(scan=scan(page()), verdict=passed(instance("/elsewhere"))))
    assert {name for suite, name in told if "elsewhere" in suite} == {"link-name"}


def test_junit_without_a_verdict_fails_on_every_failure_and_errs_on_every_page_lost():
    told = cases(unjudged_report())
    assert told[f"{SITE}/ at 1280x1024", "button-name"] == ["failure"]
    assert told[f"{SITE}/haku at 1280x1024", "color-contrast"] == ["failure"]
    assert told[f"{SITE}/haku at 1280x1024", "aria-hidden-focus"] == ["system-out"]
    assert told[f"{SITE}/gone at 1280x1024", "the page was examined in full"] == ["error"]
    assert (f"{SITE}/ at 1280x1024", "region") not in told


def test_a_page_that_a_verdict_misses_and_the_scan_lost_altogether_is_in_every_report():
    missing = awkward_report().verdict.not_examined
    report = Report(
        scan=scan(page()),
        verdict=Verdict(verdict="incomplete", expected=2, examined=1, not_examined=missing),
    )
    for name, render in FORMATS.items():
        assert f"{SITE}/gone" in render(report), name


def test_gitlab_counts_a_page_as_passed_only_where_nothing_failed_and_it_was_examined():
    content = json.loads(FORMATS["gitlab-a11y"](unjudged_report()))
    assert (content["total"], content["passes"], content["errors"]) == (3, 0, 4)
    assert [each["code"] for each in content["results"][SITE + "/gone"]] == ["page-not-examined"]
    clean = json.loads(FORMATS["gitlab-a11y"](Report(scan=scan(page(), lost()))))
    assert (clean["total"], clean["passes"], clean["errors"]) == (2, 1, 1)


def test_gitlab_passes_no_page_whose_visits_do_not_agree():
    undecided = passed(existing=(), unstable=(judged("region", instance("/", "div")),))
    content = json.loads(FORMATS["gitlab-a11y"](Report(scan=scan(page()), verdict=undecided)))
    ((error,),) = content["results"].values()
    assert error["message"].startswith("Undecided, the visits do not agree: About region")
    assert (content["total"], content["passes"], content["errors"]) == (1, 0, 1)


def test_gitlab_has_an_element_once_whatever_the_viewports():
    content = json.loads(FORMATS["gitlab-a11y"](awkward_report()))
    codes = [each["code"] for each in content["results"][SITE + "/?q=1"]]
    assert codes.count("button-name") == 1


@pytest.mark.parametrize("begins", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_no_cell_of_the_csv_begins_a_formula(begins):
    shown = judged("link-name", instance("/", begins, html=begins), title=begins)
    report = Report(scan=scan(page()), verdict=passed(existing=(shown,)))
    (line,) = csv_lines(report)
    assert (line["selector"], line["html"], line["title"]) == (f"'{begins}",) * 3


def test_the_csv_has_a_line_for_each_instance_and_each_page_lost():
    standings = [line["standing"] for line in csv_lines(awkward_report())]
    assert standings.count("new") == 4
    assert standings.count("not_examined") == 1
    assert [line["breaks_gate"] for line in csv_lines(unjudged_report())] == [
        "", "", "", "", "no", "no",
    ]  # fmt: skip


def test_markdown_stays_within_what_a_comment_may_hold_and_counts_what_it_left_out():
    long = [
        judged("link-name", instance("/", "a", html="😀" * 300), fingerprint=f"f{n}", breaks=True)
        for n in range(400)
    ]
    verdict = Verdict(verdict="fail", new=tuple(long), expected=1, examined=1)
    text = FORMATS["md"](Report(scan=scan(page()), verdict=verdict))
    assert len(text.encode("utf-16-le")) // 2 <= MOST_CHARACTERS
    shown = len(re.findall(r"^\d+\. ", text, re.MULTILINE))
    assert 20 < shown < 400
    assert f"{400 - shown} barriers more did not fit here" in text


def test_markdown_keeps_its_limit_with_hundreds_of_long_remarks_and_lost_pages():
    report = awkward_report()
    verdict = replace(
        report.verdict,
        remarks=(AWKWARD * 100,) * 500,
        reasons=(AWKWARD * 100,) * 500,
        not_examined=report.verdict.not_examined * 500,
    )
    assert len(FORMATS["md"](replace(report, verdict=verdict))) < 65_536


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("a", "`a`"),
        ("a ` b", "``a ` b``"),
        ("`a``", "``` `a`` ```"),
        ("a\n\n# b", "`a # b`"),
        ("", "` `"),
    ],
)
def test_a_code_span_holds_any_text(text, span):
    assert code(text) == span


@pytest.mark.parametrize("text", ["@team", "a@b.example", "org/repo#12", "!3", "https://x.example"])
def test_an_escaped_text_mentions_nobody_and_links_nowhere(text):
    shown = escaped(text).replace("\\", "")
    assert shown != text
    assert shown.replace("\N{ZERO WIDTH SPACE}", "") == text


def test_the_html_is_in_the_language_asked_for_and_marks_what_is_english():
    text = FORMATS["html"](replace(awkward_report(), language="fi"))
    assert '<html lang="fi">' in text
    assert "Porttia ei läpäisty" in text
    assert "4.1.2 Nimi, rooli, arvo" in text
    assert '<h3 id="barrier-1" lang="en">About button-name</h3>' in text
    assert '<h3 id="barrier-2">Nobody finds the form' in text
