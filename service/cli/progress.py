"""How a scan is followed on stderr: a bar on a terminal, a line for each page elsewhere."""

import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from service.cli.words import say
from service.scans import PageDocument, ScanDocument

_MOST_HOSTS = 3
_WORST_FIRST = ("critical", "serious", "moderate", "minor", "none")


class ScanProgress(Protocol):
    """Told of a scan as it goes on, from any thread."""

    def planned(self, total: int) -> None:
        """So many visits are asked for by now; more may be found on the way."""

    def page_ended(self, url: str, error: str | None, partial: bool) -> None:
        """One visit ended: examined (maybe in part), or with this error's code."""


class Lines:
    """`3/12 https://… examined`, for logs and pipes."""

    def __init__(self, total: int) -> None:
        self._lock = threading.Lock()
        self._total = total
        self._ended = 0

    def planned(self, total: int) -> None:
        with self._lock:
            self._total = total

    def page_ended(self, url: str, error: str | None, partial: bool) -> None:
        state = error or ("examined in part" if partial else "examined")
        with self._lock:
            self._ended += 1
            say(f"{self._ended}/{max(self._total, self._ended)} {url} {state}")


def following(total: int) -> AbstractContextManager[ScanProgress]:
    """What to tell of a scan of `total` visits; it is shown until the block ends."""
    if not sys.stderr.isatty():
        return _lines(total)
    # A pipe never needs what draws the bar.
    from service.cli.progress_bar import bar

    return bar(total)


@contextmanager
def _lines(total: int) -> Iterator[ScanProgress]:
    yield Lines(total)


def summary_lines(document: ScanDocument, took_s: float) -> list[str]:
    """What a scan came to: pages, findings and time, a line each."""
    pages = document.pages
    examined = sum(page.state == "examined" for page in pages)
    in_part = sum(page.state == "examined" and page.partial for page in pages)
    errors = Counter(page.error for page in pages if page.error is not None)
    failed = ", ".join(f"{code} {number}" for code, number in sorted(errors.items()))
    impacts = document.count_by_impact("failed")
    split = ", ".join(f"{name} {impacts[name]}" for name in _WORST_FIRST if name in impacts)
    left_out = ", ".join(f"{why} {number}" for why, number in sorted(document.left_out.items()))
    return [
        f"Pages: {examined} of {len(pages)} examined"
        + (f", {in_part} of them in part" if in_part else "")
        + (f"; {errors.total()} failed ({failed})." if errors else "."),
        f"Findings: {document.count('failed')} failed"
        + (f" ({split})" if split else "")
        + f", {document.count('cantTell')} to review.",
        *document.notices,
        *([f"Left out: {left_out}."] if left_out else []),
        *_refused(pages),
        f"Time: {took_s:.1f} s, {per_minute(len(pages), took_s):.1f} pages per minute.",
    ]


def _refused(pages: Sequence[PageDocument]) -> list[str]:
    """What the guard kept from examined pages, which may look otherwise without it."""
    hosts = Counter(
        host
        for page in pages
        if page.state == "examined"
        for host in sorted({f"{each.host}:{each.port}" for each in page.refused})
    )
    if not hosts:
        return []
    named = ", ".join(
        f"{host} ({number} page{'' if number == 1 else 's'})"
        for host, number in hosts.most_common(_MOST_HOSTS)
    )
    more = len(hosts) - _MOST_HOSTS
    return [f"Refused by the guard: {named}" + (f" and {more} more." if more > 0 else ".")]


def per_minute(pages: int, took_s: float) -> float:
    return pages / took_s * 60 if took_s else 0.0
