"""What WebVTT and SubRip share: blocks of lines, each with its times and what was said then."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from service.research.doubts import Doubt
from service.research.exchange.encodings import Decoded
from service.research.exchange.speakers import opening_speaker
from service.research.exchange.timestamps import clock_ms
from service.research.exchange.values import Choices, Imported, Item, Taken, Unreadable

ARROW = re.compile(r"\s*(\S+)\s*-->\s*(\S+)(?:\s.*)?")
_LEFT_OUT = "Where a cue ends, its name and its settings are not kept."
_DASH = re.compile(r"[-–—]\s+")


@dataclass(frozen=True, kw_only=True)
class Block:
    """The lines between two blank ones; `line` is the number of the first."""

    line: int
    lines: tuple[str, ...]

    def arrow(self) -> int | None:
        """The place of the line with the times; only the first two lines can be it."""
        return next((n for n, line in enumerate(self.lines[:2]) if "-->" in line), None)


@dataclass(frozen=True, kw_only=True)
class Said:
    """A piece of a cue: the words without markup, and the speaker where markup names one."""

    words: str
    speaker: str | None = None


@dataclass(kw_only=True)
class CueReader:
    """Collects the items of cues, and the doubts about them."""

    items: list[Item] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def read(self, block: Block, pieces: Iterable[Said]) -> None:
        """Take in one block with what was said in it."""
        place = block.arrow()
        offset_ms = None
        if place is None:
            detail = "No times stand above these words; they get the time above them."
            self._doubt(block.line, "cue-without-time", detail)
        else:
            times = ARROW.fullmatch(block.lines[place])
            offset_ms = clock_ms(times.group(1)) if times else None
            if offset_ms is None:
                detail = "This is no time; the words get the time above them."
                self._doubt(block.line + place, "not-a-time", detail)
        said = _by_speaker(pieces)
        head = block.lines[: place + 1] if place is not None else ()
        if not said:
            self._doubt(block.line, "empty-cue", "A cue without words is not taken over.")
        for piece in said:
            self.items.append(
                Item(
                    line=block.line,
                    # Of several people in one cue each keeps their own words alone, so that one
                    # of them can take theirs back.
                    raw="\n".join(block.lines if len(said) == 1 else (*head, piece.words)) + "\n",
                    text=piece.words,
                    offset_ms=offset_ms,
                    speaker=piece.speaker,
                    spoken=True,
                )
            )

    def imported(self, format_: str, decoded: Decoded, choices: Choices) -> Imported:
        """All that was read, of a file of that format. Raises `Unreadable` when it is nothing."""
        if not self.items:
            raise Unreadable("There is no cue with words in this file.")
        spoken = choices.spoken is not False
        items = self.items if spoken else [replace(item, spoken=False) for item in self.items]
        return Imported(
            taken=Taken(
                format=format_,
                encoding=decoded.encoding,
                spoken=spoken,
                because=(decoded.because, _LEFT_OUT),
            ),
            items=tuple(items),
            doubts=(*decoded.doubts, *self.doubts),
        )

    def _doubt(self, line: int, code: str, detail: str) -> None:
        self.doubts.append(Doubt(line=line, code=code, detail=detail))


def blocks(lines: list[str], first: int = 1) -> Iterator[Block]:
    """The blocks of `lines`, the first of which has the number `first`."""
    start = None
    for place, line in enumerate([*lines, ""]):
        if line.strip() and start is None:
            start = place
        elif not line.strip() and start is not None:
            yield Block(line=first + start, lines=tuple(lines[start:place]))
            start = None


def _by_speaker(pieces: Iterable[Said]) -> list[Said]:
    """Pieces joined to one for each turn; a line that opens with `Name:` begins a turn."""
    turns: list[Said] = []
    for piece in pieces:
        words, speaker, turn = piece.words.strip(), piece.speaker, piece.speaker is not None
        if dash := _DASH.match(words):
            words, turn = words[dash.end() :], True
        if speaker is None and (opening := opening_speaker(words)):
            speaker, words, turn = opening[0], words[opening[1] :].strip(), True
        if turns and not turn:
            last = turns.pop()
            words, speaker = f"{last.words} {words}".strip(), last.speaker
        turns.append(Said(words=words, speaker=speaker))
    return [turn for turn in turns if turn.words]
