"""A submission cut into lines, with continuation lines joined to the line they continue.

A line ends at LF, CR LF or CR, as editors write them; nothing else ends a line.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from service.research.grammar.values import NoteWarning, WarningCode

_UNREADABLE = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True, kw_only=True, slots=True)
class LogicalLine:
    """A line and the indented lines that continue it.

    `pieces` are the stripped texts of its physical lines, `text` is the pieces joined by single
    spaces, `starts` are the pieces' positions in `text`, and `indents` what was stripped before
    each of them.
    """

    number: int
    raw: bytes
    pieces: tuple[str, ...]
    indents: tuple[int, ...]
    starts: tuple[int, ...]
    text: str

    @property
    def is_blank(self) -> bool:
        return not self.text

    def spans(self) -> Iterator[tuple[int, int]]:
        """Where each piece lies in `text`."""
        for start, piece in zip(self.starts, self.pieces, strict=True):
            yield start, start + len(piece)

    def place(self, position: int) -> tuple[int, int]:
        """The physical line and the column, both from 1, of a position in `text`."""
        index = bisect_right(self.starts, position) - 1
        column = self.indents[index] + position - self.starts[index] + 1
        return self.number + index, column


@dataclass(kw_only=True, slots=True)
class Doubts:
    """Collects the warnings about one logical line."""

    line: LogicalLine
    found: list[NoteWarning] = field(default_factory=list)

    def add(self, position: int, code: WarningCode, detail: str) -> None:
        number, column = self.line.place(position)
        self.found.append(NoteWarning(line=number, column=column, code=code, detail=detail))


def as_bytes(submission: bytes | str) -> bytes:
    """The bytes of a submission; a lone surrogate in a string becomes its three generalised bytes.

    `surrogatepass` and not `surrogateescape`, because only the former is one to one for every
    string.
    """
    if isinstance(submission, str):
        return submission.encode("utf-8", "surrogatepass")
    return bytes(submission)


def _readable(raw: bytes, number: int, warnings: list[NoteWarning]) -> str:
    """A physical line as text, without its ending; one character stands for each bad byte."""
    text = raw.rstrip(b"\r\n").decode("utf-8", "surrogateescape")
    if number == 1:
        text = text.removeprefix("\ufeff")
    bad = _UNREADABLE.search(text)
    if bad is None:
        return text
    if bad.group() == "\x00":
        code, detail = WarningCode.NUL, "A NUL character; it is shown as U+FFFD and kept as typed."
    else:
        code = WarningCode.NOT_UTF8
        detail = "Bytes that are not UTF-8; they are shown as U+FFFD and kept as they came."
    warnings.append(NoteWarning(line=number, column=bad.start() + 1, code=code, detail=detail))
    return _UNREADABLE.sub(_REPLACEMENT, text)


def _joined(number: int, raws: list[bytes], texts: list[str]) -> LogicalLine:
    pieces = tuple(text.strip() for text in texts)
    starts: list[int] = []
    position = 0
    for piece in pieces:
        starts.append(position)
        position += len(piece) + 1
    return LogicalLine(
        number=number,
        raw=b"".join(raws),
        pieces=pieces,
        indents=tuple(len(text) - len(text.lstrip()) for text in texts),
        starts=tuple(starts),
        text=" ".join(pieces),
    )


def logical_lines(submission: bytes, warnings: list[NoteWarning]) -> Iterator[LogicalLine]:
    """The logical lines in order; a blank line is one of its own and is never continued."""
    number = 1
    raws: list[bytes] = []
    texts: list[str] = []
    for current, raw in enumerate(submission.splitlines(keepends=True), start=1):
        text = _readable(raw, current, warnings)
        blank = not text or text.isspace()
        continues = not blank and text[0].isspace() and current > 1
        if continues and texts:
            raws.append(raw)
            texts.append(text)
            continue
        if texts:
            yield _joined(number, raws, texts)
        number, raws, texts = current, [raw], [text]
        if continues:
            column = len(text) - len(text.lstrip()) + 1
            detail = "Indented, but the line above is blank; it is read as a line of its own."
            code = WarningCode.NOTHING_TO_CONTINUE
            warnings.append(NoteWarning(line=current, column=column, code=code, detail=detail))
        if blank:
            yield _joined(number, raws, texts)
            raws, texts = [], []
    if texts:
        yield _joined(number, raws, texts)
