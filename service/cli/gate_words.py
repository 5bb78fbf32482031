"""A verdict in a few lines, for whoever reads the log of a CI job."""

import json
from dataclasses import asdict

from service.barriers.gate.values import Verdict
from service.reports import FORMATS
from service.scans import ScanDocument

_MOST_LINES = 20
_WORDS = {"pass": "passed", "fail": "failed", "incomplete": "incomplete"}


def verdict_lines(verdict: Verdict) -> list[str]:
    """The word first, then the counts, then why, then what else is to be known."""
    reasons = list(verdict.reasons[:_MOST_LINES])
    more = len(verdict.reasons) - len(reasons)
    flakes = verdict.flakes
    return [
        f"Gate: {_WORDS[verdict.verdict]}. Barriers: {len(verdict.new)} new, "
        f"{len(verdict.existing)} known, {len(verdict.fixed)} fixed, "
        f"{len(verdict.needs_review)} to review, {len(verdict.suppressed)} suppressed, "
        f"{len(verdict.unstable)} unstable.",
        *(f"  {reason}" for reason in reasons),
        *([f"  and {more} more; the report has all."] if more else []),
        *(
            [
                f"Visited again: {flakes.visited_again} pages, {flakes.differed} differed "
                f"({flakes.rate:.0%}), {flakes.undecided} stay undecided."
            ]
            if flakes.visited_again
            else []
        ),
        *verdict.remarks,
    ]


def rendered(name: str, document: ScanDocument, verdict: Verdict) -> str:
    """The report of this format."""
    scan = json.loads(FORMATS[name](document))
    return json.dumps({**asdict(verdict), **scan}, ensure_ascii=False, indent=2, default=str) + "\n"
