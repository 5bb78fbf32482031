"""Where a key stands in a TOML text. Pure."""

import re
from collections.abc import Sequence

_TABLE = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*="""
)
_PART = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*""")


def line_of(text: str, path: Sequence[int | str]) -> int:
    """The line, from 1, of the key at `path`, or of the nearest table or key around it.

    A step of `path` is a key, or the place of a table in an array of tables.
    """
    wanted = tuple(str(part) for part in path)
    best, best_length = 1, -1
    table: tuple[str, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header = _TABLE.match(line)
        if header:
            table = _parts(header[2])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, str(counts[table]))
            here = table
        else:
            key = _KEY.match(line)
            if key is None:
                continue
            here = (*table, *_parts(key[1]))
        length = len(here)
        if here == wanted[:length] and length > best_length:
            best, best_length = number, length
    return best


def _parts(text: str) -> tuple[str, ...]:
    return tuple("".join(groups) for groups in _PART.findall(text))
