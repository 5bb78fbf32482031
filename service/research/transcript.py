"""A session on one time line, notes and transcripts together: in the note grammar, or to read."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from service.research.exporting import Exported, SessionExport
from service.research.grammar import (
    Actor,
    Code,
    Header,
    Kind,
    ParsedNote,
    Severity,
    TaskOutcome,
    write_note,
)

_KINDS: dict[str, Kind] = {
    "observation": "observation",
    "page": "page",
    "task_start": "task_start",
    "task_end": "task_end",
}
# For a name that the grammar cannot tell from other words.
_STRANGER = "Speaker"
_MARKS = re.compile(r"([\\`*_\[\]<>#|~])")


def in_time(entries: Sequence[Exported]) -> list[Exported]:
    """The entries by their moments; what happened at one moment stays in the order of the lines.

    What has no time stands first.
    """
    return sorted(entries, key=lambda entry: -1 if entry.offset_ms is None else entry.offset_ms)


def as_notes(export: SessionExport) -> bytes:
    """The session in the note grammar: reading it again gives the same observations.

    The same are time, code, severity, actor, words, quotes, tags, selector, criterion and rule of
    each. A time that was inherited from a line that stands elsewhere is written out. Which task
    and page are in force follows from the one time line. White space within words is one space,
    a speaker's name of several words is written as one, and words that the grammar has no line for
    (a text that ends in `#word`) are read as it reads them.
    """
    header = Header(session=export.session.label, participant=export.participant.pseudonym)
    build = export.session.build
    if build and not set(build) & set('"”“'):
        header = Header(
            session=header.session, participant=header.participant, fields=(("build", build),)
        )
    written = [_header(header)]
    offset_ms: int | None = None
    url: str | None = None
    for entry in in_time(export.entries):
        inherits = entry.time_inherited and entry.offset_ms == offset_ms
        note = _note(entry, inherits=inherits, url=url)
        written.append(_line(note, url=url))
        offset_ms, url = entry.offset_ms, note.url or url
    return b"".join(written)


def as_markdown(export: SessionExport) -> bytes:
    """The session as a document to read."""
    title = f"# {_plain(export.session.label)} · {_plain(export.participant.pseudonym)}"
    lines = [title, "", f"{export.session.started_at:%Y-%m-%d %H:%M} UTC", ""]
    task: int | None = None
    for entry in in_time(export.entries):
        if entry.task != task and entry.task is not None:
            lines += ["", f"## T{entry.task}", ""]
        task = entry.task
        lines.append(f"- {' '.join(_told(entry))}")
    return ("\n".join(lines) + "\n").encode()


def _header(header: Header) -> bytes:
    try:
        return write_note(ParsedNote(kind="header", line=1), header=header)
    except ValueError:
        # A label or pseudonym that no header can hold: the notes stand without one.
        return b"\n"


def _note(entry: Exported, *, inherits: bool, url: str | None) -> ParsedNote:
    """The entry as it would have been read from one line below those that are written already."""
    kind = _KINDS[entry.kind]
    # A page that is none of its own is in force already, or cannot be taken away any more.
    page = entry.url if entry.url is not None else url
    return ParsedNote(
        kind=kind,
        line=1,
        offset_ms=entry.offset_ms,
        time_inherited=inherits,
        code=Code(entry.code) if kind == "observation" else None,
        severity=Severity(entry.severity) if entry.severity else None,
        actor=_actor(entry.actor),
        text=" ".join(entry.text.split()),
        quotes=tuple(" ".join(quote.split()) for quote in entry.quotes),
        tags=tuple(" ".join(tag.split()) for tag in entry.tags),
        url=page,
        selector=" ".join(entry.selector.split()) if entry.selector else None,
        criterion=entry.criterion,
        rule=entry.rule,
        task=entry.task,
        outcome=TaskOutcome(entry.outcome) if entry.outcome else None,
        seq=entry.seq,
    )


def _line(note: ParsedNote, *, url: str | None) -> bytes:
    for actor in dict.fromkeys((note.actor, _STRANGER if note.actor else None)):
        with suppress(ValueError):
            return write_note(replace(note, actor=actor), url=url)
    # Words that no line of the grammar says as they are, such as a text that ends in `#word`:
    # the line is kept, and read as the grammar reads it.
    opening = _opening(note, url)
    words = note.text or ("" if opening else "C")
    return opening + f"{'  ' if opening else ''}{words}\n".encode("utf-8", "replace")


def _opening(note: ParsedNote, url: str | None) -> bytes:
    """The line of a note's time, code, severity and role; empty where it has none of them."""
    bare = ParsedNote(
        kind="observation",
        line=1,
        offset_ms=note.offset_ms,
        time_inherited=note.time_inherited,
        code=note.code or Code.NOTE,
        severity=note.severity,
        actor=note.actor if isinstance(note.actor, Actor) else None,
        url=url,
    )
    timed = note.offset_ms is not None and not note.time_inherited
    if not (timed or bare.code is not Code.NOTE or bare.severity or bare.actor):
        return b""
    return write_note(bare, url=url)


def _actor(name: str | None) -> Actor | str | None:
    if name is None or name in set(Actor):
        return Actor(name) if name else None
    word = re.sub(r"[^\w.'-]+", "_", name).strip("_")
    return word if word[:1].isalpha() else f"N{word}"


def _told(entry: Exported) -> Iterator[str]:
    if entry.offset_ms is not None:
        seconds = entry.offset_ms // 1000
        yield f"**{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}**"
    if entry.kind == "task_start":
        yield f"T{entry.task} >"
    elif entry.kind == "task_end":
        yield f"T{entry.task} = {entry.outcome or ''}".strip()
        if entry.seq is not None:
            yield f"SEQ {entry.seq}"
    elif entry.kind == "page":
        yield f"@{_plain(entry.url or '')}"
    elif entry.code != Code.NOTE or entry.severity:
        named = [each for each in (entry.code, entry.severity) if each]
        yield f"*{', '.join(named).replace('_', ' ')}*"
    if entry.actor:
        yield f"{_plain(entry.actor)}:"
    if entry.text:
        yield _plain(" ".join(entry.text.split()))
    yield from (f"\\#{_plain(tag)}" for tag in entry.tags)


def _plain(text: str) -> str:
    """Text as Markdown shows it, with nothing in it that Markdown takes for its own."""
    return _MARKS.sub(r"\\\1", text)
