"""SubRip: numbered cues with a comma in their times."""

import re

from service.research.exchange.cues import CueReader, Said, blocks
from service.research.exchange.encodings import decode
from service.research.exchange.values import Choices, Imported, Unreadable

_MARKUP = re.compile(r"</?(?:i|b|u|s|font)(?:\s[^<>]*)?>|\{\\[^{}]*\}", re.IGNORECASE)


def read_srt(content: bytes, choices: Choices) -> Imported:
    """The cues of a SubRip file. Raises `Unreadable`."""
    decoded = decode(content, choices.encoding)
    reader = CueReader()
    lines = decoded.lines()
    if not any("-->" in line for line in lines):
        raise Unreadable("No line has the times of a cue (00:00:01,000 --> 00:00:04,000).", line=1)
    for block in blocks(lines):
        place = block.arrow()
        words = block.lines[place + 1 :] if place is not None else block.lines
        reader.read(block, [Said(words=_MARKUP.sub("", line)) for line in words])
    return reader.imported("srt", decoded, choices)
