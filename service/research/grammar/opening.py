"""The opening of a line: time, page or speaker, task, code, severity, actor."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from service.research.grammar.codes import code_table, read_code, warn_of_misplaced_code
from service.research.grammar.lines import Doubts
from service.research.grammar.markers import KNOWN_SCHEMES, PAGE, warn_of_odd_scheme
from service.research.grammar.quoting import QUOTE_MARKS
from service.research.grammar.tasks import TaskLine, read_task
from service.research.grammar.values import Actor, Code, Severity, WarningCode

_END = r"(?=\s|\Z)"
_TIME = re.compile(
    r"([\[{#])?(?:([0-9]{2}):)?([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?([\]}#])?" + _END
)
_BRACKETS = {None: None, "[": "]", "{": "}", "#": "#"}
_LIKE_TIME = re.compile(r"[\[{#]?[0-9]+:[0-9][0-9:.,]*[\]}#]?" + _END)
_WALL_CLOCK = re.compile(r"@((?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?)" + _END)
_SEVERITY = re.compile(r"!([0-4])" + _END)
_SEVERITY_IN_TEXT = re.compile(r"(?<!\S)![0-4]" + _END)
_LIKE_SEVERITY = re.compile(r"![0-9]")
_COLON = rf":(?=\s|\Z|[{QUOTE_MARKS}])"
_SPEAKER = re.compile(rf"@([^\W\d_][\w.'-]*)(?:{_COLON}|{_END})")
_SPACE = re.compile(r"\s*")
_ROLES = {"P": Actor.PARTICIPANT, "M": Actor.MODERATOR, "O": Actor.OBSERVER}


@dataclass(kw_only=True, slots=True)
class Opening:
    """What stands before the text; `end` is where the text begins."""

    offset_ms: int | None = None
    wall_clock: str | None = None
    page: str | None = None
    task_line: TaskLine | None = None
    code: Code | None = None
    severity: Severity | None = None
    actor: Actor | str | None = None
    end: int = 0


class Openings:
    """Reads openings by one study's aliases and names."""

    def __init__(self, aliases: Mapping[str, Code] | None, names: Collection[str]) -> None:
        self._table = code_table(aliases)
        self._names = {name.strip().casefold(): name.strip() for name in names if name.strip()}
        known = "|".join(re.escape(name) for name in sorted(self._names.values(), key=len)[::-1])
        role = r"[PMO]" + (rf"|(?i:{known})" if known else "")
        self._actor = re.compile(rf"@?({role}){_COLON}")
        self._speaker = re.compile(rf"@({role})(?:{_COLON}|{_END})")

    def read(self, text: str, doubts: Doubts) -> Opening:
        """The opening of `text`, the first physical line of an entry."""
        opening = Opening()
        if text.startswith("@") and not self._read_at(text, opening, doubts):
            return opening
        if opening.actor is not None:
            warn_of_misplaced_code(text, opening.end, self._table, doubts)
            return opening
        if not _read_time(text, opening, doubts):
            return opening
        task_line = read_task(text, opening.end, doubts)
        if task_line is not None:
            opening.task_line = task_line
            opening.end = task_line.end
            return opening
        self._read_moment(text, opening, doubts)
        return opening

    def _read_at(self, text: str, opening: Opening, doubts: Doubts) -> bool:
        """A wall clock, else a page, else a speaker; False when `@` opens nothing of these."""
        if wall_clock := _WALL_CLOCK.match(text):
            opening.wall_clock = wall_clock.group(1)
            opening.end = _behind(text, wall_clock.end())
        elif speaker := self._speaker.match(text):
            opening.actor = self._actor_named(speaker.group(1))
            opening.end = _behind(text, speaker.end())
        elif page := PAGE.match(text, 1):
            opening.page = page.group()
            opening.end = _behind(text, page.end())
            warn_of_odd_scheme(opening.page, 0, doubts)
        elif (speaker := _SPEAKER.match(text)) and speaker.group(1).lower() not in KNOWN_SCHEMES:
            opening.actor = speaker.group(1)
            opening.end = _behind(text, speaker.end())
        else:
            # A quoted page, `@"/haku ?q=a b"`, is left for the markers.
            if text[1:2] not in tuple(QUOTE_MARKS):
                detail = "After @ stands no time of day, page or speaker, so this line is text."
                doubts.add(0, WarningCode.UNREADABLE_AT, detail)
            return False
        return True

    def _read_moment(self, text: str, opening: Opening, doubts: Doubts) -> None:
        if reading := read_code(text, opening.end, self._table, doubts):
            opening.code = reading[0]
            opening.end = _behind(text, reading[1])
        if severity := _SEVERITY.match(text, opening.end):
            opening.severity = list(Severity)[int(severity.group(1))]
            opening.end = _behind(text, severity.end())
        elif _LIKE_SEVERITY.match(text, opening.end):
            detail = "Read as text: a severity is !0 to !4 with a space after it."
            doubts.add(opening.end, WarningCode.UNKNOWN_SEVERITY, detail)
        if actor := self._actor_at(text, opening.end):
            opening.actor = self._actor_named(actor.group(1))
            opening.end = _behind(text, actor.end())
        if opening.code is None and (opening.severity or opening.actor):
            warn_of_misplaced_code(text, opening.end, self._table, doubts)

    def _actor_at(self, text: str, position: int) -> re.Match[str] | None:
        """An actor with a colon; a name that the study does not know needs its @."""
        if actor := self._actor.match(text, position):
            return actor
        speaker = _SPEAKER.match(text, position)
        if speaker is None or not speaker.group().endswith(":"):
            return None
        return None if speaker.group(1).lower() in KNOWN_SCHEMES else speaker

    def _actor_named(self, name: str) -> Actor | str:
        return _ROLES.get(name) or self._names.get(name.casefold(), name)


def warn_of_misplaced_severity(text: str, position: int, doubts: Doubts) -> None:
    """A severity that stands in the text is text, and probably was meant as one."""
    if severity := _SEVERITY_IN_TEXT.search(text, position):
        detail = (
            f"{severity.group()} is text here: a severity stands behind the code (a capital "
            "letter or a sign), or first."
        )
        doubts.add(severity.start(), WarningCode.MISPLACED_SEVERITY, detail)


def _behind(text: str, position: int) -> int:
    """The next position that holds no white space."""
    space = _SPACE.match(text, position)
    return space.end() if space else position


def _read_time(text: str, opening: Opening, doubts: Doubts) -> bool:
    """Read an offset; False when something like a time is none, and so the line is text."""
    if opening.wall_clock is not None:
        if _LIKE_TIME.match(text, opening.end):
            detail = "A second time on the line; it is read as text."
            doubts.add(opening.end, WarningCode.SECOND_TIME, detail)
            return False
        return True
    time = _TIME.match(text, opening.end)
    offset_ms = _offset_ms(time) if time else None
    if time is not None and offset_ms is not None:
        opening.offset_ms = offset_ms
        opening.end = _behind(text, time.end())
    elif _LIKE_TIME.match(text, opening.end):
        detail = "Read as text: a time is mm:ss or hh:mm:ss, two digits each, seconds below 60."
        doubts.add(opening.end, WarningCode.NOT_A_TIME, detail)
        return False
    return True


def _offset_ms(time: re.Match[str]) -> int | None:
    opens, hours, minutes, seconds, thousandths, closes = time.groups()
    if _BRACKETS[opens] != closes or (thousandths and opens != "#"):
        return None
    if int(seconds) > 59 or (hours and int(minutes) > 59):
        return None
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole * 1000 + int(thousandths or 0)
