"""Pictures as SVG and PNG, drawn by Matplotlib on a white card; the same value, the same bytes."""

import io
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from service.reports.pictures.values import Grid, Mark, Picture, Timeline, Whiskers
from service.reports.text import one_line, readable

# Ids in the SVG are made of this instead of chance; words in strangers' texts are no formulas.
mpl.rcParams.update(
    {
        "svg.fonttype": "none",
        "svg.hashsalt": "luiska",
        "text.parse_math": False,
        "font.family": ["DejaVu Sans"],
    }
)
INK, SOFT, LINE, WHITE, BAR = "#16202a", "#46535f", "#76828d", "#ffffff", "#0b57a4"
_CELL, _LABEL, _TOP, _CHARACTER = 0.34, 4.2, 0.5, 0.095
_LONGEST = 48
_LINE_OF_LEGEND = 0.26
_DPI = 144
# Matplotlib keeps caches of fonts that threads share.
_one_at_a_time = threading.Lock()


def svg(picture: Picture) -> str:
    """The picture as SVG, with its title and description for those who do not see it."""
    with _drawn(picture) as figure:
        content = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(content, format="svg", metadata=nothing)
    text = content.getvalue()
    start = text.index("<svg")
    end = text.index(">", start)
    told = (
        f'{text[start:end]} role="img" aria-labelledby="title desc">'
        f'<title id="title">{escape(readable(picture.title))}</title>'
        f'<desc id="desc">{escape(readable(picture.description))}</desc>'
    )
    return told + text[end + 1 :]


def png(picture: Picture) -> bytes:
    """The picture as PNG, with title and description as its texts."""
    with _drawn(picture) as figure:
        content = io.BytesIO()
        told = {
            "Software": None,
            "Title": readable(picture.title),
            "Description": readable(picture.description),
        }
        figure.savefig(content, format="png", dpi=_DPI, metadata=told)
    return content.getvalue()


@contextmanager
def _drawn(picture: Picture) -> Iterator[Figure]:
    with _one_at_a_time, warnings.catch_warnings():
        # A sign that the font lacks is a box in the PNG; in the SVG the reader's own font has it.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        if isinstance(picture, Grid):
            figure = _nothing(picture) if not picture.cells else _grid(picture)
        elif isinstance(picture, Whiskers):
            figure = _nothing(picture) if not picture.rows else _whiskers(picture)
        else:
            is_empty = not picture.spans and not picture.rows
            figure = _nothing(picture) if is_empty else _timeline(picture)
        yield figure


def _card(width: float, height: float, title: str) -> tuple[Figure, Axes]:
    """A white card whose coordinates are inches from its upper left corner."""
    figure = Figure(figsize=(width, height), facecolor=WHITE)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    most = max(20, int((width - 0.3) / 0.125))
    axes.text(0.15, 0.25, _short(title, most), fontsize=12, weight="bold", color=INK, va="center")
    return figure, axes


def _nothing(picture: Picture) -> Figure:
    figure, axes = _card(7, 1.2, picture.title)
    axes.text(0.15, 0.75, _short(picture.nothing, 80), fontsize=10, color=INK, va="center")
    return figure


def _grid(grid: Grid) -> Figure:
    heads = max(len(_short(each)) for each in grid.columns) * _CHARACTER + 0.2
    top = _TOP + heads
    width = max(7.0, _LABEL + len(grid.columns) * _CELL + 0.2)
    height = top + len(grid.rows) * _CELL + 0.3 + len(grid.legend) * _LINE_OF_LEGEND
    figure, axes = _card(width, height, grid.title)
    for column, name in enumerate(grid.columns):
        x = _LABEL + (column + 0.5) * _CELL
        axes.text(
            x,
            top - 0.06,
            _short(name),
            rotation=90,
            fontsize=9,
            color=INK,
            ha="center",
            va="bottom",
        )
    for row, name in enumerate(grid.rows):
        y = top + (row + 0.5) * _CELL
        axes.text(_LABEL - 0.1, y, _short(name), fontsize=9, color=INK, ha="right", va="center")
        for column in range(len(grid.columns)):
            x = _LABEL + column * _CELL
            _box(axes, x, y - _CELL / 2, _CELL, grid.cells.get((row, column)))
    _legend(axes, grid.legend, top + len(grid.rows) * _CELL + 0.3)
    return figure


def _box(axes: Axes, x: float, y: float, width: float, mark: Mark | None) -> None:
    colour = mark.colour if mark and mark.colour else WHITE
    box = Rectangle((x, y), width, _CELL, facecolor=colour, edgecolor=LINE, linewidth=0.6)
    axes.add_patch(box)
    if mark is not None:
        ink = WHITE if mark.colour else SOFT
        axes.text(
            x + width / 2,
            y + _CELL / 2,
            mark.sign,
            fontsize=9,
            weight="bold",
            color=ink,
            ha="center",
            va="center",
            clip_on=True,
        )


def _legend(axes: Axes, marks: tuple[Mark, ...], y: float) -> None:
    for line, mark in enumerate(marks):
        place = y + line * _LINE_OF_LEGEND
        colour = mark.colour or WHITE
        axes.add_patch(
            Rectangle(
                (0.15, place - 0.1), 0.3, 0.2, facecolor=colour, edgecolor=LINE, linewidth=0.6
            )
        )
        ink = WHITE if mark.colour else SOFT
        axes.text(
            0.3, place, mark.sign, fontsize=8, weight="bold", color=ink, ha="center", va="center"
        )
        axes.text(0.6, place, mark.meaning, fontsize=9, color=INK, va="center")


def _whiskers(picture: Whiskers) -> Figure:
    bottom = _TOP + 0.1 + len(picture.rows) * _CELL
    right = 9.0
    figure, axes = _card(right + 2.6, bottom + 0.5, picture.title)
    place = _scale(axes, picture.high, picture.unit, right, bottom)
    for row, each in enumerate(picture.rows):
        y = _TOP + 0.1 + (row + 0.5) * _CELL
        axes.text(
            _LABEL - 0.1, y, _short(each.label), fontsize=9, color=INK, ha="right", va="center"
        )
        axes.text(right + 0.15, y, each.beside, fontsize=9, color=INK, va="center")
        if each.low is not None and each.high is not None:
            low, high = place(each.low), place(each.high)
            axes.plot([low, high], [y, y], color=BAR, linewidth=2)
            for end in (low, high):
                axes.plot([end, end], [y - 0.07, y + 0.07], color=BAR, linewidth=2)
        if each.value is not None:
            axes.plot([place(each.value)], [y], "o", color=INK, markersize=7, clip_on=False)
    return figure


def _timeline(picture: Timeline) -> Figure:
    top = _TOP + 0.1
    bottom = top + (len(picture.rows) + 1) * _CELL + 0.1
    right = 13.0
    meanings = tuple({span.mark.sign: span.mark for span in picture.spans}.values())
    height = bottom + 0.75 + len(meanings) * _LINE_OF_LEGEND
    figure, axes = _card(right + 0.4, height, picture.title)
    place = _scale(axes, picture.end, picture.unit, right, bottom)
    for span in picture.spans:
        x = place(span.start)
        width = max(0.28, place(span.end) - x)
        _box(axes, x, top, width, span.mark)
        if width > len(span.label) * _CHARACTER + 0.5:
            axes.text(x + 0.06, top + _CELL / 2, span.label, fontsize=8, color=WHITE, va="center")
    for row, (mark, moments) in enumerate(picture.rows, start=1):
        y = top + (row + 0.5) * _CELL
        name = _short(f"{mark.sign} {mark.meaning}")
        axes.text(_LABEL - 0.1, y, name, fontsize=9, color=INK, ha="right", va="center")
        for moment in moments:
            axes.text(
                place(moment),
                y,
                mark.sign,
                fontsize=9,
                weight="bold",
                color=INK,
                ha="center",
                va="center",
            )
    _legend(axes, meanings, bottom + 0.7)
    return figure


def _scale(
    axes: Axes, high: float, unit: str, right: float, bottom: float
) -> Callable[[float], float]:
    """Draws a scale from 0 to `high` in four parts; answers where a value stands."""
    scale = (right - _LABEL) / (high or 1.0)
    for part in range(5):
        value = high * part / 4
        x = _LABEL + value * scale
        axes.plot([x, x], [_TOP, bottom], color=LINE, linewidth=0.6, zorder=0)
        axes.text(
            x, bottom + 0.15, f"{value:.3g} {unit}", fontsize=9, color=INK, ha="center", va="center"
        )
    return lambda value: _LABEL + value * scale


def _short(text: str, most: int = _LONGEST) -> str:
    return one_line(text, most)
