"""Pictures: the same bytes each time, fit for those who do not see them, whatever is in them."""

import re
from xml.etree import ElementTree

import pytest

from service.reports.pictures import drawing
from service.reports.pictures.of_session import timeline
from service.reports.pictures.values import Grid, Mark, Table, Timeline, Whisker, Whiskers
from service.reports.pictures.words import code_marks, outcome_marks, severity_marks
from service.research.tables import Attempt, Reading

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert('x')</script> $x_{1}$ ä\u0000ö & \"å\" 漢 " + "pitkä otsikko " * 20
EMPTY = Table(columns=(), rows=())
TOLD = {"title": "Otsikko", "description": "Löydös.", "nothing": "Nothing here.", "table": EMPTY}


def grid(rows, columns, cells, **more):
    return Grid(
        **{**TOLD, **more},
        rows=rows,
        columns=columns,
        cells=cells,
        legend=tuple(severity_marks("en").values()),
    )


def large(rows, columns):
    marks = list(severity_marks("en").values())
    cells = {(r, c): marks[(r + c) % len(marks)] for r in range(rows) for c in range(columns)}
    names = tuple(f"{HOSTILE} {n}" for n in range(columns))
    return grid(names[:rows], names, cells, title=HOSTILE, description=HOSTILE)


def whiskers(*rows):
    return Whiskers(**TOLD, rows=rows, high=100, unit="%")


PICTURES = {
    "one": grid(("#haku",), ("P1",), {(0, 0): severity_marks("en")[4]}),
    "sixty": large(4, 60),
    "empty grid": grid((), (), {}),
    "intervals": whiskers(
        Whisker(label=HOSTILE, value=90.0, low=57.4, high=100.0, beside="9/10"),
        Whisker(label="T2", value=None, low=None, high=None, beside="–"),
    ),
    "no intervals": whiskers(),
    "no time": Timeline(**TOLD, spans=(), rows=(), end=1.0, unit="min"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_the_same_each_time_and_can_be_read_out(name):
    picture = PICTURES[name]
    text = drawing.svg(picture)
    assert text == drawing.svg(picture)
    root = ElementTree.fromstring(text.encode())
    assert root.get("role") == "img"
    told = {child.get("id"): child.text for child in root if child.get("id") in ("title", "desc")}
    assert list(told) == ["title", "desc"] == root.get("aria-labelledby").split()
    assert told["desc"] == picture.description.replace("\0", "�")
    assert [each.tag for each in root.iter() if "script" in each.tag] == []
    assert "<metadata" not in text
    image = drawing.png(picture)
    assert image == drawing.png(picture)
    assert image.startswith(b"\x89PNG")


def test_nothing_to_show_is_said():
    words = [each.text for each in ElementTree.fromstring(drawing.svg(grid((), (), {}))).iter()]
    assert "Nothing here." in words


def test_words_in_an_svg_are_words_and_each_cell_has_its_sign():
    root = ElementTree.fromstring(drawing.svg(PICTURES["one"]))
    words = [each.text for each in root.iter(f"{SVG}text")]
    assert {"Otsikko", "#haku", "P1", "4", "Catastrophe"} <= set(words)


def contrast(one, other):
    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_signs_and_words_can_be_told_from_what_is_behind_them():
    marks = [*severity_marks("en").values(), *outcome_marks("en").values()]
    low = [m for m in marks if m.colour and contrast(m.colour, drawing.WHITE) < 4.5]
    assert low == []
    assert min(contrast(each, drawing.WHITE) for each in (drawing.INK, drawing.SOFT)) >= 4.5
    assert min(contrast(each, drawing.WHITE) for each in (drawing.LINE, drawing.BAR)) >= 3


@pytest.mark.parametrize("marks", [severity_marks, outcome_marks, code_marks])
@pytest.mark.parametrize("language", ["en", "fi", "sv"])
def test_no_two_marks_look_alike(marks, language):
    known: list[Mark] = list(marks(language).values())
    assert len({mark.sign for mark in known}) == len(known)
    assert len({mark.meaning for mark in known}) == len(known)


def test_a_timeline_tells_what_was_tried_and_noted_when():
    more = {"session_id": "s", "participant_id": "p", "created_at": None}
    attempts = [
        Attempt(
            task_id="t", outcome="failed", started_offset_ms=60_000, ended_offset_ms=180_000, **more
        ),
        Attempt(task_id="t", outcome=None, started_offset_ms=200_000, **more),
        Attempt(task_id="t", outcome="not_run", **more),
    ]
    noted = [
        Reading(code="problem", offset_ms=90_000, text="x"),
        Reading(code="problem", offset_ms=240_000, text="x"),
        Reading(code="comment", offset_ms=None, text="x"),
    ]
    told = timeline("S-1", attempts, noted, {"t": 2}, "en")
    assert [(s.label, s.start, s.mark.sign) for s in told.spans] == [
        ("T2", 1.0, "F"),
        ("T2", pytest.approx(10 / 3), "…"),
    ]
    assert [(mark.sign, moments) for mark, moments in told.rows] == [("X", (1.5, 4.0))]
    assert told.end == 4.0
    assert told.table.rows[0] == ("1.0", "T2", "Failed the task")
    assert re.search(r"T2: Failed the task, 2\.0 min\.", told.description)
    assert "S-1" in drawing.svg(told)
