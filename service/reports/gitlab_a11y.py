"""GitLab's accessibility report: what pa11y-ci writes, an error for each element of a failure.

What the visits of a page do not agree on is an error as well: the page did not pass."""

import json
from typing import Any

from service.barriers.gate.values import Instance, NotExamined
from service.reports.codequality import NOT_EXAMINED
from service.reports.entries import Entry, entries_of, not_examined_of
from service.reports.report import Report
from service.reports.text import encodable


def render(report: Report) -> str:
    """`{"total", "passes", "errors", "results": {URL: […]}}`; a page passes with an empty list.

    A page has each element once, whatever the viewports and states. One that was not examined has
    that as its error.
    """
    results: dict[str, dict[str, dict[str, Any]]] = {page.url: {} for page in report.scan.pages}
    for lost in not_examined_of(report):
        results.setdefault(lost.url, {})[NOT_EXAMINED] = _lost(lost)
    for entry in entries_of(report):
        if entry.is_failure or entry.is_undecided:
            for each in entry.barrier.instances:
                found = results.setdefault(each.url, {})
                found.setdefault(
                    f"{entry.barrier.fingerprint} {each.instance_key}", _error(entry, each)
                )
            if not entry.barrier.instances and results:
                # It is on no page that is known; the first one is where it is seen.
                first = next(iter(results.values()))
                first[entry.barrier.fingerprint] = _error(entry, None)
    content = {
        "total": len(results),
        "passes": sum(not found for found in results.values()),
        "errors": sum(len(found) for found in results.values()),
        "results": {url: list(found.values()) for url, found in results.items()},
    }
    return encodable(json.dumps(content, ensure_ascii=False, indent=2)) + "\n"


def _error(entry: Entry, instance: Instance | None) -> dict[str, Any]:
    barrier = entry.barrier
    return {
        "code": entry.rule,
        "context": instance.html if instance else "",
        "message": f"{entry.title} ({barrier.help_url})" if barrier.help_url else entry.title,
        "selector": instance.selector if instance else "",
        "type": "error",
        "typeCode": 1,
        "runner": "luiska",
        "runnerExtras": {
            "description": instance.message if instance else "People met this.",
            "impact": barrier.impact,
            "help": barrier.title,
            "helpUrl": barrier.help_url,
        },
    }


def _lost(page: NotExamined) -> dict[str, Any]:
    detail = f": {page.detail}" if page.detail else ""
    return {
        "code": NOT_EXAMINED,
        "context": "",
        "message": f"The page was not examined ({page.error}{detail})",
        "selector": "",
        "type": "error",
        "typeCode": 1,
        "runner": "luiska",
        "runnerExtras": {},
    }
