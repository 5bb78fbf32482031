"""The bar of a scan on a terminal: how far, how fast, how long yet, how many errors."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from service.cli.progress import ScanProgress, per_minute

_BAR_WIDTH = 16
_DRAWN_PER_S = 4


class RateColumn(ProgressColumn):
    """Pages per minute, over the last half minute."""

    def render(self, task: Task) -> Text:
        if task.speed is None:
            return Text("– pages/min")
        return Text(f"{per_minute(1, 1 / task.speed) if task.speed else 0:.0f} pages/min")


class LeftColumn(ProgressColumn):
    """How long it takes yet, at that rate and for the pages known by now."""

    def render(self, task: Task) -> Text:
        left_s = task.time_remaining
        return Text("– left" if left_s is None else f"{spoken(int(left_s))} left")


def spoken(seconds: int) -> str:
    """`45 s`, `12 min`, `3 h 5 min`: as exact as an estimate can be."""
    if seconds < 60:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


class Bar:
    """A `ScanProgress` that moves a bar."""

    def __init__(self, drawn: Progress, total: int) -> None:
        self._drawn = drawn
        self._lock = threading.Lock()
        self._total = total
        self._ended = 0
        self._errors = 0
        self._task = drawn.add_task("Starting", total=total, errors="no errors")

    def planned(self, total: int) -> None:
        with self._lock:
            self._total = total
            self._draw()

    def page_ended(self, _url: str, error: str | None, _partial: bool) -> None:
        with self._lock:
            self._ended += 1
            self._errors += error is not None
            self._draw()

    def _draw(self) -> None:
        is_done = self._ended >= self._total
        state = "Reporting" if is_done else "Examining" if self._ended else "Starting"
        errors = f"{self._errors} {'error' if self._errors == 1 else 'errors'}"
        self._drawn.update(
            self._task,
            description=state,
            completed=self._ended,
            total=max(self._total, self._ended),
            errors=errors if self._errors else "no errors",
        )


@contextmanager
def bar(total: int) -> Iterator[ScanProgress]:
    """A bar on stderr that is gone when the block ends."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=_BAR_WIDTH),
        MofNCompleteColumn(),
        RateColumn(),
        LeftColumn(),
        TextColumn("{task.fields[errors]}"),
        console=Console(stderr=True),
        transient=True,
        refresh_per_second=_DRAWN_PER_S,
    ) as drawn:
        yield Bar(drawn, total)
