"""Times as transcripts, notes and spreadsheets write them, in milliseconds from the start."""

import re

from service.research.timing import MAX_OFFSET_MS

_CLOCK = r"(?:[0-9]{1,3}:)?[0-9]{1,2}:[0-9]{2}(?:[.,][0-9]{1,3})?"
_PARTS = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,3}):([0-9]{2})(?:[.,]([0-9]{1,3}))?")
_UNTIL = rf"(?:\s*(?:-->|–|—|-)\s*{_CLOCK})?"
_BRACKETED = re.compile(
    rf"\[\s*({_CLOCK}){_UNTIL}\s*\]|\{{\s*({_CLOCK}){_UNTIL}\s*\}}"
    rf"|\(\s*({_CLOCK}){_UNTIL}\s*\)|#({_CLOCK})#"
)
_ARROW = re.compile(rf"({_CLOCK})\s*-->\s*{_CLOCK}(?=\s|\Z)")
# Without brackets a time has two digits on each side, or three parts: `16:9` is text.
_BARE = re.compile(
    r"([0-9]{1,3}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,3})?|[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,3})?)"
    rf"(?:\s*[–—]\s*{_CLOCK})?(?=\s|\Z)"
)
_BEHIND = re.compile(r"\s*(?:[–—]\s+)?")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
WALL_CLOCK = re.compile(r"(?:[01]?[0-9]|2[0-3])[:.][0-5][0-9](?:[:.][0-5][0-9])?")


def clock_ms(text: str) -> int | None:
    """`m:ss`, `mm:ss`, `h:mm:ss` with or without thousandths (`.` or `,`); None for anything else.

    Two parts are minutes and seconds. Seconds stay below 60, and so do minutes behind hours.
    """
    match = _PARTS.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds, fraction = match.groups()
    if int(seconds) > 59 or (hours and int(minutes) > 59):
        return None
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    offset_ms = whole * 1000 + int((fraction or "0").ljust(3, "0"))
    return offset_ms if offset_ms <= MAX_OFFSET_MS else None


def cell_ms(text: str) -> int | None:
    """A cell of a column of times: as `clock_ms`, in brackets or not."""
    text = text.strip()
    if bracketed := _BRACKETED.fullmatch(text):
        return clock_ms(next(each for each in bracketed.groups() if each))
    return clock_ms(text)


def seconds_ms(text: str) -> int | None:
    """A number of seconds, with a point or a comma."""
    if not _NUMBER.fullmatch(text.strip()) or len(text) > 20:
        return None
    offset_ms = round(float(text.strip().replace(",", ".")) * 1000)
    return offset_ms if offset_ms <= MAX_OFFSET_MS else None


def opening_time(text: str) -> tuple[int, int] | None:
    """The time that a line opens with, and where its words begin; None when it opens with none."""
    for pattern in (_ARROW, _BRACKETED, _BARE):
        match = pattern.match(text)
        if match is None:
            continue
        offset_ms = clock_ms(next(each for each in match.groups() if each))
        if offset_ms is not None:
            behind = _BEHIND.match(text, match.end())
            return offset_ms, behind.end() if behind else match.end()
    return None


def closing_time(text: str) -> tuple[int, int] | None:
    """The time that ends a line (`Maija   0:03`), and where the words before it end."""
    match = re.search(rf"\s+[\[(]?({_CLOCK})[\])]?\s*\Z", text)
    offset_ms = clock_ms(match.group(1)) if match else None
    return None if match is None or offset_ms is None else (offset_ms, match.start())


def written(offset_ms: int) -> str:
    """An offset as the note grammar writes it."""
    seconds, thousandths = divmod(offset_ms, 1000)
    long = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"#{long}.{thousandths:03}#" if thousandths else long
