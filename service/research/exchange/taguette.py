"""Taguette: highlights (`id,document,tag,content`) and codebooks (`tag, description`)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.research.doubts import Doubt
from service.research.exchange.choosing import chosen
from service.research.exchange.columns import Row
from service.research.exchange.values import Choices, Imported, Item, Taken, Unreadable

_HIGHLIGHTS = {"document", "tag", "content"}
_CODEBOOK_NAMES = ("tag", "name", "path")


@dataclass(frozen=True, kw_only=True)
class CodebookEntry:
    """A tag with what it means; parts of its name between `.` or `/` are its path."""

    line: int
    name: str
    definition: str


def is_highlights(header: Sequence[str]) -> bool:
    """Whether these are the columns of Taguette's highlights."""
    return _names(header).keys() >= _HIGHLIGHTS


def is_codebook(header: Sequence[str]) -> bool:
    """Whether these are the columns of Taguette's codebook."""
    names = _names(header)
    return "description" in names and len(names) <= 3 and any(n in names for n in _CODEBOOK_NAMES)


def codebook_of(header: Row, rows: Sequence[Row]) -> tuple[CodebookEntry, ...]:
    """The tags of a codebook, in order. Raises `Unreadable`."""
    names = _names(header.cells)
    named = next((names[name] for name in _CODEBOOK_NAMES if name in names), None)
    if named is None or "description" not in names:
        raise Unreadable("A codebook has the columns tag (or name, path) and description.", line=1)
    return tuple(
        CodebookEntry(
            line=row.line,
            name=_cell(row, named),
            definition=_cell(row, names["description"]),
        )
        for row in rows
        if _cell(row, named)
    )


def taguette_of(
    header: Row, rows: Sequence[Row], choices: Choices, taken: Taken, doubts: Sequence[Doubt]
) -> Imported:
    """The highlights of one document; a highlight with several tags stands on several rows."""
    names = _names(header.cells)
    missing = sorted(_HIGHLIGHTS - names.keys())
    if missing:
        raise Unreadable(f"Highlights of Taguette have a column {missing[0]}.", line=header.line)
    document = chosen([_cell(row, names["document"]) for row in rows], choices.document, "document")
    spoken = choices.spoken is not False
    items: dict[str, Item] = {}
    for row in rows:
        if _cell(row, names["document"]) != document:
            continue
        tag, content = _cell(row, names["tag"]), _cell(row, names["content"])
        key = _cell(row, names["id"]) if "id" in names else f"{content}\0"
        if key in items:
            known = items[key]
            items[key] = replace(
                known, raw=known.raw + row.raw, tags=(*known.tags, *([tag] if tag else []))
            )
            continue
        items[key] = Item(
            line=row.line,
            raw=row.raw,
            text=" ".join(content.split()),
            spoken=spoken,
            tags=(tag,) if tag else (),
            fields={"code": "highlight"},
        )
    said = tuple(item for item in items.values() if item.text)
    if not said:
        raise Unreadable("There is no highlight with words below the header.", line=header.line)
    why = (
        "A highlight is a piece of a document, word for word, so it is taken for somebody's own "
        "words; say ?spoken=false if the documents are notes."
    )
    return Imported(
        taken=replace(
            taken,
            format="taguette",
            part=document,
            spoken=spoken,
            because=(*taken.because, why, "Highlights have no time."),
        ),
        items=said,
        doubts=tuple(doubts),
    )


def _names(header: Sequence[str]) -> dict[str, int]:
    return {cell.strip().casefold(): place for place, cell in enumerate(header) if cell.strip()}


def _cell(row: Row, place: int) -> str:
    return row.cells[place].strip() if place < len(row.cells) else ""
