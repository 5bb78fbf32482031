"""What a file tells, in the light of the session it is about: codes, people, tasks, quotes."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from service.research.doubts import Doubt
from service.research.exchange.speakers import ROLE_WORDS, People
from service.research.exchange.timestamps import written
from service.research.exchange.values import Imported, Item
from service.research.grammar import (
    LETTERS,
    Actor,
    Code,
    Header,
    Kind,
    Notes,
    ParsedNote,
    TaskOutcome,
    WarningCode,
    parse_notes,
)
from service.research.items import REPEATS_NOTHING
from service.research.named import ItemReader, Named, NoteItem
from service.research.repeats import ProblemsSoFar
from service.research.tables import Task
from service.research.wall import quotes_in

_SEVERITY = re.compile(r"!?([0-4])\b.*", re.DOTALL)
_LINE_ENDS = re.compile(r"[\r\n]+")
_MARK_PAIRS = (('"', '"'), ("“", "”"), ("„", "”"))
_MARKS = re.compile('["“”„\\\\]')


@dataclass(frozen=True, kw_only=True)
class Room:
    """What is known of a session: its people, the study's letters and tasks, earlier problems."""

    people: People
    aliases: Mapping[str, Code] = field(default_factory=dict)
    names: Collection[str] = ()
    tasks: Mapping[int, Task] = field(default_factory=dict)
    problems: Mapping[int, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Interpreted:
    """The entries, numbered from 1 by their `line`; `sources` are their lines in the file.

    `doubts` name entries by number as well; `quoting` are lines in the file with somebody's words.
    """

    header: Header | None
    entries: tuple[ParsedNote, ...]
    sources: tuple[int, ...]
    doubts: tuple[Doubt, ...]
    quoting: tuple[int, ...]

    def notes(self) -> Notes:
        """As a submission, ready to be written down."""
        return Notes(header=self.header, entries=self.entries)


def interpret(imported: Imported, room: Room) -> Interpreted:
    """The items as entries. Refuses nothing: what makes no sense is left out with a doubt."""
    reader = _Reader(room)
    entries = list(reader.read(imported.items))
    items = dict(enumerate(imported.items, start=1))
    quoting = {items[entry.line].line for entry in entries if entry.quotes}
    quoting |= {items[each].line for each in reader.unclosed}
    return Interpreted(
        header=reader.header,
        entries=tuple(entries),
        sources=tuple(item.line for item in imported.items),
        doubts=tuple(reader.doubts),
        quoting=tuple(sorted(quoting)),
    )


def as_quote(words: str) -> str:
    """Words in quotation marks, so that they read as one quote and nothing else."""
    words = words.strip()
    if quotes_in(words)[0] == (words[1:-1].strip(),):
        return words
    for opens, closes in _MARK_PAIRS:
        if quotes_in(opens + words + closes) == ((words,), True):
            return opens + words + closes
    # Every pair of marks stands inside already: those inside give way, `raw` keeps them.
    return f'"{_MARKS.sub(chr(39), words)}"'


class _Reader:
    """Makes entries of items, in order."""

    def __init__(self, room: Room) -> None:
        self.header: Header | None = None
        self.doubts: list[Doubt] = []
        self.unclosed: set[int] = set()
        self._room = room
        self._problems = ProblemsSoFar(room.problems.items())
        self._strangers: set[str] = set()

    def read(self, items: Sequence[Item]) -> Iterator[ParsedNote]:
        lines = self._grammar(items)
        for number, item in enumerate(items, start=1):
            entry = lines[number] if item.in_grammar else self._values(number, item)
            yield self._with_people(number, item, entry)

    def _grammar(self, items: Sequence[Item]) -> dict[int, ParsedNote]:
        """The entries of all items that are lines of the grammar, read as one submission."""
        numbered = [(n, item) for n, item in enumerate(items, start=1) if item.in_grammar]
        numbers = [n for n, _ in numbered]
        names = {*self._room.names, *ROLE_WORDS, *self._room.people.told}
        notes = parse_notes(
            "\n".join(_grammar_line(item) for _, item in numbered),
            aliases=self._room.aliases,
            names=names,
            problems=self._room.problems,
        )
        self.header = notes.header
        for warning in notes.warnings:
            number = numbers[warning.line - 1]
            item = items[number - 1]
            if warning.code is WarningCode.UNCLOSED_QUOTE:
                self.unclosed.add(number)
            column = max(1, warning.column - len(_prefix(item)) + item.column - 1)
            self._doubt(number, str(warning.code), warning.detail, column)
        return {
            number: replace(
                entry,
                line=number,
                raw=item.raw.encode("utf-8", "surrogatepass"),
                refers_to=numbers[entry.refers_to - 1]
                if entry.refers_to is not None and entry.refers_to > 0
                else entry.refers_to,
                task=entry.task
                if entry.task is not None or not item.fields.get("task")
                else self._task(number, item.fields["task"]),
            )
            for (number, item), entry in zip(numbered, notes.entries, strict=True)
        }

    def _values(self, number: int, item: Item) -> ParsedNote:
        """An entry from values, each of which counts only if it makes sense."""
        fields = dict(item.fields)
        task = self._task(number, fields["task"]) if "task" in fields else None
        outcome = self._outcome(number, fields.get("outcome"))
        kind: Kind = "observation"
        if task is not None and outcome is not None:
            kind = "task_end"
        elif task is not None and fields.get("kind") == "task_start":
            kind = "task_start"
        elif fields.get("kind") == "page" and fields.get("url") and not item.text:
            kind = "page"
        elif outcome is not None:
            detail = "An outcome needs the number of a task of the study; this is a note."
            self._doubt(number, "outcome-without-task", detail)
        if kind != "observation":
            fields.pop("code", None)
        seq = fields.get("seq", "")
        named = self._named(number, item, fields)
        code: Code | None = named.code if kind == "observation" else None
        refers_to = None
        if code is Code.SAME_PROBLEM:
            refers_to = self._problems.repeated_by(named.tags)
            if refers_to is None:
                code = Code.PROBLEM
                self._doubt(number, WarningCode.NO_EARLIER_PROBLEM, REPEATS_NOTHING)
        if code is Code.PROBLEM:
            self._problems.add(number, named.tags)
        quotes, is_quoting = quotes_in(item.text)
        if is_quoting and not quotes:
            self.unclosed.add(number)
        return ParsedNote(
            kind=kind,
            line=number,
            raw=item.raw.encode("utf-8", "surrogatepass"),
            offset_ms=item.offset_ms,
            wall_clock=item.wall_clock,
            code=code,
            severity=named.severity,
            actor=self._room.people.actor(fields["actor"]) if fields.get("actor") else None,
            text=item.text,
            quotes=quotes,
            tags=named.tags,
            url=fields.get("url"),
            selector=fields.get("selector"),
            criterion=fields.get("criterion"),
            rule=named.rule,
            task=task,
            outcome=outcome if kind == "task_end" else None,
            seq=int(seq) if seq in _SEQ and kind == "task_end" else None,
            refers_to=refers_to,
        )

    def _named(self, number: int, item: Item, fields: dict[str, str]) -> Named:
        """The values that have names; a wrong one is taken out of `fields` and doubted."""
        tags = [tag for tag in item.tags if tag.strip("# ")]
        if "behaviour" in fields and (code := self._code(fields["behaviour"])):
            fields["code"] = code.value
        elif told := fields.pop("code", None):
            if known := self._code(told):
                fields["code"] = known.value
            elif len(told.strip()) > 1:
                tags.append(told)
                detail = "This is no code of the note grammar, so it is taken as a tag."
                self._doubt(number, "code-as-tag", detail)
            else:
                fields["code"] = told
        if severity := _SEVERITY.fullmatch(fields.get("severity", "").strip()):
            fields["severity"] = severity.group(1)
        reader = ItemReader(tasks=self._room.tasks)
        named = reader.read(
            NoteItem(
                code=fields.get("code"),
                severity=fields.get("severity", "").strip().lower() or None,
                criterion=fields.get("criterion"),
                rule=fields.get("rule"),
                tags=tags,
            ),
            "",
        )
        for wrong in reader.errors:
            name = wrong.pointer.removeprefix("/")
            fields.pop(name, None)
            self._doubt(number, f"unread-{name}", f"The {name} is left out. {wrong.detail}")
        return named

    def _with_people(self, number: int, item: Item, entry: ParsedNote) -> ParsedNote:
        people = self._room.people
        actor = entry.actor
        if item.speaker is not None:
            actor = people.actor(item.speaker)
        elif isinstance(actor, str) and not isinstance(actor, Actor):
            actor = people.actor(actor)
        entry = replace(entry, actor=actor)
        if not item.spoken or not entry.text or entry.kind != "observation":
            return entry
        if actor in (Actor.MODERATOR, Actor.OBSERVER):
            return entry
        if item.speaker is not None and not people.knows(item.speaker):
            self._doubt_stranger(number, item.speaker)
        text = as_quote(entry.text)
        return replace(entry, text=text, quotes=quotes_in(text)[0])

    def _doubt_stranger(self, number: int, name: str) -> None:
        if name.casefold() not in self._strangers:
            self._strangers.add(name.casefold())
            detail = (
                "The session does not know who speaks here, so the words count as the "
                "participant's. Say ?participant=, ?moderator= or ?observer= with the name."
            )
            self._doubt(number, "unknown-speaker", detail)

    def _task(self, number: int, told: str) -> int | None:
        if told.isascii() and told.isdigit() and int(told) in self._room.tasks:
            return int(told)
        self._doubt(number, "unknown-task", "The study has no such task, so it is left out.")
        return None

    def _outcome(self, number: int, told: str | None) -> TaskOutcome | None:
        if not told:
            return None
        name = "_".join(told.strip().lower().split())
        if name in set(TaskOutcome):
            return TaskOutcome(name)
        names = ", ".join(TaskOutcome)
        self._doubt(number, "unknown-outcome", f"This is no outcome. Outcomes: {names}.")
        return None

    def _code(self, told: str) -> Code | None:
        """A code by the study's letters, the grammar's, or its name."""
        told = told.strip()
        for known in (self._room.aliases, LETTERS):
            if code := known.get(told) or known.get(told.upper()):
                return code
        name = "_".join(told.casefold().split())
        return Code(name) if name in set(Code) else None

    def _doubt(self, number: int, code: str, detail: str, column: int = 1) -> None:
        self.doubts.append(Doubt(line=number, code=code, detail=detail, column=column))


_SEQ = frozenset("1234567")


def _prefix(item: Item) -> str:
    if item.wall_clock is not None:
        return f"@{item.wall_clock} "
    return f"{written(item.offset_ms)} " if item.offset_ms is not None else ""


def _grammar_line(item: Item) -> str:
    """The item as one line of the grammar; its speaker is put back later."""
    return _prefix(item) + _LINE_ENDS.sub(" ", item.text).strip()
