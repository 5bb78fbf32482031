"""The plain-text note grammar: bytes in, readings out; nothing is refused and nothing is lost.

`parse_notes` reads a submission, `write_notes` writes its canonical form. The grammar for people
is docs/notes-grammar.md; every example there runs as a test.
"""

from service.research.grammar.codes import FINNISH_ALIASES, LETTERS, alias_problem
from service.research.grammar.reading import parse_notes
from service.research.grammar.values import (
    Actor,
    Code,
    Header,
    Kind,
    Notes,
    NoteWarning,
    ParsedNote,
    Severity,
    TaskOutcome,
    WarningCode,
)
from service.research.grammar.writing import write_note, write_notes

Warning_ = NoteWarning

__all__ = [
    "FINNISH_ALIASES",
    "LETTERS",
    "Actor",
    "Code",
    "Header",
    "Kind",
    "NoteWarning",
    "Notes",
    "ParsedNote",
    "Severity",
    "TaskOutcome",
    "WarningCode",
    "Warning_",
    "alias_problem",
    "parse_notes",
    "write_note",
    "write_notes",
]
