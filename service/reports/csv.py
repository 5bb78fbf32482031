"""The CSV report: a line for each instance of each barrier, for spreadsheets (RFC 4180)."""

import csv
import io
from collections.abc import Iterator

from service.reports.cells import cell
from service.reports.entries import Entry, entries_of, not_examined_of
from service.reports.report import Report
from service.reports.text import size

COLUMNS = (
    "standing", "breaks_gate", "rule", "title", "impact", "criteria", "page", "viewport",
    "page_state", "selector", "html", "message", "help", "people_met", "people_exposed",
    "suppressed_until", "suppressed_by", "suppressed_because", "fingerprint", "instance",
)  # fmt: skip
_BOM = "\ufeff"


def render(report: Report) -> str:
    """UTF-8 with a byte order mark, as spreadsheets want it; pages not examined come first."""
    written = io.StringIO()
    table = csv.DictWriter(written, COLUMNS, restval="")
    table.writeheader()
    for page in not_examined_of(report):
        table.writerow(
            _safe(
                standing="not_examined",
                page=page.url,
                viewport=size(page.viewport),
                page_state=page.page_state,
                message=f"{page.error}: {page.detail}" if page.detail else page.error,
            )
        )
    for entry in entries_of(report):
        for cells in _lines(entry):
            table.writerow(_safe(**cells))
    return _BOM + written.getvalue()


def _lines(entry: Entry) -> Iterator[dict[str, str]]:
    barrier = entry.barrier
    people, suppressed = barrier.people, barrier.suppressed
    shared = {
        "standing": entry.standing,
        "breaks_gate": _breaks(entry),
        "rule": barrier.rule or "",
        "title": barrier.title,
        "impact": barrier.impact or "",
        "criteria": " ".join(barrier.criteria),
        "help": barrier.help_url or "",
        "people_met": str(people.met) if people else "",
        "people_exposed": str(people.exposed) if people else "",
        "suppressed_until": suppressed.expires.isoformat() if suppressed else "",
        "suppressed_by": suppressed.owner if suppressed else "",
        "suppressed_because": suppressed.reason if suppressed else "",
        "fingerprint": barrier.fingerprint,
    }
    for each in barrier.instances:
        yield {
            **shared,
            "page": each.url,
            "viewport": size(each.viewport),
            "page_state": each.page_state,
            "selector": each.selector,
            "html": each.html,
            "message": each.message,
            "instance": each.instance_key,
        }
    if not barrier.instances:
        yield shared


def _breaks(entry: Entry) -> str:
    """Empty where no gate was asked."""
    if entry.standing == "failed":
        return ""
    return "yes" if entry.barrier.breaks else "no"


def _safe(**cells: str) -> dict[str, str]:
    """The cells as texts that no spreadsheet takes for a formula."""
    return {name: cell(text) for name, text in cells.items()}
