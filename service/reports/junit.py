"""JUnit XML: a suite for each page, a test case for each rule on it.

`failure` breaks the gate, `error` could not be decided, `skipped` is suppressed. What fails and
does not break the gate passes, and says so in `system-out`.
"""

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from service.barriers.gate.values import NotExamined
from service.reports.entries import Entry, OnPage, entries_of, not_examined_of, on_pages
from service.reports.places import file_of
from service.reports.report import Report
from service.reports.text import one_line, readable, size

EXAMINED = "the page was examined in full"
_MET_BY_PEOPLE = "what people met"
_MOST_ELEMENTS = 20
_MOST_TEXT = 500
# The worst of what one rule has on a page is what its test case says.
_KINDS = ("failure", "error", "skipped", "system-out")


@dataclass(kw_only=True)
class _Suite:
    """One page in one viewport and state, while it is collected.

    `is_asked` tells a page of this scan from one that is known from the baseline alone.
    """

    file: str
    is_asked: bool = True
    time_s: float = 0.0
    passed: set[str] = field(default_factory=set)
    told: dict[str, list[OnPage | Entry]] = field(default_factory=dict)
    not_examined: NotExamined | None = None


def render(report: Report) -> str:
    """The document with its declaration, indented, with a newline at the end."""
    root = ET.Element("testsuites", {"name": "Luiska"})
    totals: Counter[str] = Counter()
    for name, suite in _collected(report).items():
        element = _suite(name, suite)
        totals.update({each: int(element.get(each, "0")) for each in _COUNTED})
        root.append(element)
    for each in ("tests", "failures", "errors"):
        root.set(each, str(totals[each]))
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


_COUNTED = ("tests", "failures", "errors", "skipped")


def _collected(report: Report) -> dict[str, _Suite]:
    """The suites by name, in the order of the scan; pages that the scan lost come after them."""
    suites: dict[str, _Suite] = {}
    for page in report.scan.pages:
        suite = suites.setdefault(
            _name(page.url, page.viewport, page.page_state),
            _Suite(file=file_of(page.url, report.files)),
        )
        suite.time_s += page.timings_ms.get("total", 0) / 1000
        suite.passed |= page.completed
    for lost in not_examined_of(report):
        name = _name(lost.url, lost.viewport, lost.page_state)
        suite = suites.setdefault(name, _Suite(file=file_of(lost.url, report.files)))
        suite.not_examined = lost
    for entry in entries_of(report):
        if entry.standing not in {"fixed", "advisory"}:
            _collect(report, entry, suites)
    return suites


def _collect(report: Report, entry: Entry, suites: dict[str, _Suite]) -> None:
    rule = entry.rule
    if not entry.barrier.instances:
        suite = suites.setdefault(
            _MET_BY_PEOPLE, _Suite(file=file_of("", report.files), is_asked=False)
        )
        title = one_line(entry.barrier.title, _MOST_TEXT)
        suite.told.setdefault(f"{title} ({entry.barrier.fingerprint})", []).append(entry)
    for page in on_pages(entry):
        by_view: dict[str, list[int]] = {}
        for index, each in enumerate(page.instances):
            name = _name(each.url, each.viewport, each.page_state)
            by_view.setdefault(name, []).append(index)
        for name, indexes in by_view.items():
            suite = suites.setdefault(
                name, _Suite(file=file_of(page.url, report.files), is_asked=False)
            )
            here = OnPage(entry=entry, instances=tuple(page.instances[at] for at in indexes))
            suite.told.setdefault(rule, []).append(here)


def _suite(name: str, suite: _Suite) -> ET.Element:
    element = ET.Element("testsuite", {"name": readable(name)})
    if suite.is_asked:
        case = _case(element, name, EXAMINED)
        case.set("time", f"{suite.time_s:.3f}")
        if suite.not_examined is not None:
            lost = suite.not_examined
            _say(case, "error", lost.error, f"{lost.error}: {lost.detail}")
    for rule in sorted(suite.passed - suite.told.keys()):
        _case(element, name, rule)
    for rule, told in sorted(suite.told.items()):
        case = _case(element, name, rule)
        kind = min((_kind(each) for each in told), key=_KINDS.index)
        said = [each for each in told if _kind(each) == kind]
        _say(case, kind, one_line(_entry(said[0]).barrier.title, _MOST_TEXT), _lines(said))
    # The schema wants no `skipped` of the root, and the numbers of every suite.
    numbers = {
        "tests": len(element),
        "failures": len(element.findall("testcase/failure")),
        "errors": len(element.findall("testcase/error")),
        "skipped": len(element.findall("testcase/skipped")),
    }
    for each, number in numbers.items():
        element.set(each, str(number))
    element.set("time", f"{suite.time_s:.3f}")
    element.set("file", readable(suite.file))
    return element


def _case(suite: ET.Element, page: str, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", {"classname": readable(page), "name": readable(name)})


def _say(case: ET.Element, kind: str, message: str, text: str) -> None:
    told = ET.SubElement(case, kind)
    if kind != "system-out":
        told.set("message", readable(message))
    told.text = readable(text)


def _entry(told: OnPage | Entry) -> Entry:
    return told if isinstance(told, Entry) else told.entry


def _kind(told: OnPage | Entry) -> str:
    entry = _entry(told)
    if entry.barrier.breaks:
        return "failure"
    return {"unstable": "error", "suppressed": "skipped"}.get(entry.standing, "system-out")


def _lines(told: Iterable[OnPage | Entry]) -> str:
    lines: list[str] = []
    for each in told:
        barrier = _entry(each).barrier
        lines.append(f"{_STANDINGS[_entry(each).standing]}: {one_line(barrier.title, _MOST_TEXT)}")
        lines += [f"  {one_line(reason, _MOST_TEXT)}" for reason in barrier.because]
        if barrier.suppressed:
            suppressed = barrier.suppressed
            lines.append(
                f"  until {suppressed.expires.isoformat()}, {suppressed.owner}: {suppressed.reason}"
            )
        if isinstance(each, OnPage):
            elements = each.elements
            lines += [f"  {one_line(one.selector, 200)}" for one in elements[:_MOST_ELEMENTS]]
            if len(elements) > _MOST_ELEMENTS:
                lines.append(f"  and {len(elements) - _MOST_ELEMENTS} elements more")
        if barrier.help_url:
            lines.append(f"  How to fix it: {barrier.help_url}")
    return "\n".join(lines)


_STANDINGS = {
    "new": "New",
    "existing": "Known from before",
    "failed": "Failed",
    "unstable": "Undecided, the visits do not agree",
    "needs_review": "To be reviewed by a person",
    "suppressed": "Suppressed",
}


def _name(url: str, viewport: tuple[int, int], page_state: str) -> str:
    return f"{url} at {size(viewport)}" + (f", {page_state}" if page_state else "")
