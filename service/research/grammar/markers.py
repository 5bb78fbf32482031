"""Markers at the end of a line: `#tag @url =selector ^criterion-or-rule`.

Each physical line of an entry may end in markers, since a note-taker adds an indented line to one
that is finished already. Where a marker is named twice the last one counts and the other stays
in the text.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from service.research.grammar.lines import Doubts, LogicalLine
from service.research.grammar.quoting import QUOTE_MARKS, Stretch, masked, unquoted
from service.research.grammar.values import WarningCode

# A lower-case scheme, or any scheme before `//`: `@MK:lle` is a name with a Finnish case ending.
PAGE = re.compile(r"/\S*|[a-z][a-z0-9+.-]+:\S+|[A-Za-z][A-Za-z0-9+.-]*://\S+")
KNOWN_SCHEMES = frozenset(
    ("about", "blob", "data", "file", "ftp", "http", "https", "mailto", "tel", "view-source")
)
# How many success criteria the guidelines 1.1, 1.2 … of WCAG 2.1 and 2.2 have: 87 in all, with
# the obsolete 4.1.1.
_CRITERIA = ((1, 9, 6, 13), (4, 6, 3, 13, 8), (6, 6, 9), (3,))
_CRITERION = re.compile(r"([1-4])\.([1-5])\.([1-9][0-9]?)")
_RULE = re.compile(r"(?:(axe|luiska):)?([a-z][a-z0-9]*(?:-[a-z0-9]+)*)")
_TAG = re.compile(r"\w[\w./:+-]*")
_TAG_ENDINGS = ",;:.!?"
# What makes a word look like a marker; arrows (`=>`), smileys (`=)`) and `##` do not.
_SHAPES = {
    "#": re.compile(r"\w"),
    "@": PAGE,
    "=": re.compile(r"[\w#.\[*:\\|/(-](?=.)|[\w*]"),
    "^": re.compile(r"\w"),
}
_SIGN = re.compile(r"[#@=^]")
_WORD = re.compile(r"\S+")


@dataclass(kw_only=True, slots=True)
class Markers:
    """What the markers of one logical line name."""

    tags: list[str] = field(default_factory=list)
    url: str | None = None
    selector: str | None = None
    criterion: str | None = None
    rule: str | None = None  # as typed, with its engine if one is named


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """The text of a line without its markers, and the words quoted in it."""

    text: str
    quotes: tuple[str, ...]


def is_tag(value: str) -> bool:
    """Whether `value` can be typed as a tag without quotes."""
    return _TAG.fullmatch(value) is not None and value.rstrip(_TAG_ENDINGS) == value


def criterion_exists(number: str) -> bool:
    """Whether WCAG 2.1 or 2.2 has a success criterion of that number."""
    match = _CRITERION.fullmatch(number)
    if match is None:
        return False
    principle, guideline, criterion = map(int, match.groups())
    counts = _CRITERIA[principle - 1]
    return guideline <= len(counts) and criterion <= counts[guideline - 1]


def engine_and_rule(named: str | None) -> tuple[str | None, str | None]:
    """`axe:button-name` in its two parts; a rule may be named without its engine."""
    engine, colon, rule = (named or "").rpartition(":")
    return (engine if colon else None), rule or None


def warn_of_odd_scheme(url: str, position: int, doubts: Doubts) -> None:
    """A page of an unusual scheme may be a name with a colon."""
    scheme, colon, rest = url.partition(":")
    if url.startswith("/") or not colon or scheme.lower() in KNOWN_SCHEMES or rest[:2] == "//":
        return
    detail = f"Read as a page, of the scheme {scheme}. For a speaker leave a space after the colon."
    doubts.add(position, WarningCode.ODD_SCHEME, detail)


def read_markers(
    line: LogicalLine, start: int, stretches: list[Stretch], markers: Markers, doubts: Doubts
) -> Body:
    """Take the markers off the ends of the physical lines, from `start` on, into `markers`."""
    if not _SIGN.search(line.text, start):
        return Body(text=line.text[start:].strip(), quotes=_verbatim(line.text, stretches, []))
    cover = masked(line.text, stretches)
    ends = {stretch.start: stretch.end for stretch in stretches}
    texts: list[str] = []
    taken: list[tuple[int, int]] = []
    for piece_start, end in reversed(list(line.spans())):
        begin = max(piece_start, start)
        if begin >= end:
            continue
        tail = _tail(line.text, cover, begin, end, ends)
        kept = [line.text[begin : tail[0][0] if tail else end].rstrip()]
        left: list[str] = []
        for word_start, word_end, is_quoted in reversed(tail):
            word = line.text[word_start:word_end]
            if _take(word, is_quoted, markers, word_start, doubts):
                taken.append((word_start, word_end))
            else:
                left.append(word)
        kept.extend(reversed(left))
        texts.append(" ".join(part for part in kept if part))
    markers.tags = list(dict.fromkeys(reversed(markers.tags)))
    return Body(
        text=" ".join(text for text in reversed(texts) if text),
        quotes=_verbatim(line.text, stretches, taken),
    )


def _verbatim(text: str, stretches: list[Stretch], taken: list[tuple[int, int]]) -> tuple[str, ...]:
    words: list[str] = []
    spans = sorted(taken)
    for stretch in stretches:
        index = bisect_right(spans, (stretch.start, len(text))) - 1
        inside = index >= 0 and stretch.start < spans[index][1]
        said = text[stretch.start + 1 : stretch.end - 1].strip()
        if said and not inside and not stretch.is_value:
            words.append(said)
    return tuple(words)


def _tail(
    text: str, cover: str, begin: int, end: int, stretches: dict[int, int]
) -> list[tuple[int, int, bool]]:
    """The words at the end that look like markers, in order, and whether their value is quoted.

    `stretches` are the ends of the quoted stretches by their starts.
    """
    if not _SIGN.search(cover, begin, end):
        return []
    if end < len(cover) and not cover[end].isspace():
        return []  # a quote goes on over the end of this physical line
    tail: list[tuple[int, int, bool]] = []
    for word in reversed(list(_WORD.finditer(cover, begin, end))):
        sign = word.group()[0]
        if sign not in _SHAPES:
            break
        start = word.start()
        is_quoted = stretches.get(start + 1) == word.end()
        if not (is_quoted or _SHAPES[sign].match(text, start + 1, word.end())):
            break
        tail.append((start, word.end(), is_quoted))
    tail.reverse()
    return tail


def _take(word: str, is_quoted: bool, markers: Markers, position: int, doubts: Doubts) -> bool:
    """Store one marker; False leaves the word in the text, with a warning."""
    value = unquoted(word[1:]) if is_quoted else word[1:]
    sign = word[0]
    if sign == "#":
        tag = value if is_quoted else value.rstrip(_TAG_ENDINGS)
        if not (tag if is_quoted else _TAG.fullmatch(tag)):
            return _unknown(word, position, doubts)
        markers.tags.append(tag)
        return True
    name, meant = _named(sign, value, is_quoted)
    if meant is None:
        return _unknown(word, position, doubts)
    if getattr(markers, name) is not None:
        detail = f"A second {name}: {word} stays in the text, the other one counts."
        doubts.add(position, WarningCode.SECOND_MARKER, detail)
        return False
    setattr(markers, name, meant)
    if name == "url":
        warn_of_odd_scheme(meant, position, doubts)
    return True


def _named(sign: str, value: str, is_quoted: bool) -> tuple[str, str | None]:
    """The field that a marker fills, and its value, or None when the value makes no sense."""
    if sign == "@":
        return "url", value if PAGE.match(value) else None
    if sign == "=":
        plausible = value[:1] not in QUOTE_MARKS and any(c.isalnum() or c in "*_" for c in value)
        return "selector", value if value and (is_quoted or plausible) else None
    if criterion_exists(value):
        return "criterion", value
    return "rule", value if _RULE.fullmatch(value) else None


def _unknown(word: str, position: int, doubts: Doubts) -> bool:
    detail = f"{word} is no tag, page, selector, success criterion or rule; it stays in the text."
    doubts.add(position, WarningCode.UNKNOWN_MARKER, detail)
    return False
