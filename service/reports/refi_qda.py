"""A codebook in the REFI-QDA exchange format (`.qdc`, Codebook 1.0)."""

import uuid
from importlib import metadata
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from service.reports.text import readable
from service.research.exporting import Codebook
from service.research.grammar import LETTERS, Code
from service.research.tables import CodeEntry

MEDIA_TYPE = "application/xml"
NAMESPACE = "urn:QDA-XML:codebook:1.0"
# Codes that are no rows of the codebook get the same GUID in every export of every study.
_OURS = uuid.UUID("6f1f4d0e-2f0b-5a35-9f5f-0a8a9d0a4b11")
_MEANING = {
    Code.PROBLEM: "Something stands in the participant's way.",
    Code.SAME_PROBLEM: "A problem that was noted before shows again.",
    Code.HIGHLIGHT: "A moment worth keeping.",
    Code.COMMENT: "The participant says what they think of it.",
    Code.POSITIVE: "Something works well for the participant.",
    Code.NEGATIVE: "Something displeases the participant.",
    Code.CONFUSION: "The participant does not know what to make of it.",
    Code.SURPRISE: "Something is not what the participant expected.",
    Code.BUG: "The service does not do what it is meant to do.",
    Code.HELP: "The participant asks for help.",
    Code.ASSISTED: "The moderator helps.",
    Code.GIVES_UP: "The participant gives up.",
    Code.IDEA: "An idea of how it could be.",
    Code.MISC: "Anything else.",
    Code.INTERPRETATION: "What the note-taker thinks is behind it.",
}


def render_codebook(codebook: Codebook) -> bytes:
    """The study's codes below one another, tags without a code, and the note grammar's codes."""
    root = Element(
        "CodeBook", {"xmlns": NAMESPACE, "origin": f"Luiska {metadata.version('luiska')}"}
    )
    codes = SubElement(root, "Codes")
    below: dict[str | None, list[CodeEntry]] = {}
    for entry in codebook.codes:
        below.setdefault(entry.parent_id, []).append(entry)
    _add_entries(codes, below, None)
    for tag in codebook.loose_tags:
        _add(codes, guid=_guid(f"tag {codebook.study.id} {tag}"), name=tag)
    grammar = _add(codes, guid=_guid("grammar"), name="Luiska", codable=False)
    SubElement(grammar, "Description").text = "The codes of the note grammar."
    for letter, code in LETTERS.items():
        element = _add(grammar, guid=_guid(f"code {code}"), name=code.value)
        SubElement(element, "Description").text = f"{_MEANING[code]} Typed {letter} in notes."
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _add_entries(
    above: Element, below: dict[str | None, list[CodeEntry]], parent_id: str | None
) -> None:
    for entry in below.get(parent_id, []):
        element = _add(above, guid=_guid_of(entry), name=entry.name)
        if entry.color:
            element.set("color", entry.color)
        if entry.definition:
            SubElement(element, "Description").text = readable(entry.definition)
        _add_entries(element, below, entry.id)


def _add(above: Element, *, guid: str, name: str, codable: bool = True) -> Element:
    attributes = {"guid": guid, "name": readable(name), "isCodable": str(codable).lower()}
    return SubElement(above, "Code", attributes)


def _guid_of(entry: CodeEntry) -> str:
    """The code's own GUID, or one made of it where it is not written as the format wants it."""
    try:
        return str(uuid.UUID(entry.guid))
    except ValueError:
        return _guid(f"entry {entry.guid}")


def _guid(name: str) -> str:
    return str(uuid.uuid5(_OURS, name))
