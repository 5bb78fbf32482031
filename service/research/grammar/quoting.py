"""Quoted stretches of a line: words said aloud, and the values of markers that hold spaces."""

import re
from dataclasses import dataclass

# What a closing mark may be for each opening one: straight, English, Finnish and German.
# Guillemets are left out: in notes they are breadcrumbs ("Etusivu » Haku") far more often.
_CLOSERS = {'"': '"', "”": "”", "“": "”“", "„": "“”"}
_OPENER = re.compile('["“”„]')
_CLOSER = {opener: re.compile(rf"(?<!\\)[{marks}]") for opener, marks in _CLOSERS.items()}
_ONLY_OPENS = "“„"
MARKER_SIGNS = "#@=^"
QUOTE_MARKS = '"“”„'


@dataclass(frozen=True, slots=True)
class Stretch:
    """From an opening mark to behind its closing mark. `is_value`: it follows a marker's sign."""

    start: int
    end: int
    is_value: bool


def quoted_stretches(text: str, start: int) -> tuple[list[Stretch], int | None]:
    """The quoted stretches of `text` from `start` on, and where a quote is left open, if one is.

    A straight mark after a letter or a digit opens nothing: `15" näyttö` is no quote. An open
    quote quotes nothing, so that one stray mark does not swallow the markers behind it.
    """
    found: list[Stretch] = []
    unclosed: int | None = None
    dead: set[str] = set()  # openers that have no closer in the rest; keeps this linear
    position = start
    while (opening := _OPENER.search(text, position)) is not None:
        at, mark = opening.start(), opening.group()
        position = at + 1
        before = text[at - 1] if at > start else " "
        if before.isalnum() and mark not in _ONLY_OPENS:
            continue
        closing = None if mark in dead else _CLOSER[mark].search(text, position)
        if closing is None:
            dead.add(mark)
            unclosed = at if unclosed is None else unclosed
            continue
        found.append(Stretch(at, closing.end(), before in MARKER_SIGNS))
        position = closing.end()
    return found, unclosed


def masked(text: str, stretches: list[Stretch]) -> str:
    """`text` with every quoted stretch overwritten, so that nothing in it splits or marks."""
    if not stretches:
        return text
    parts: list[str] = []
    position = 0
    for stretch in stretches:
        parts.append(text[position : stretch.start])
        parts.append("x" * (stretch.end - stretch.start))
        position = stretch.end
    parts.append(text[position:])
    return "".join(parts)


def unquoted(value: str) -> str:
    """The inside of a quoted marker value; a closing mark inside it is typed behind a backslash."""
    for mark in _CLOSERS[value[0]]:
        value = value[0] + value[1:-1].replace("\\" + mark, mark) + value[-1]
    return value[1:-1].strip()


def quoted(value: str) -> str:
    """`value` in straight quotes."""
    return '"' + value.replace('"', '\\"') + '"'
