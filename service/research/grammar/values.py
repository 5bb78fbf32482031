"""What a note says once it is read: its names are the ones that are stored."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Kind = Literal["observation", "page", "task_start", "task_end", "header", "blank"]


class Code(StrEnum):
    """What sort of moment an observation is. `NOTE` has no letter: it is a line without a code."""

    PROBLEM = "problem"
    SAME_PROBLEM = "same_problem"
    HIGHLIGHT = "highlight"
    COMMENT = "comment"
    POSITIVE = "positive"
    NEGATIVE = "negative"
    CONFUSION = "confusion"
    SURPRISE = "surprise"
    BUG = "bug"
    HELP = "asks_for_help"
    ASSISTED = "assisted"
    GIVES_UP = "gives_up"
    IDEA = "idea"
    MISC = "miscellaneous"
    INTERPRETATION = "interpretation"
    NOTE = "note"


class Severity(StrEnum):
    """Nielsen's severity ratings, mildest first; typed `!0` to `!4`, stored by name."""

    NOT_A_PROBLEM = "not_a_problem"
    COSMETIC = "cosmetic"
    MINOR = "minor"
    MAJOR = "major"
    CATASTROPHE = "catastrophe"

    @property
    def rank(self) -> int:
        """0 (not a problem) to 4 (catastrophe)."""
        return list(Severity).index(self)


class Actor(StrEnum):
    """Who acts or speaks, when it is one of the three roles of a session."""

    PARTICIPANT = "participant"
    MODERATOR = "moderator"
    OBSERVER = "observer"


class TaskOutcome(StrEnum):
    """How an attempt at a task ended."""

    UNASSISTED = "unassisted"
    ASSISTED = "assisted"
    PARTIAL = "partial"
    FAILED = "failed"
    GAVE_UP = "gave_up"
    THINKS_FINISHED = "thinks_finished"
    NOT_RUN = "not_run"


class WarningCode(StrEnum):
    """Why a line may have been meant otherwise than it was read."""

    NOT_UTF8 = "not-utf8"
    NUL = "nul-character"
    NOT_A_HEADER = "not-a-header"
    NOT_A_TIME = "not-a-time"
    SECOND_TIME = "second-time"
    UNREADABLE_AT = "unreadable-at"
    ODD_SCHEME = "odd-scheme"
    UNKNOWN_CODE = "unknown-code"
    CODE_OR_WORD = "code-or-word"
    MISPLACED_CODE = "misplaced-code"
    GLUED_CODE = "glued-code"
    UNKNOWN_SEVERITY = "unknown-severity"
    MISPLACED_SEVERITY = "misplaced-severity"
    UNREADABLE_TASK = "unreadable-task"
    UNKNOWN_OUTCOME = "unknown-outcome"
    UNKNOWN_SEQ = "unknown-seq"
    TASK_STILL_RUNNING = "task-still-running"
    TASK_NOT_RUNNING = "task-not-running"
    UNCLOSED_QUOTE = "unclosed-quote"
    UNKNOWN_MARKER = "unknown-marker"
    SECOND_MARKER = "second-marker"
    NO_EARLIER_PROBLEM = "no-earlier-problem"
    NOTHING_TO_CONTINUE = "nothing-to-continue"
    EMPTY_NOTE = "empty-note"


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteWarning:
    """A doubt about one place. `line` and `column` start at 1; columns count characters."""

    line: int
    column: int
    code: WarningCode
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """The first line, when it names a session and a participant; `fields` keep their order."""

    session: str
    participant: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedNote:
    """One line with its continuation lines, and the reading of it.

    `raw` holds the exact bytes of those lines with their line endings: the `raw` of all entries,
    joined, is the submission. Every other string is free of NUL and of lone surrogates (U+FFFD
    stands in their place), so it can be stored and sent as it is.

    `code` is None exactly when `kind` is not `observation`. `url` and `task` are what is in force
    at this line, itself included; for a task's start and end `task` is the task that is named, and
    both are None on blank lines and the header. `time_inherited` says that the time was taken from
    above; a line with no time anywhere above has neither an offset nor a wall clock.
    `rule` is the bare rule id; `rule_engine` is `axe` or `luiska` where the note names it.
    `refers_to` is the line of the problem that a `D` repeats, or a key of `parse_notes`'s
    `problems`.
    """

    kind: Kind
    line: int
    raw: bytes = b""
    offset_ms: int | None = None
    wall_clock: str | None = None
    time_inherited: bool = False
    code: Code | None = None
    severity: Severity | None = None
    actor: Actor | str | None = None
    text: str = ""
    quotes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    url: str | None = None
    selector: str | None = None
    criterion: str | None = None
    rule: str | None = None
    rule_engine: str | None = None
    task: int | None = None
    outcome: TaskOutcome | None = None
    seq: int | None = None
    refers_to: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Notes:
    """A submission, read. Every physical line belongs to exactly one of `entries`."""

    header: Header | None = None
    entries: tuple[ParsedNote, ...] = ()
    warnings: tuple[NoteWarning, ...] = ()
