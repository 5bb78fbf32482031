"""Excel workbooks: one sheet of notes, its columns known by their header."""

import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException

from service.errors import TooLarge
from service.research.doubts import Doubt
from service.research.exchange.archives import opened, part_of
from service.research.exchange.choosing import chosen
from service.research.exchange.columns import Row, RowReader, columns_left_out, require_columns
from service.research.exchange.separated import why_spoken
from service.research.exchange.timestamps import written
from service.research.exchange.values import Choices, Imported, Taken, Unreadable

MAX_ROWS = 20_000
MAX_COLUMNS = 200
_LOOKED_AT = 1_000
_NAMED_AT_MOST = 20
_KIND = "Excel workbook"
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


def read_xlsx(content: bytes, choices: Choices) -> Imported:
    """The rows of the first sheet, or of the one that is named. Raises `Unreadable`, `TooLarge`."""
    # It loads NumPy where that is installed: nothing that the start of a scan should wait for.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    with opened(content, _KIND) as archive:
        has_formulas = _has_formulas(archive)
    try:
        with warnings.catch_warnings():
            # What openpyxl leaves aside (styles, validations) is nothing that is read here.
            warnings.simplefilter("ignore")
            workbook = load_workbook(BytesIO(content), read_only=True, data_only=True)
            names = list(workbook.sheetnames)
            name = chosen(names if choices.sheet else names[:1], choices.sheet, "sheet")
            doubts: list[Doubt] = []
            rows = list(_rows(workbook[name], doubts))
            if has_formulas:
                as_typed = load_workbook(BytesIO(content), read_only=True)
                _warn_of_formulas(workbook[name], as_typed[name], doubts)
    except (*_DAMAGED, InvalidFileException) as error:
        raise Unreadable(f"This is no {_KIND}, or it is damaged.") from error
    if not rows:
        raise Unreadable(f"The sheet {name} is empty.", pointer="/query/sheet")
    columns = require_columns(rows[0])
    spoken = columns.tells_who_spoke if choices.spoken is None else choices.spoken
    reader = RowReader(columns=columns, spoken=spoken)
    items = reader.items(rows[1:])
    if not items:
        raise Unreadable("There is no row with words below the header.", line=rows[0].line)
    because = "It is the sheet that was asked for." if choices.sheet else _first_sheet(names)
    return Imported(
        taken=Taken(
            format="xlsx", part=name, spoken=spoken, because=(because, why_spoken(columns, choices))
        ),
        items=tuple(items),
        doubts=(*columns_left_out(columns, rows[0].line), *doubts, *reader.doubts),
    )


# What openpyxl raises on a broken file is whatever its parts raise.
_DAMAGED = (
    ParseError, DefusedXmlException, zipfile.BadZipFile, zlib.error,
    struct.error, LookupError, ValueError, TypeError, AttributeError, EOFError, OSError,
    RuntimeError, ArithmeticError, AssertionError,
)  # fmt: skip


def _first_sheet(names: list[str]) -> str:
    if len(names) == 1:
        return "It is the only sheet."
    return f"It is the first of {len(names)} sheets; say ?sheet= for another."


def _has_formulas(archive: zipfile.ZipFile) -> bool:
    """Most workbooks of notes have none, and need not be read twice."""
    return any(
        _FORMULA.search(part_of(archive, name, _KIND) or b"")
        for name in archive.namelist()
        if name.startswith("xl/worksheets/")
    )


def _warn_of_formulas(shown: Any, typed: Any, doubts: list[Doubt]) -> None:
    """Formulas whose value no program has stored are empty cells here."""
    empty: list[tuple[int, str]] = []
    sheets = (each.iter_rows(max_col=MAX_COLUMNS, max_row=MAX_ROWS) for each in (shown, typed))
    for number, row in enumerate(zip(*sheets, strict=False), start=1):
        empty += [
            (number, formula.coordinate)
            for value, formula in zip(*row, strict=False)
            if value.value is None and formula.data_type == "f"
        ]
    if empty:
        detail = (
            f"The cells {_some([name for _, name in empty])} hold formulas without a stored value, "
            "so they are empty here. Open the file in a spreadsheet program and save it."
        )
        doubts.append(Doubt(line=empty[0][0], code="formula-without-value", detail=detail))


def _warn_of_columns(beyond: dict[str, int], is_wider: bool, doubts: list[Doubt]) -> None:
    """`beyond` are columns with content that is not taken over, and the first row of it."""
    if not beyond and not is_wider:
        return
    from openpyxl.utils import get_column_letter

    detail = f"Only the first {MAX_COLUMNS} columns are read."
    if beyond:
        detail += f" There is something in {_some(list(beyond))} as well."
    if is_wider:
        last = get_column_letter(_LOOKED_AT)
        detail += f" Nobody has looked beyond {last}, where the sheet goes on."
    line = min(beyond.values(), default=1)
    doubts.append(Doubt(line=line, code="column-left-out", detail=detail))


def _some(names: list[str]) -> str:
    rest = len(names) - _NAMED_AT_MOST
    return ", ".join(names[:_NAMED_AT_MOST]) + (f" and {rest} more" if rest > 0 else "")


def _rows(sheet: Any, doubts: list[Doubt]) -> Iterator[Row]:
    width = sheet.max_column or _LOOKED_AT
    beyond: dict[str, int] = {}
    looked_at = min(width, _LOOKED_AT) if width > MAX_COLUMNS else MAX_COLUMNS
    for number, cells in enumerate(sheet.iter_rows(max_col=looked_at), start=1):
        if number > MAX_ROWS:
            raise TooLarge(f"The sheet has more than {MAX_ROWS} rows. Import it in parts.")
        for cell in cells[MAX_COLUMNS:]:
            if cell.value is not None:
                beyond.setdefault(cell.column_letter, number)
        cells = cells[:MAX_COLUMNS]
        texts = tuple(_text(cell, number, doubts) for cell in cells)
        if any(text.strip() for text in texts):
            yield Row(line=number, cells=texts, raw="\t".join(texts).rstrip("\t"))
    _warn_of_columns(beyond, width > _LOOKED_AT, doubts)


def _text(cell: Any, number: int, doubts: list[Doubt]) -> str:
    """A cell as the sheet shows it. A time that shows two parts is read as what it shows."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        if value.date() in _DAY_ZERO:
            return _time_text(value.time(), cell, number, doubts)
        return value.isoformat(sep=" ")
    if isinstance(value, time):
        return _time_text(value, cell, number, doubts)
    if isinstance(value, timedelta):
        return written(max(0, value // timedelta(milliseconds=1)))
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


_DAY_ZERO = {date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1904, 1, 1)}


def _time_text(value: time, cell: Any, number: int, doubts: list[Doubt]) -> str:
    shown = str(cell.number_format).lower()
    if "h" in shown and "s" not in shown:
        detail = (
            f"The time is shown as {value.hour:02}:{value.minute:02}, and so it is read as minutes "
            "and seconds, as in notes. Write h:mm:ss for hours."
        )
        doubts.append(Doubt(line=number, code="time-as-shown", detail=detail))
        return f"{value.hour:02}:{value.minute:02}"
    whole = (value.hour * 3600 + value.minute * 60 + value.second) * 1000
    return written(whole + value.microsecond // 1000)
