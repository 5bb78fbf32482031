"""What a reader takes from a file, before the study it belongs to is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from service.errors import FieldError, Malformed
from service.research.doubts import Doubt

FORMATS = (
    "vtt", "srt", "csv", "markdown", "docx", "xlsx", "taguette", "boris", "luiska",
)  # fmt: skip
UNITS: Mapping[str, str] = MappingProxyType(
    {"docx": "paragraph", "xlsx": "row", "boris": "event", "luiska": "observation"}
)
"""What `line` counts where a format has no lines of text."""


class Unreadable(Malformed):
    """A file that cannot be read; `detail` names the place and the way out."""

    def __init__(self, detail: str, *, line: int | None = None, pointer: str = "") -> None:
        place = "" if line is None else f"Line {line}: "
        wrong = FieldError(pointer=pointer, detail=f"{place}{detail}")
        super().__init__(
            f"The file cannot be read, so nothing was stored. {place}{detail}",
            slug="unreadable-file",
            errors=(wrong,),
        )


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the sender says of a file; what is left out is told apart from the file itself.

    `roles` are names of speakers with the roles `participant`, `moderator` or `observer`.
    `spoken` says whether the words are somebody's own, as in a transcript.
    """

    format: str | None = None
    media_type: str = ""
    file_name: str = ""
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    observation: str | None = None
    document: str | None = None
    session: str | None = None
    spoken: bool | None = None
    roles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What a file was taken for, and why. `part` is the sheet, document or observation in it."""

    format: str
    encoding: str | None = None
    separator: str | None = None
    part: str | None = None
    spoken: bool = False
    because: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that a file tells, in the file's own words.

    `line` is where it begins (from 1: a line of text, else what `UNITS` says), `raw` the text it
    was read from, `column` where `text` begins in its line. `fields` are values by the names that
    an observation has, as they were written. `spoken` says that the words are somebody's own,
    `in_grammar` that they are a line of the note grammar.
    """

    line: int
    raw: str
    text: str = ""
    column: int = 1
    offset_ms: int | None = None
    wall_clock: str | None = None
    speaker: str | None = None
    spoken: bool = False
    in_grammar: bool = False
    tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Imported:
    """A file, read."""

    taken: Taken
    items: tuple[Item, ...]
    doubts: tuple[Doubt, ...] = ()
