"""What a picture shows, apart from how it is drawn.

Nothing is told by colour alone: each cell and mark has a sign, the whole has a description that
tells the finding, and a table holds everything that is drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Table:
    """The same as the picture, in rows; the first cell of each heads it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A sign in white on `colour`, or in ink on nothing where there is no colour."""

    sign: str
    colour: str | None = None
    meaning: str = ""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What every picture has: its title, its finding in words, its table."""

    title: str
    description: str
    nothing: str
    table: Table


@dataclass(frozen=True, kw_only=True)
class Grid(Told):
    """Marks at the crossings of rows and columns."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[int, int], Mark]
    legend: tuple[Mark, ...]


@dataclass(frozen=True, kw_only=True)
class Whisker:
    """A value with its interval; `beside` is written at its right."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    beside: str


@dataclass(frozen=True, kw_only=True)
class Whiskers(Told):
    """Dots with whiskers on a scale from 0 to `high`."""

    rows: tuple[Whisker, ...]
    high: float
    unit: str


@dataclass(frozen=True, kw_only=True)
class Span:
    """Something that lasted, in minutes from the start."""

    start: float
    end: float
    mark: Mark
    label: str


@dataclass(frozen=True, kw_only=True)
class Timeline(Told):
    """Spans at the top; below it a row for each kind of mark."""

    spans: tuple[Span, ...]
    rows: tuple[tuple[Mark, tuple[float, ...]], ...]
    end: float
    unit: str


Picture = Grid | Whiskers | Timeline
