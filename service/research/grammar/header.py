"""The header: `# session participant key=value …` on the first line."""

import re

from service.research.grammar.lines import LogicalLine
from service.research.grammar.quoting import MARKER_SIGNS, QUOTE_MARKS
from service.research.grammar.values import Header

_NAMES = re.compile(r"#\s+(\S+)\s+(\S+)")
_PAIR = re.compile(r'\s+([^\s="#@^]+)=("[^"]*"|”[^”]*”|“[^“”]*[”“]|[^\s"”“]\S*|)(?=\s|\Z)')


def looks_like_header(line: LogicalLine) -> bool:
    """Whether it is the first line and opens with `#` and a space."""
    return line.number == 1 and re.match(r"#\s", line.text) is not None


def read_header(line: LogicalLine) -> Header | None:
    """The header, or None: prose behind a `#` is text, so every further word must be a pair."""
    match = _NAMES.match(line.text) if line.number == 1 else None
    if match is None or not all(_is_name(name) for name in match.groups()):
        return None
    fields: list[tuple[str, str]] = []
    position = match.end()
    while (pair := _PAIR.match(line.text, position)) is not None:
        value = pair.group(2)
        fields.append((pair.group(1), value[1:-1] if value[:1] in tuple(QUOTE_MARKS) else value))
        position = pair.end()
    if position != len(line.text):
        return None
    return Header(session=match.group(1), participant=match.group(2), fields=tuple(fields))


def _is_name(word: str) -> bool:
    return word[0] not in MARKER_SIGNS and not any(c in word for c in "=" + QUOTE_MARKS)
