"""WebVTT (W3C): cues with voices, without them, and all that stands between them."""

import html
import re
from collections.abc import Iterator

from service.research.doubts import Doubt
from service.research.exchange.cues import CueReader, Said, blocks
from service.research.exchange.encodings import decode
from service.research.exchange.values import Choices, Imported, Unreadable

_HEADER = re.compile(r"WEBVTT(?:[ \t].*)?")
# No tag reaches over the next `<`, which also keeps these linear in what is never closed.
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]([^<>]*)>|</v>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:c|i|b|u|ruby|rt|lang|v)(?:[.\s][^<>]*)?>|<[0-9:.]+>", re.IGNORECASE)
_OTHER = re.compile(r"(NOTE|STYLE|REGION)(?:[ \t].*)?")


def read_vtt(content: bytes, choices: Choices) -> Imported:
    """The cues of a WebVTT file. Raises `Unreadable`."""
    decoded = decode(content, choices.encoding)
    lines = decoded.lines()
    if not lines or not _HEADER.fullmatch(lines[0]):
        raise Unreadable(
            "A WebVTT file begins with the line WEBVTT. If this is SubRip, say ?format=srt.", line=1
        )
    reader = CueReader()
    head_end = next((n for n, line in enumerate(lines) if not line.strip()), len(lines))
    # Some writers leave no blank line below the header.
    first_cue = next((n for n, line in enumerate(lines[:head_end]) if "-->" in line), head_end)
    _take_head(lines[:first_cue], reader)
    for block in blocks(lines[first_cue:], first_cue + 1):
        other = _OTHER.fullmatch(block.lines[0])
        if other and block.arrow() is None:
            detail = f"A block {other.group(1)} is not taken over."
            reader.doubts.append(Doubt(line=block.line, code="left-out", detail=detail))
            continue
        place = block.arrow()
        words = block.lines[place + 1 :] if place is not None else block.lines
        reader.read(block, _pieces(words))
    return reader.imported("vtt", decoded, choices)


def _take_head(head: list[str], reader: CueReader) -> None:
    if len(head) > 1 or head[0].strip() != "WEBVTT":
        detail = "What the head of the file says is not taken over."
        reader.doubts.append(Doubt(line=1, code="left-out", detail=detail))


def _pieces(lines: tuple[str, ...]) -> Iterator[Said]:
    """The words of a cue, line by line and voice by voice. A line of no markup has no voice."""
    voice: str | None = None
    told: str | None = None
    for block_line in lines:
        position = 0
        for mark in [*_VOICE.finditer(block_line), None]:
            end = mark.start() if mark else len(block_line)
            words = _plain(block_line[position:end])
            if words.strip() or mark is None:
                yield Said(words=words, speaker=voice if voice != told else None)
                told = voice
            if mark is not None:
                name = mark.group(1)
                voice = " ".join(html.unescape(name).split()) or None if name else None
                told = None
                position = mark.end()


def _plain(words: str) -> str:
    return html.unescape(_TAG.sub("", words))
