"""A study's observations as CSV, JSON and XLSX, for spreadsheets and for programs."""

import base64
import csv
import io
import json
from collections.abc import Iterator

from service.reports.cells import cell
from service.research.exchange import EXPORT_FORMAT
from service.research.exporting import Exported, StudyExport

COLUMNS = (
    "session", "participant", "segment", "kind", "time", "offset_ms", "code", "severity", "actor",
    "task", "outcome", "seq", "page", "selector", "criterion", "rule", "tags", "text", "quotes",
    "raw", "version", "written_by", "written_at", "id", "refers_to",
)  # fmt: skip
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BOM = "\ufeff"
# Excel cuts a longer cell off without a word.
_LONGEST_CELL = 32_767


def render_csv(export: StudyExport) -> bytes:
    """UTF-8 with a byte order mark, as spreadsheets want it (RFC 4180)."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(COLUMNS)
    table.writerows(_rows(export))
    return (_BOM + written.getvalue()).encode()


def render_xlsx(export: StudyExport) -> bytes:
    """One sheet of texts; a cell that Excel would cut off says where the whole of it is."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Observations")
    sheet.freeze_panes = "A2"
    header = [WriteOnlyCell(sheet, value=name) for name in COLUMNS]
    for each in header:
        each.font = Font(bold=True)
    sheet.append(header)
    for row in _rows(export):
        cells = [WriteOnlyCell(sheet, value=_fitting(text) or None) for text in row]
        for each in cells:
            if each.value is not None:
                each.data_type = "s"
        sheet.append(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def render_json(export: StudyExport) -> bytes:
    """All fields as they are; importing the document reads them back."""
    document = {
        "format": EXPORT_FORMAT,
        "version": 1,
        "study": {"id": export.study.id, "name": export.study.name},
        "made_at": export.made_at,
        "observations": [_document(entry) for entry in export.entries],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _document(entry: Exported) -> dict[str, object]:
    values = {name: getattr(entry, name) for name in Exported.__dataclass_fields__}
    raw = entry.raw.decode(errors="replace")
    is_utf8 = raw.encode() == entry.raw
    return {
        **values,
        "tags": list(entry.tags),
        "quotes": list(entry.quotes),
        "raw": raw,
        "raw_base64": None if is_utf8 else base64.b64encode(entry.raw).decode(),
    }


def _rows(export: StudyExport) -> Iterator[list[str]]:
    for entry in export.entries:
        values = {
            **{name: getattr(entry, name) for name in Exported.__dataclass_fields__},
            "time": clock(entry.offset_ms),
            "page": entry.url,
            "tags": ", ".join(entry.tags),
            "quotes": "\n".join(entry.quotes),
            "raw": entry.raw.decode(errors="replace"),
        }
        yield [cell("" if values[name] is None else str(values[name])) for name in COLUMNS]


def clock(offset_ms: int | None) -> str:
    """An offset as `h:mm:ss`, with thousandths where there are any."""
    if offset_ms is None:
        return ""
    seconds, thousandths = divmod(offset_ms, 1000)
    whole = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{whole}.{thousandths:03}" if thousandths else whole


def _fitting(text: str) -> str:
    if len(text) <= _LONGEST_CELL:
        return text
    told = f"… ({len(text)} characters; the CSV and the JSON export have all of them)"
    return text[: _LONGEST_CELL - len(told)] + told
