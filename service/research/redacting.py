"""Quoted words taken out of what was noted, when consent to quotes is taken back. Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from service.research.grammar.quoting import quoted_stretches

TAKEN_OUT = "…"
_SHORT = 4


def without_quotes(text: str, quotes: Iterable[str] = ()) -> str:
    """`text` with the words inside of every pair of quotation marks replaced by an ellipsis.

    So are `quotes` wherever they stand, with or without marks, in capitals or not and however they
    are broken into lines, and all that follows a mark without its pair: it began a quote. The value
    of a marker (`="nav > a"`) is nobody's word and stays.
    """
    stretches, unclosed = quoted_stretches(text, 0)
    parts: list[str] = []
    position = 0
    for stretch in stretches:
        if stretch.is_value:
            continue
        parts += [text[position : stretch.start + 1], TAKEN_OUT]
        position = stretch.end - 1
    parts.append(text[position:])
    redacted = "".join(parts)
    if unclosed is not None and (at := redacted.rfind(text[unclosed:])) >= 0:
        redacted = redacted[: at + 1] + TAKEN_OUT
    for quote in sorted(filter(str.strip, set(quotes)), key=len, reverse=True):
        redacted = _as_words(quote).sub(TAKEN_OUT, redacted)
    return redacted


def _as_words(quote: str) -> re.Pattern[str]:
    """A short one only as a word of its own: "no" is in "not" as well."""
    words = r"\s+".join(map(re.escape, quote.split()))
    alone = rf"(?<!\w){words}(?!\w)" if len(quote) < _SHORT else words
    return re.compile(alone, re.IGNORECASE)


def raw_without_quotes(raw: bytes, quotes: Iterable[str], *, is_item: bool) -> bytes:
    """A raw entry without quoted words; an item that was sent as JSON stays JSON."""
    if not is_item:
        return (without_quotes(raw.decode("utf-8", "surrogateescape"), quotes)).encode(
            "utf-8", "surrogateescape"
        )
    item = json.loads(raw)
    if isinstance(item.get("text"), str):
        item["text"] = without_quotes(item["text"], quotes)
    return raw_item(item)


def raw_item(item: Mapping[str, Any]) -> bytes:
    """What is kept of an item that was sent as JSON: sorted names and no white space."""
    return json.dumps(item, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
