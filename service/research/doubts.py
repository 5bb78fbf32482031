"""Warnings about notes, in the form in which they are stored and answered."""

from dataclasses import dataclass

from service.research.grammar import NoteWarning

Stored = dict[str, str | int]


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """A doubt that arises from what is stored already, where the grammar has its own.

    `line` is the line of the entry in its submission, `code` a short name in kebab-case.
    """

    line: int
    code: str
    detail: str
    column: int = 1


def stored(doubt: Doubt | NoteWarning, *, as_items: bool) -> Stored:
    """As it is kept: by `line` and `column`, or by `item` (from 0) where items were sent."""
    if as_items:
        return {"item": doubt.line - 1, "code": str(doubt.code), "detail": doubt.detail}
    return {
        "line": doubt.line,
        "column": doubt.column,
        "code": str(doubt.code),
        "detail": doubt.detail,
    }
