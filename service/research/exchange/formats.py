"""Which format a file has: by what was said, else by its name, its media type, or what is in it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from service.errors import TooLarge
from service.research.exchange.boris import read_boris
from service.research.exchange.docx import read_docx
from service.research.exchange.exported import EXPORT_FORMAT, read_exported
from service.research.exchange.markdown import read_markdown
from service.research.exchange.separated import read_csv
from service.research.exchange.srt import read_srt
from service.research.exchange.values import FORMATS, Choices, Imported, Unreadable
from service.research.exchange.vtt import read_vtt
from service.research.exchange.xlsx import read_xlsx

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "text/vtt": "vtt",
        "application/x-subrip": "srt",
        "application/srt": "srt",
        "text/srt": "srt",
        "text/csv": "csv",
        "text/tab-separated-values": "csv",
        "text/markdown": "markdown",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
        "application/json": "json",
    }
)
MAX_ITEMS = 10_000
_ENDINGS = {
    "vtt": "vtt", "srt": "srt", "csv": "csv", "tsv": "csv", "md": "markdown",
    "markdown": "markdown", "docx": "docx", "xlsx": "xlsx", "json": "json", "boris": "boris",
}  # fmt: skip
_READERS: Mapping[str, Callable[[bytes, Choices], Imported]] = MappingProxyType(
    {
        "vtt": read_vtt,
        "srt": read_srt,
        "csv": read_csv,
        "taguette": read_csv,
        "markdown": read_markdown,
        "docx": read_docx,
        "xlsx": read_xlsx,
        "boris": read_boris,
        "luiska": read_exported,
    }
)


def read_file(content: bytes, choices: Choices) -> Imported:
    """What a file tells, with what it was taken for and why.

    Raises `Unreadable` (the place and the way out) and `TooLarge`, and nothing else on any bytes.
    """
    if not content:
        raise Unreadable("It is empty. Send the file as the body, or as the form's `file`.")
    name, because = _format(content, choices)
    read = _READERS[name](content, choices)
    if len(read.items) > MAX_ITEMS:
        raise TooLarge(f"The file has more than {MAX_ITEMS} entries. Import it in parts.")
    return replace(read, taken=replace(read.taken, because=(because, *read.taken.because)))


def _format(content: bytes, choices: Choices) -> tuple[str, str]:
    if choices.format is not None:
        name = choices.format.strip().lower()
        name = "markdown" if name == "md" else name
        if name not in FORMATS:
            known = ", ".join(FORMATS)
            raise Unreadable(f"No such format. Choose: {known}.", pointer="/query/format")
        return name, f"The format {name} was asked for."
    ending = choices.file_name.rpartition(".")[2].lower()
    if "." in choices.file_name and ending in _ENDINGS:
        return _of_json(_ENDINGS[ending], content, f"The file's name ends in .{ending}.")
    if choices.media_type in MEDIA_TYPES:
        why = f"It was sent as {choices.media_type}."
        return _of_json(MEDIA_TYPES[choices.media_type], content, why)
    known = ", ".join(FORMATS)
    raise Unreadable(
        f"Its format is not told. Say ?format= with one of: {known}; or send its media type.",
        pointer="/query/format",
    )


def _of_json(name: str, content: bytes, because: str) -> tuple[str, str]:
    """BORIS and our own export are both JSON; what the document says decides."""
    if name != "json":
        return name, because
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, dict) and document.get("format") == EXPORT_FORMAT:
        return "luiska", f"{because} It says that it is an export of Luiska."
    return "boris", f"{because} Such files are projects of BORIS."
