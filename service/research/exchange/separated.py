"""CSV: which separator it has is told apart from the text, and told to the reader."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

from service.research.doubts import Doubt
from service.research.exchange.columns import (
    Columns,
    Row,
    RowReader,
    columns_left_out,
    known_count,
    require_columns,
)
from service.research.exchange.encodings import Decoded, decode
from service.research.exchange.taguette import is_codebook, is_highlights, taguette_of
from service.research.exchange.values import Choices, Imported, Taken, Unreadable

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
_NAMED = {name: sign for sign, name in SEPARATORS.items()} | {"\\t": "\t"}
_TOLD_FIRST = re.compile(r"sep=(.)\s*(?:\r\n|\r|\n)")
_LOOKED_AT = 200
_LONGEST_CELL = 131_072
# A spreadsheet's guard against formulas, as our own exports write it too.
_GUARDED = re.compile(r"'(?=[=+\-@\t\r\n＝＋－＠])")


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A text cut into rows by one separator, and why it was that one."""

    rows: tuple[Row, ...]
    separator: str
    because: str
    doubts: tuple[Doubt, ...] = ()


def read_csv(content: bytes, choices: Choices) -> Imported:
    """The rows of a CSV file; highlights of Taguette are recognised by their header."""
    decoded = decode(content, choices.encoding)
    found = cut(decoded, choices.separator)
    header, rows = found.rows[0], found.rows[1:]
    if is_codebook(header.cells):
        raise Unreadable(
            "This is a codebook, not notes: it names tags and says nothing of a session.", line=1
        )
    doubts = [*decoded.doubts, *found.doubts]
    if choices.format == "taguette" or is_highlights(header.cells):
        return taguette_of(header, rows, choices, _taken(decoded, found), doubts)
    columns = require_columns(header)
    spoken = columns.tells_who_spoke if choices.spoken is None else choices.spoken
    reader = RowReader(columns=columns, spoken=spoken)
    items = reader.items(rows)
    if not items:
        raise Unreadable("There is no row with words below the header.", line=header.line)
    taken = _taken(decoded, found, why_spoken(columns, choices), spoken=spoken)
    doubts += [*columns_left_out(columns, header.line), *reader.doubts]
    return Imported(taken=taken, items=tuple(items), doubts=tuple(doubts))


def why_spoken(columns: Columns, choices: Choices) -> str:
    """Why the texts of a table are taken for spoken words, or for notes."""
    if choices.spoken is not None:
        return "Whether the words are somebody's own was said with ?spoken=."
    if columns.tells_who_spoke:
        return (
            "It has speakers and no codes, so the texts are the speakers' own words; say "
            "?spoken=false if they are notes."
        )
    return "The texts are notes; say ?spoken=true if they are the speakers' own words."


def _taken(decoded: Decoded, found: Cut, *because: str, spoken: bool = False) -> Taken:
    return Taken(
        format="csv",
        encoding=decoded.encoding,
        separator=SEPARATORS.get(found.separator, found.separator),
        spoken=spoken,
        because=(decoded.because, found.because, *because),
    )


def cut(decoded: Decoded, asked: str | None) -> Cut:
    """The rows of a CSV text, by the separator `asked` or the likeliest. Raises `Unreadable`."""
    text, first = decoded.text, 1
    if told := _TOLD_FIRST.match(text):
        text, first = text[told.end() :], 2
        if asked is None:
            return _only(text, told.group(1), first, "The first line says sep=.")
    if asked is not None:
        separator = _NAMED.get(asked.lower(), asked)
        if len(separator) != 1 or separator in '"\r\n':
            known = ", ".join(_NAMED)
            raise Unreadable(
                f"A separator is one character, or one of: {known}.", pointer="/query/separator"
            )
        return _only(text, separator, first, "The separator was asked for.")
    return _told_apart(text, first)


def _only(text: str, separator: str, first: int, because: str) -> Cut:
    rows = _rows(text, separator, first)
    if not rows:
        raise Unreadable("The file is empty.", line=first)
    return Cut(rows=tuple(rows), separator=separator, because=because)


def _told_apart(text: str, first: int) -> Cut:
    """By the known names in the header, then by how alike the rows are."""
    cuts = {sign: _rows(text, sign, first, at_most=_LOOKED_AT) for sign in SEPARATORS}
    if not any(cuts.values()):
        raise Unreadable("The file is empty.", line=first)
    scores = {sign: _score(rows) for sign, rows in cuts.items()}
    best = max(scores, key=lambda sign: scores[sign])
    known, width, alike = scores[best]
    rivals = [
        SEPARATORS[sign]
        for sign, score in scores.items()
        if sign != best and known and score[0] == known and min(score[1], width) > 1
    ]
    name = SEPARATORS[best]
    if width < 2:
        because = "No comma, semicolon or tab parts the header, so there is one column."
    else:
        share = round(alike * 100)
        because = f"Cut at each {name}: {known} known columns, {share} % of the rows have {width}."
    doubts: tuple[Doubt, ...] = ()
    if rivals:
        detail = f"It could as well be cut at each {rivals[0]}; say ?separator= if it should be."
        doubts = (Doubt(line=first, code="separator-unclear", detail=detail),)
    rows = tuple(_rows(text, best, first))
    return Cut(rows=rows, separator=best, because=because, doubts=doubts)


def _score(rows: list[Row]) -> tuple[int, int, float]:
    """How many columns of the header are known, how many there are, how many rows have as many."""
    if not rows:
        return 0, 0, 0.0
    width = len(rows[0].cells)
    widths = Counter(len(row.cells) for row in rows)
    alike = widths[width] / len(rows)
    known = known_count(rows[0].cells)
    if is_highlights(rows[0].cells) or is_codebook(rows[0].cells):
        known = width
    return known, width if alike >= 0.5 or known else 1, alike


def _rows(text: str, separator: str, first: int, at_most: int | None = None) -> list[Row]:
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(iter(lines), delimiter=separator, strict=True)
    rows: list[Row] = []
    begin = 0
    try:
        for cells in reader:
            raw = "".join(lines[begin : reader.line_num])
            if any(cell.strip() for cell in cells):
                clean = tuple(_GUARDED.sub("", cell) for cell in cells)
                rows.append(Row(line=first + begin, cells=clean, raw=raw))
            begin = reader.line_num
            if at_most is not None and len(rows) >= at_most:
                break
    except csv.Error as error:
        if at_most is not None:
            return rows
        raise Unreadable(_csv_problem(error), line=first + begin) from error
    return rows


def _csv_problem(error: csv.Error) -> str:
    if "field larger" in str(error):
        return f"A cell is longer than {_LONGEST_CELL} characters; is a quotation mark left open?"
    if "unexpected end" in str(error):
        return "A quotation mark is opened here and never closed. Close it, or double it inside."
    return (
        "A quotation mark closes a cell and more words follow. Double the marks inside of cells, "
        "or say another ?separator=."
    )
