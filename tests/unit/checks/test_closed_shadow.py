"""A closed shadow root is told of as something that no check can tell, where there is one."""

from dataclasses import replace

from axe_results import artifacts, passed

from checks import ClosedHost, Element, Outcome, RuleCount, read_axe, standard
from checks import with_closed_shadow_roots as with_closed

WCAG = standard("wcag22aa")
PAGE = artifacts("https://library.example/", passes=[passed("link-name", 2)])
READING = read_axe(PAGE, WCAG)


def host(selector: str, html: str = "<pay-box>") -> ClosedHost:
    return ClosedHost(selector=selector, html=html, element=Element(role=None, name=None))


def test_a_page_without_closed_shadow_roots_keeps_its_reading() -> None:
    assert with_closed(READING, PAGE, WCAG) is READING


def test_each_closed_shadow_root_needs_review_and_says_why_in_plain_words() -> None:
    page = replace(PAGE, closed_hosts=(host("pay-box"), host("#frame >>> pay-box")))
    reading = with_closed(READING, page, WCAG)
    told = [(each.rule, each.engine, each.outcome, each.selector) for each in reading.findings]
    assert told == [
        ("closed-shadow-root", "luiska", Outcome.CANT_TELL, "pay-box"),
        ("closed-shadow-root", "luiska", Outcome.CANT_TELL, "#frame >>> pay-box"),
    ]
    assert "nothing in there was checked" in reading.findings[0].message
    assert (reading.findings[0].impact, reading.findings[0].advisory) == (None, True)
    assert reading.engine == "axe"
    assert reading.counts == (
        RuleCount(rule="closed-shadow-root", cant_tell=2),
        RuleCount(rule="link-name", passed=2),
    )


def test_equal_hosts_are_one_component_and_two_instances() -> None:
    page = replace(PAGE, closed_hosts=(host("p > pay-box"), host("li > pay-box")))
    one, other = with_closed(READING, page, WCAG).findings
    assert one.fingerprint == other.fingerprint
    assert one.instance_key != other.instance_key
