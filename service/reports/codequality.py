"""GitLab's Code Quality report: an issue for each barrier that fails, on each of its pages.

Pages that were not examined, and barriers that the visits do not agree on, are issues as well:
nothing in this format says otherwise that something is missing.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from service.reports.entries import Entry, OnPage, entries_of, not_examined_of
from service.reports.places import LINE, file_of, placed, sentence_of
from service.reports.report import Report
from service.reports.text import encodable, one_line, size

NOT_EXAMINED = "page-not-examined"
_SEVERITIES = {"critical": "critical", "serious": "major", "moderate": "minor", "minor": "info"}
_MOST_TEXT = 500


def render(report: Report) -> str:
    """A JSON array of issues, each with a fingerprint of its own."""
    issues = [*_not_examined(report), *_barriers(report)]
    return encodable(json.dumps(issues, ensure_ascii=False, indent=2)) + "\n"


def _not_examined(report: Report) -> Iterator[dict[str, Any]]:
    for page in not_examined_of(report):
        identity = f"{page.url} {page.viewport} {page.page_state}".encode("utf-8", "replace")
        yield _issue(
            f"Not examined ({page.error}): {page.url} at {size(page.viewport)}"
            + (f", {page.page_state}" if page.page_state else ""),
            NOT_EXAMINED,
            hashlib.sha256(identity).hexdigest()[:32],
            "blocker",
            file_of(page.url, report.files),
        )


def _barriers(report: Report) -> Iterator[dict[str, Any]]:
    entries = [each for each in entries_of(report) if each.is_failure or each.is_undecided]
    for entry, pages in placed(entries):
        yield from _issues(report, entry, pages)


def _issues(
    report: Report, entry: Entry, pages: Sequence[tuple[OnPage, str]]
) -> Iterator[dict[str, Any]]:
    barrier = entry.barrier
    severity = _SEVERITIES.get(barrier.impact or "", "major")
    for page, identity in pages:
        yield _issue(
            sentence_of(page),
            entry.rule,
            identity,
            severity,
            file_of(page.url, report.files),
        )
    if not barrier.instances:
        first = next(iter(report.scan.pages), None)
        yield _issue(
            f"{barrier.title} (people met this; no element is known)",
            entry.rule,
            barrier.fingerprint,
            severity,
            file_of(first.url if first else "", report.files),
        )


def _issue(
    description: str, check_name: str, fingerprint: str, severity: str, path: str
) -> dict[str, Any]:
    return {
        "description": one_line(description, _MOST_TEXT),
        "check_name": check_name,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": path, "lines": {"begin": LINE}},
    }
