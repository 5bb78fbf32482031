"""Word documents: paragraphs, lists and tables, in the order in which one reads them.

Read from the XML itself and not with python-docx, whose paragraphs leave out what stands in
tracked insertions and in content controls, without a word about it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from service.research.doubts import Doubt
from service.research.exchange.archives import opened, part_of
from service.research.exchange.columns import Row
from service.research.exchange.prose import ProseReader, why_spoken
from service.research.exchange.values import Choices, Imported, Taken, Unreadable

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_KIND = "Word document"
_BREAKS = {"br", "cr"}
# Deleted text, instructions of fields, and the copy of a text box for old versions of Word.
_SKIPPED = {"del", "moveFrom", "instrText", "delText", "Fallback"}
_DEEPEST = 200


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """The lines of a paragraph; line breaks within it part them."""

    lines: tuple[str, ...]
    style: str


def read_docx(content: bytes, choices: Choices) -> Imported:
    """The paragraphs and tables of a Word document. Raises `Unreadable` and `TooLarge`."""
    with opened(content, _KIND) as archive:
        body = _xml(part_of(archive, "word/document.xml", _KIND))
        if body is None:
            raise Unreadable("This is no Word document: it has no word/document.xml.")
        styles = _heading_styles(_xml(part_of(archive, "word/styles.xml", _KIND)))
        others = [name for name in archive.namelist() if name in _OTHER_PARTS]
    if body.tag.startswith(_STRICT):
        raise Unreadable("This is a strict Open XML document. Save it as an ordinary .docx.")
    blocks = list(_blocks(body, 0))
    plain = [line for block in blocks if isinstance(block, Paragraph) for line in block.lines]
    spoken, why = why_spoken(plain, choices.spoken)
    reader = ProseReader(spoken=spoken)
    number = 0
    for block in blocks:
        if isinstance(block, Paragraph):
            if not any(line.strip() for line in block.lines):
                continue
            number += 1
            _take(block, number, styles, reader)
        else:
            rows = [
                Row(line=number + n, cells=cells, raw="\t".join(cells))
                for n, cells in enumerate(block, start=1)
            ]
            number += len(rows)
            reader.table(rows)
    if not reader.items:
        raise Unreadable("There are no notes in this document.")
    doubts = [Doubt(line=1, code="left-out", detail=_OTHER_PARTS[name]) for name in others]
    because = "Paragraphs with words are counted, and a table's row counts as one."
    return Imported(
        taken=Taken(format="docx", spoken=spoken, because=(why, because)),
        items=tuple(reader.items),
        doubts=(*doubts, *reader.doubts),
    )


_OTHER_PARTS = {
    "word/comments.xml": "The document's comments are not taken over.",
    "word/footnotes.xml": "The document's footnotes are not taken over.",
    "word/endnotes.xml": "The document's endnotes are not taken over.",
}


def _take(paragraph: Paragraph, number: int, styles: set[str], reader: ProseReader) -> None:
    if paragraph.style in styles:
        reader.heading(number, " ".join(line.strip() for line in paragraph.lines))
        return
    for line in paragraph.lines:
        if line.strip():
            reader.line(number, line, line)


def _xml(part: bytes | None) -> Element | None:
    if part is None:
        return None
    try:
        root: Element = fromstring(part, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise Unreadable(f"This {_KIND} holds XML that cannot be read.") from error
    return root


def _heading_styles(root: Element | None) -> set[str]:
    """The ids of the styles that are headings; ids are in Word's language, names are not."""
    found: set[str] = set()
    for style in root.iter(f"{_W}style") if root is not None else ():
        name = style.find(f"{_W}name")
        told = (name.get(f"{_W}val") or "").lower() if name is not None else ""
        if told.startswith("heading ") or told in {"title", "subtitle"}:
            found.add(style.get(f"{_W}styleId") or "")
    return found


def _blocks(element: Element, depth: int) -> Iterator[Paragraph | list[tuple[str, ...]]]:
    for child in element:
        if child.tag == f"{_W}p":
            style = child.find(f"{_W}pPr/{_W}pStyle")
            name = (style.get(f"{_W}val") or "") if style is not None else ""
            yield Paragraph(lines=tuple(_text(child).split("\n")), style=name)
        elif child.tag == f"{_W}tbl":
            yield [
                tuple(_text(cell).strip() for cell in row.iter(f"{_W}tc"))
                for row in child.iter(f"{_W}tr")
            ]
        elif depth < _DEEPEST and _local(child) not in _SKIPPED:
            yield from _blocks(child, depth + 1)


def _text(element: Element) -> str:
    """The words in an element; breaks of lines, and of paragraphs in a cell, are LF."""
    parts: list[str] = []
    left: list[Any] = [element]
    while left:
        each = left.pop()
        if isinstance(each, str):
            parts.append(each)
            continue
        name = _local(each)
        if name in _SKIPPED:
            continue
        if name == "t":
            parts.append(each.text or "")
        elif name in _BREAKS:
            parts.append("\n")
        elif name == "tab":
            parts.append("\t")
        elif name == "noBreakHyphen":
            parts.append("-")
        elif name != "pPr":
            if name == "p" and each is not element:
                left.append("\n")
            left.extend(reversed(list(each)))
    return "".join(parts).replace("\0", "\ufffd")


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
