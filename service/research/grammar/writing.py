"""Notes written back as text: one line for each entry, fields in the grammar's order."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from service.research.grammar.codes import code_table
from service.research.grammar.markers import is_tag
from service.research.grammar.quoting import QUOTE_MARKS, quoted
from service.research.grammar.reading import parse_notes
from service.research.grammar.values import Actor, Code, Header, Notes, ParsedNote

_ROLE_LETTERS = {Actor.PARTICIPANT: "P", Actor.MODERATOR: "M", Actor.OBSERVER: "O"}
_PLACEHOLDER_PROBLEM = 0


def write_notes(
    notes: Notes,
    *,
    aliases: Mapping[str, Code] | None = None,
    names: Collection[str] = (),
    url: str | None = None,
) -> bytes:
    """A submission that reads the same as `notes`; lines end in LF.

    Give the `aliases`, `names` and `url` that the notes were parsed with. Line numbers change
    where continuation lines are joined.
    """
    written: list[bytes] = []
    for entry in notes.entries:
        header = notes.header if entry.kind == "header" else None
        written.append(write_note(entry, header=header, aliases=aliases, names=names, url=url))
        url = entry.url or url
    return b"".join(written)


def write_note(
    note: ParsedNote,
    *,
    header: Header | None = None,
    aliases: Mapping[str, Code] | None = None,
    names: Collection[str] = (),
    url: str | None = None,
) -> bytes:
    """One entry in canonical form, below a line where `url` is the page in force.

    Every form is read back before it is used; where none reads the same, the raw lines are
    written. Raises ValueError when there are no raw lines either, which only notes that were not
    parsed from text can meet: for example an actor's name that `names` does not hold.
    """
    if note.kind == "blank":
        return b"\n"
    if note.kind == "header":
        lines = [_header_line(header)] if header is not None else []
    else:
        lines = list(_forms(note, url, aliases, frozenset(names)))
    for line in lines:
        encoded = (line + "\n").encode("utf-8", "surrogatepass")
        problems = {_PLACEHOLDER_PROBLEM: note.tags} if note.code is Code.SAME_PROBLEM else {}
        read = parse_notes(encoded, aliases=aliases, names=names, url=url, problems=problems)
        same_entry = len(read.entries) == 1 and _reading(read.entries[0]) == _reading(note)
        if same_entry and read.header == header:
            return encoded
    if not note.raw:
        raise ValueError(f"The note grammar has no line for this {note.kind}.")
    # A lone CR would run together with the LF of a blank line after it.
    return note.raw.rstrip(b"\r\n") + b"\n"


def _reading(note: ParsedNote) -> ParsedNote:
    """What a form has to keep: all that does not depend on the lines around it."""
    task = note.task if note.kind in ("task_start", "task_end") else None
    return replace(
        note,
        line=0,
        raw=b"",
        offset_ms=None if note.time_inherited else note.offset_ms,
        wall_clock=None if note.time_inherited else note.wall_clock,
        time_inherited=False,
        refers_to=None,
        task=task,
    )


def _forms(
    note: ParsedNote, url: str | None, aliases: Mapping[str, Code] | None, names: frozenset[str]
) -> Iterator[str]:
    """Forms to try, the usual one first."""
    texts = [f" {note.text}" if note.text else ""]
    if note.text:
        texts.append(f"\n  {note.text}")  # text that would be taken for a code, an actor …
    selectors = [f" ={_value(note.selector)}"] if note.selector else [""]
    if note.selector and selectors != [f" ={note.selector}"]:
        selectors.insert(0, f" ={note.selector}")
    pages = [f" @{_value(note.url)}"] if note.url else [""]
    if note.url == url and note.kind != "page":
        pages.insert(0, "")
    tags = "".join(f" #{tag if is_tag(tag) else quoted(tag)}" for tag in note.tags)
    about = f" ^{note.criterion}" if note.criterion else ""
    engine = f"{note.rule_engine}:" if note.rule_engine else ""
    about += f" ^{engine}{note.rule}" if note.rule else ""
    opening = _opening(note, aliases, names)
    for text in texts:
        for page in pages:
            for selector in selectors:
                yield f"{opening}{text}{tags}{page}{selector}{about}".strip()


def _opening(note: ParsedNote, aliases: Mapping[str, Code] | None, names: frozenset[str]) -> str:
    parts = [_time(note)]
    if note.kind == "task_start":
        parts.append(f"T{note.task} >")
    elif note.kind == "task_end" and note.outcome is not None:
        parts.append(f"T{note.task} = {note.outcome}")
        parts.append(f"SEQ {note.seq}" if note.seq else "")
    letters = (letter for letter, code in code_table(aliases).items() if code is note.code)
    parts.append(next(letters, ""))
    parts.append(f"!{note.severity.rank}" if note.severity else "")
    if isinstance(note.actor, Actor):
        parts.append(f"{_ROLE_LETTERS[note.actor]}:")
    elif note.actor:
        parts.append(f"{note.actor}:" if note.actor in names else f"@{note.actor}:")
    return " ".join(part for part in parts if part)


def _time(note: ParsedNote) -> str:
    if note.time_inherited:
        return ""
    if note.wall_clock is not None:
        return f"@{note.wall_clock}"
    if note.offset_ms is None:
        return ""
    seconds, thousandths = divmod(note.offset_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    if minutes < 100 and not thousandths:
        return f"{minutes:02}:{seconds:02}"
    long = f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return f"#{long}.{thousandths:03}#" if thousandths else long


def _value(value: str) -> str:
    """A marker's value, quoted when it holds white space or could be taken for a quoted one."""
    spaced = any(character.isspace() for character in value)
    return quoted(value) if spaced or value[0] in QUOTE_MARKS else value


def _header_line(header: Header) -> str:
    parts = ["#", header.session, header.participant]
    for key, value in header.fields:
        parts.append(f"{key}={_value(value) if value else ''}")
    return " ".join(parts)
