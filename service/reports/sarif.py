"""SARIF 2.1.0 for code scanning: a result for each barrier that fails, on each of its pages.

What a person still has to look at, or decided to live with, is no result. Pages that were not
examined are notifications of a run that did not succeed.
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from service.barriers.gate.values import Instance, Judged
from service.reports.entries import Entry, OnPage, entries_of, not_examined_of
from service.reports.md import escaped
from service.reports.places import LINE, file_of, placed, sentence_of
from service.reports.report import Report
from service.reports.text import encodable, joined, one_line, size

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {"critical": "error", "serious": "error", "moderate": "warning", "minor": "note"}
_PROBLEM = {"error": "error", "warning": "warning", "note": "recommendation"}
_STATES = {"new": "new", "existing": "unchanged"}
# GitHub refuses a run with more.
MOST_RESULTS = 25_000
_MOST_ELEMENTS = 100
_MOST_TEXT = 1000


def render(report: Report) -> str:
    """The log as indented JSON, with a newline at the end."""
    failures = [each for each in entries_of(report) if each.is_failure]
    rules = list(dict.fromkeys(each.rule for each in failures))
    results = [
        result
        for entry, pages in placed(failures)
        for result in _results(report, entry, pages, rules)
    ]
    run = {
        "tool": _tool(report, failures, rules),
        "automationDetails": {"id": f"luiska/{report.scan.standard}/"},
        "invocations": [_invocation(report, len(results) - MOST_RESULTS)],
        "columnKind": "utf16CodeUnits",
        "results": results[:MOST_RESULTS],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return encodable(json.dumps(log, ensure_ascii=False, indent=2)) + "\n"


def _tool(report: Report, failures: Sequence[Entry], rules: Sequence[str]) -> dict[str, Any]:
    firsts = {each.rule: each for each in reversed(failures)}
    driver: dict[str, Any] = {"name": "Luiska", "rules": [_rule(firsts[rule]) for rule in rules]}
    engine = report.scan.engine
    if engine.get("luiska"):
        driver["semanticVersion"] = engine["luiska"]
    tool: dict[str, Any] = {"driver": driver}
    if engine.get("axe"):
        tool["extensions"] = [{"name": "axe-core", "semanticVersion": engine["axe"]}]
    return tool


def _rule(entry: Entry) -> dict[str, Any]:
    rule, barrier = entry.rule, entry.barrier
    level = _level(barrier)
    criteria = ", ".join(barrier.criteria)
    title = one_line(barrier.title, _MOST_TEXT) if barrier.rule else "A barrier that people met"
    full = f"{title}. Success criteria of WCAG: {criteria}." if criteria else f"{title}."
    shown = escaped(full, _MOST_TEXT)
    help_url = barrier.help_url
    described = {
        "id": rule,
        "name": "".join(word.capitalize() for word in rule.split("-")),
        "shortDescription": {"text": title},
        "fullDescription": {"text": full},
        "help": {
            "text": f"{full} How to fix it: {help_url}" if help_url else full,
            "markdown": f"{shown} [How to fix it](<{help_url}>)" if help_url else shown,
        },
        "defaultConfiguration": {"level": level},
        "properties": {
            "tags": ["accessibility", *(f"wcag/{each}" for each in barrier.criteria)],
            "problem.severity": _PROBLEM[level],
        },
    }
    return {**described, "helpUri": help_url} if help_url else described


def _results(
    report: Report, entry: Entry, pages: Sequence[tuple[OnPage, str]], rules: Sequence[str]
) -> list[dict[str, Any]]:
    barrier = entry.barrier
    shared: dict[str, Any] = {
        "ruleId": entry.rule,
        "ruleIndex": rules.index(entry.rule),
        "level": _level(barrier),
    }
    if entry.standing in _STATES:
        shared["baselineState"] = _STATES[entry.standing]
    properties: dict[str, Any] = {"breaksTheGate": barrier.breaks}
    if barrier.people:
        properties["people"] = {"met": barrier.people.met, "exposed": barrier.people.exposed}
    if not barrier.instances:
        return [{**shared, **_without_place(report, barrier), "properties": properties}]
    return [
        {**shared, **_on_page(report, each, identity), "properties": {**properties, **_page(each)}}
        for each, identity in pages
    ]


def _on_page(report: Report, on_page: OnPage, identity: str) -> dict[str, Any]:
    elements = on_page.elements
    left_out = len(elements) - _MOST_ELEMENTS
    more = f" Only the first {_MOST_ELEMENTS} of them are located." if left_out > 0 else ""
    advice = one_line(joined(elements[0].message), _MOST_TEXT)
    return {
        "message": {"text": f"{one_line(sentence_of(on_page), _MOST_TEXT)}. {advice}{more}"},
        "locations": [
            _location(file_of(on_page.url, report.files), each)
            for each in elements[:_MOST_ELEMENTS]
        ],
        "partialFingerprints": {
            "luiskaBarrier/v1": on_page.entry.barrier.fingerprint,
            # What GitHub compares by; it would make one of the source line, which says nothing.
            "primaryLocationLineHash": identity,
        },
    }


def _without_place(report: Report, barrier: Judged) -> dict[str, Any]:
    # A result without a location is refused, and one left out would be a green one.
    first = next(iter(report.scan.pages), None)
    return {
        "message": {
            "text": f"{one_line(barrier.title, _MOST_TEXT)}. People met this; no element is known."
        },
        "locations": [_location(file_of(first.url if first else "", report.files))],
        "partialFingerprints": {
            "luiskaBarrier/v1": barrier.fingerprint,
            "primaryLocationLineHash": barrier.fingerprint,
        },
    }


def _location(file: str, element: Instance | None = None) -> dict[str, Any]:
    physical = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(file)},
            "region": {"startLine": LINE},
        }
    }
    if element is None:
        return physical
    return {
        **physical,
        "logicalLocations": [
            {"fullyQualifiedName": one_line(element.selector, _MOST_TEXT), "kind": "element"}
        ],
    }


def _page(on_page: OnPage) -> dict[str, Any]:
    viewports = dict.fromkeys(size(each.viewport) for each in on_page.instances)
    return {
        "url": on_page.url,
        "pageState": on_page.page_state,
        "viewports": list(viewports),
        "elements": len(on_page.elements),
    }


def _invocation(report: Report, left_out: int) -> dict[str, Any]:
    notifications = [
        _notification(
            page.error, f"Not examined: {page.url}. {one_line(page.detail, _MOST_TEXT)}".strip()
        )
        for page in not_examined_of(report)
    ]
    for entry in entries_of(report):
        if entry.is_undecided:
            said = f"{one_line(entry.title, _MOST_TEXT)}."
            notifications.append(_notification("unstable", said))
    is_whole = not notifications
    if left_out > 0:
        said = f"{left_out} results more did not fit here: the other reports have all of them."
        notifications.append({**_notification("left-out", said), "level": "warning"})
    incomplete = report.verdict is not None and report.verdict.verdict == "incomplete"
    invocation: dict[str, Any] = {
        "executionSuccessful": is_whole and not incomplete,
        "toolExecutionNotifications": notifications,
    }
    if report.made_at is not None:
        invocation["endTimeUtc"] = report.made_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return invocation


def _notification(code: str, text: str) -> dict[str, Any]:
    return {"level": "error", "descriptor": {"id": code}, "message": {"text": text}}


def _level(barrier: Judged) -> str:
    if barrier.impact is None:
        return "error" if barrier.breaks else "warning"
    return _LEVELS.get(barrier.impact, "warning")


def _uri(file: str) -> str:
    """The file as a relative reference (RFC 3986, section 4.2): no part of it reads as a scheme."""
    reference = quote(file, safe="/!$&'()*+,;=@~", errors="replace")
    return reference.lstrip("/") or "."
