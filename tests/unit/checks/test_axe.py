"""Reading axe-core's results; `data/` holds what axe-core 4.14.1 wrote in Chromium."""

import copy
import json
import pathlib
from typing import Any

import pytest

from checks import (
    Element,
    Impact,
    MalformedAxeResult,
    Outcome,
    PageArtifacts,
    Reading,
    RuleCount,
    criteria_of_tags,
    read_axe,
    standard,
    target_key,
)

DATA = pathlib.Path(__file__).parent / "data"


def real(name: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return result


def node(target: list[object], html: str = "<a></a>", **more: object) -> dict[str, object]:
    return {"target": target, "html": html, "any": [], "all": [], "none": [], **more}


def rule(rule_id: str, nodes: object, **more: object) -> dict[str, object]:
    return {
        "id": rule_id,
        "tags": ["wcag2a", "wcag244"],
        "help": f"About {rule_id}",
        "helpUrl": f"https://example.org/{rule_id}",
        "impact": "serious",
        "nodes": nodes,
        **more,
    }


def result(**lists: object) -> dict[str, object]:
    empty = {"violations": [], "incomplete": [], "passes": [], "inapplicable": []}
    return {"testEngine": {"name": "axe-core", "version": "4.14.1"}, **empty, **lists}


def read(
    axe: dict[str, Any], standard_id: str = "wcag22aa", elements: dict[str, Element] | None = None
) -> Reading:
    artifacts = PageArtifacts(
        url="https://example.fi/",
        final_url="https://example.fi/",
        status=200,
        content_type="text/html",
        title="Kokeilu",
        language="fi",
        axe=axe,
        elements=elements or {},
    )
    return read_axe(artifacts, standard(standard_id))


def test_a_real_result_gives_one_finding_for_each_rule_and_node() -> None:
    reading = read(real("axe-page"))
    assert (reading.engine, reading.engine_version) == ("axe", "4.14.1")
    assert [(each.rule, each.outcome.value, each.selector) for each in reading.findings] == [
        ("color-contrast", "failed", "button:nth-child(2)"),
        ("color-contrast", "failed", "button:nth-child(3)"),
        ("heading-order", "failed", "h3"),
        ("image-alt", "failed", "img"),
        ("label", "failed", "input"),
        ("link-name", "failed", 'a[href$="haku"]'),
        ("link-name", "failed", 'a[href$="tili"]'),
        ("link-name", "failed", 'x-kortti >> a[href$="varjo"]'),
        ("color-contrast", "cantTell", "p"),
        ("frame-tested", "cantTell", "#kehys"),
    ]


def test_a_real_finding_carries_its_criterion_impact_message_and_help() -> None:
    finding = read(real("axe-page")).findings[0]
    assert finding.criteria == ("1.4.3",)
    assert not finding.advisory
    assert finding.impact is Impact.SERIOUS
    assert finding.html.startswith("<button ")
    assert finding.message.startswith("Element has insufficient color contrast of 2.32")
    assert finding.help == "Elements must meet minimum color contrast ratio thresholds"
    assert finding.help_url.startswith("https://dequeuniversity.com/rules/axe/4.14/color-contrast")


def test_real_counts_tell_failed_open_passed_and_inapplicable() -> None:
    counts = {each.rule: each for each in read(real("axe-page")).counts}
    assert counts["color-contrast"] == RuleCount(
        rule="color-contrast", failed=2, cant_tell=1, passed=3
    )
    assert counts["document-title"] == RuleCount(rule="document-title", passed=1)
    assert counts["video-caption"] == RuleCount(rule="video-caption", inapplicable=True)
    assert list(counts) == sorted(counts)


def test_a_frame_that_was_not_examined_cannot_be_told() -> None:
    frame = read(real("axe-page")).findings[-1]
    assert (frame.rule, frame.outcome) == ("frame-tested", Outcome.CANT_TELL)


def test_a_real_rule_that_threw_is_left_open_and_counted_as_errored() -> None:
    reading = read(real("axe-rule-threw"))
    (finding,) = reading.findings
    assert (finding.rule, finding.outcome, finding.selector) == ("list", Outcome.CANT_TELL, "ul")
    assert finding.message.splitlines()[-1] == "The rule threw: deliberate Skipping list rule."
    count = next(each for each in reading.counts if each.rule == "list")
    assert count == RuleCount(rule="list", cant_tell=1, errored=True)


def test_a_rule_that_threw_outside_of_any_element_leaves_the_page_open() -> None:
    check = {"id": "error-occurred", "message": "Axe encountered an error; test the page manually"}
    nodes = [{"any": [], "all": [], "none": [check]}]
    reading = read(result(incomplete=[rule("bypass", nodes)]))
    assert [(each.selector, each.outcome.value, each.message) for each in reading.findings] == [
        ("html", "cantTell", "Axe encountered an error; test the page manually")
    ]
    assert reading.counts == (RuleCount(rule="bypass", cant_tell=1, errored=True),)


def test_passes_and_inapplicable_are_counted_from_lists_and_from_numbers() -> None:
    axe = result(
        passes=[rule("bypass", [node(["html"])]), {"id": "label", "nodes": 4}],
        inapplicable=[{"id": "blink", "nodes": 0}, {"id": "list", "nodes": []}],
    )
    assert read(axe).counts == (
        RuleCount(rule="blink", inapplicable=True),
        RuleCount(rule="bypass", passed=1),
        RuleCount(rule="label", passed=4),
        RuleCount(rule="list", inapplicable=True),
    )


@pytest.mark.parametrize(
    ("tags", "standard_id", "advisory"),
    [
        (["best-practice"], "wcag22aa", True),
        (["wcag2aaa", "wcag146"], "wcag22aa", True),
        (["wcag22aa", "wcag258"], "wcag22aa", False),
        (["wcag22aa", "wcag258"], "wcag21aa", True),
        (["wcag22aa", "wcag258"], "en301549-3.2.1", True),
        (["wcag2a-obsolete", "wcag411"], "wcag21aa", False),
        (["wcag2a-obsolete", "wcag411"], "wcag22aa", True),
        (["wcag2a", "wcag111", "wcag146"], "wcag22aa", False),
    ],
)
def test_a_finding_is_advisory_when_the_standard_has_none_of_its_criteria(
    tags: list[str], standard_id: str, advisory: bool
) -> None:
    axe = result(violations=[rule("x", [node(["a"])], tags=tags)])
    assert read(axe, standard_id).findings[0].advisory is advisory


def test_criteria_are_read_from_tags_and_levels_are_not() -> None:
    tags = ["cat.color", "wcag2aa", "wcag143", "wcag1411", "wcag2411", "wcag21aa", "EN-9.1.4.3"]
    assert criteria_of_tags([*tags, "wcag143", "wcag2a-obsolete", "section508.22.a"]) == (
        "1.4.3",
        "1.4.11",
        "2.4.11",
    )


def test_a_nodes_impact_goes_before_its_rules() -> None:
    nodes = [node(["a"], impact="minor"), node(["b"]), node(["c"], impact=None)]
    findings = read(result(violations=[rule("x", nodes)])).findings
    assert [each.impact for each in findings] == [Impact.MINOR, Impact.SERIOUS, Impact.SERIOUS]


def test_the_message_has_each_checks_line_once_in_axes_order() -> None:
    checks = {
        "any": [{"id": "a", "message": " yksi  \n kaksi "}, {"id": "b", "message": "kolme"}],
        "all": [{"id": "c", "message": "kolme"}],
        "none": [{"id": "d", "message": "nolla"}, {"id": "e", "message": ""}],
    }
    (finding,) = read(result(violations=[rule("x", [node(["a"]) | checks])])).findings
    assert finding.message == "nolla\nkolme\nyksi kaksi"


def test_a_finding_without_messages_says_what_the_rule_is_about() -> None:
    (finding,) = read(result(violations=[rule("x", [node(["a"])])])).findings
    assert finding.message == "About x"


@pytest.mark.parametrize(
    ("target", "key"),
    [
        (["#a"], "#a"),
        (["#frame", "a.b"], "#frame >>> a.b"),
        ([["x-card", "a"]], "x-card >> a"),
        (["#frame", ["x-card", "x-button", "a"]], "#frame >>> x-card >> x-button >> a"),
    ],
)
def test_targets_are_written_as_steps_into_frames_and_shadow_roots(
    target: list[object], key: str
) -> None:
    assert target_key(target) == key


@pytest.mark.parametrize("target", [None, [], "", "a", [[]], [""], [3], [["a", None]]])
def test_what_is_no_target_is_refused(target: object) -> None:
    with pytest.raises(MalformedAxeResult):
        target_key(target)


def test_equal_elements_are_numbered_in_their_order() -> None:
    nodes = [node([f"li:nth-child({n}) > a"]) for n in range(30)]
    findings = read(result(violations=[rule("link-name", nodes)])).findings
    assert len({each.fingerprint for each in findings}) == 1
    assert len({each.instance_key for each in findings}) == 30


def test_one_more_equal_element_leaves_the_other_instances_as_they_were() -> None:
    def instances(count: int) -> set[str]:
        nodes = [node([f"a:nth-child({n})"]) for n in range(count)]
        findings = read(result(violations=[rule("link-name", nodes)])).findings
        return {each.instance_key for each in findings}

    assert instances(30) < instances(31)


def test_what_the_browser_knows_of_an_element_is_found_by_its_target() -> None:
    axe = result(violations=[rule("x", [node(["#f", ["x-a", "b"]]), node(["c"])])])
    plain = read(axe).findings
    known = read(axe, elements={"#f >>> x-a >> b": Element(role="button", name="Hae")}).findings
    assert known[0].fingerprint != plain[0].fingerprint
    assert known[1].fingerprint == plain[1].fingerprint


def test_html_that_axe_was_asked_to_leave_out_is_empty() -> None:
    (finding,) = read(result(violations=[rule("x", [node(["a"]) | {"html": None}])])).findings
    assert finding.html == ""


@pytest.mark.parametrize(
    "missing", ["violations", "incomplete", "passes", "inapplicable", "testEngine"]
)
def test_a_result_that_lacks_a_part_is_refused_by_name(missing: str) -> None:
    axe = real("axe-page")
    del axe[missing]
    with pytest.raises(MalformedAxeResult, match=missing):
        read(axe)


@pytest.mark.parametrize("missing", ["id", "tags", "help", "helpUrl", "nodes"])
def test_a_violation_that_lacks_a_part_is_refused(missing: str) -> None:
    axe = copy.deepcopy(real("axe-page"))
    del axe["violations"][0][missing]
    with pytest.raises(MalformedAxeResult, match=rf"violations\[0\]\.{missing}"):
        read(axe)


@pytest.mark.parametrize("missing", ["target", "any", "all", "none"])
def test_a_node_that_lacks_a_part_is_refused(missing: str) -> None:
    axe = copy.deepcopy(real("axe-page"))
    del axe["violations"][0]["nodes"][1][missing]
    with pytest.raises(MalformedAxeResult, match=rf"violations\[0\]\.nodes\[1\]\.{missing}"):
        read(axe)


@pytest.mark.parametrize(
    "axe",
    [
        {},
        {"error": "Axe is already running"},
        result(violations=None),
        result(violations=["x"]),
        result(violations=[rule("x", [])]),
        result(violations=[rule("x", 3)]),
        result(violations=[rule("x", [node(["a"])], impact="dreadful")]),
        result(passes=[{"id": "x", "nodes": -1}]),
        result(passes=[{"id": "x", "nodes": True}]),
        result(passes=[{"nodes": 1}]),
    ],
)
def test_what_is_no_result_of_axe_is_never_read_as_a_pass(axe: dict[str, Any]) -> None:
    with pytest.raises(MalformedAxeResult):
        read(axe)
