"""Bytes turned into text; which encoding it was is told, and never guessed in silence."""

import codecs
import re
from dataclasses import dataclass
from types import MappingProxyType

from service.research.doubts import Doubt
from service.research.exchange.values import Unreadable

ENCODINGS = MappingProxyType(
    {
        "utf-8": "utf-8-sig",
        "utf-16": "utf-16",
        "utf-16-le": "utf-16-le",
        "utf-16-be": "utf-16-be",
        "windows-1252": "cp1252",
        "iso-8859-1": "latin-1",
        "iso-8859-15": "iso8859-15",
    }
)
"""The encodings that can be asked for, with Python's names for them."""

_ALIASES = {
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "cp1252": "windows-1252",
    "latin-1": "iso-8859-1",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_LINE_END = re.compile("\r\n|\r|\n")


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """A text without byte order mark, its encoding, and why it was taken for that."""

    text: str
    encoding: str
    because: str
    doubts: tuple[Doubt, ...] = ()

    def lines(self) -> list[str]:
        """The lines, which end at LF, CR LF or CR as editors write them; without the ends."""
        lines = _LINE_END.split(self.text)
        return lines[:-1] if lines and not lines[-1] else lines


def decode(content: bytes, encoding: str | None) -> Decoded:
    """The text of a file. Raises `Unreadable` where bytes do not fit the encoding."""
    if encoding is not None:
        name = encoding.strip().lower()
        name = _ALIASES.get(name, name)
        if name not in ENCODINGS:
            known = ", ".join(ENCODINGS)
            raise Unreadable(f"No such encoding. Choose: {known}.", pointer="/query/encoding")
        return _decoded(content, name, "It was asked for.")
    for bom, name in _BOMS:
        if content.startswith(bom):
            return _decoded(content[len(bom) :], name, "The file begins with its byte order mark.")
    if wide := _without_bom(content):
        return _decoded(content, wide, "Every other byte is NUL, and there is no byte order mark.")
    beyond = _BEYOND_ASCII.search(content)
    if beyond is None:
        because = "It is plain ASCII, which reads the same in UTF-8 and Windows-1252."
        return _decoded(content, "utf-8", because)
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return _windows(content, error.start)
    shown = content[beyond.start() : beyond.start() + 4].decode("cp1252", "replace")
    because = (
        "Its letters beyond ASCII are valid UTF-8, which text in Windows-1252 hardly ever is "
        f"(the first would read {shown[:2]} there)."
    )
    return _decoded(content, "utf-8", because)


def _windows(content: bytes, first: int) -> Decoded:
    line = _line_of(content, first)
    because = f"It is not UTF-8 (line {line}), so it was read as Windows-1252."
    decoded = _decoded(content, "windows-1252", because)
    detail = f"{because} If letters look wrong, say ?encoding=."
    doubt = Doubt(line=line, code="encoding-assumed", detail=detail)
    return Decoded(
        text=decoded.text,
        encoding=decoded.encoding,
        because=because,
        doubts=(doubt, *decoded.doubts),
    )


def _decoded(content: bytes, name: str, because: str) -> Decoded:
    try:
        text = content.decode(ENCODINGS[name])
    except UnicodeDecodeError as error:
        known = ", ".join(ENCODINGS)
        raise Unreadable(
            f"The byte 0x{content[error.start]:02x} does not fit {name}. "
            f"Say ?encoding= with one of: {known}.",
            line=_line_of(content, error.start),
            pointer="/query/encoding",
        ) from error
    doubts: tuple[Doubt, ...] = ()
    if "\0" in text:
        line = len(_LINE_END.findall(text, 0, text.index("\0"))) + 1
        detail = "NUL characters; they are shown as U+FFFD."
        doubts = (Doubt(line=line, code="nul-character", detail=detail),)
        text = text.replace("\0", "\ufffd")
    return Decoded(text=text, encoding=name, because=because, doubts=doubts)


def _without_bom(content: bytes) -> str | None:
    """UTF-16 of mostly western text: most of its high bytes, and no low ones, are NUL."""
    sample = content[:2000]
    if len(content) % 2 or len(sample) < 4:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    most = len(sample) // 2 * 0.7
    if odd >= most and not even:
        return "utf-16-le"
    return "utf-16-be" if even >= most and not odd else None


def _line_of(content: bytes, position: int) -> int:
    return len(re.findall(rb"\r\n|\r|\n", content[:position])) + 1
