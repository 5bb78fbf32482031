"""Codebooks of other programs: Taguette's CSV of tags with what they mean."""

from service.research.exchange.encodings import decode
from service.research.exchange.separated import cut
from service.research.exchange.taguette import CodebookEntry, codebook_of
from service.research.exchange.values import Choices, Unreadable


def read_codebook(content: bytes, choices: Choices) -> tuple[CodebookEntry, ...]:
    """The tags of a codebook in order, each once. Raises `Unreadable`."""
    if not content:
        raise Unreadable("It is empty. Send the file as the body, or as the form's `file`.")
    rows = cut(decode(content, choices.encoding), choices.separator).rows
    entries = {entry.name: entry for entry in reversed(codebook_of(rows[0], rows[1:]))}
    return tuple(reversed(entries.values()))
