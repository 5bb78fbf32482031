"""What tells one element from others, apart from its keys: id, words, address, place. Pure."""

import hashlib
import json
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from checks.snippet import read_snippet
from checks.volatile import masked_text, stable_classes, stable_token, stable_url
from service.barriers.gate.selecting import steps_of

_NAMING = ("aria-label", "alt", "title", "placeholder", "name", "value")
_ADDRESSES = ("href", "src", "action", "data")
_SAME_PLACE = 0.8
_WORDS_LENGTH = 12


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What an element's own start tag and text say of it."""

    tag: str
    id: str
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    classes: frozenset[str]


def words_of(html: str) -> str:
    """A short digest of an element's tag, names, text and address; empty where it has none."""
    told = _told(html)
    words = [*told.names, *told.addresses]
    if not words:
        return ""
    text = json.dumps([told.tag, *words], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_WORDS_LENGTH]


def likeness(one_html: str, one_path: str, other_html: str, other_path: str) -> tuple[float, str]:
    """How sure it is that two elements of one rule and page are one, 0 to 1, and why."""
    one, other = _told(one_html), _told(other_html)
    if one.tag != other.tag:
        return 0.0, ""
    if one.id and one.id == other.id:
        return 1.0, f"the same id, {one.id!r}, at another place or in other words"
    if one.addresses and one.addresses == other.addresses:
        return 0.9, "the same element and address, in other words"
    # axe leaves out what is long: an element of which nothing is told may be any of its kind.
    told_apart = one.id or other.id or _differ(one.names, other.names)
    if (
        told_apart
        or _differ(one.addresses, other.addresses)
        or not same_place(one_path, other_path)
    ):
        return 0.0, ""
    if one.classes & other.classes or not (one.classes or other.classes):
        return 0.8, "the same element at the same place"
    return 0.7, "the same element at the same place, with other classes"


def _differ(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return bool(one and other) and one != other


@lru_cache(maxsize=100_000)
def _told(html: str) -> _Told:
    snippet = read_snippet(html)
    given = snippet.attributes
    names = [masked_text(given.get(name)) for name in _NAMING]
    addresses = [stable_url(given.get(name)) for name in _ADDRESSES]
    return _Told(
        tag=snippet.tag,
        id=stable_token(given.get("id")),
        names=tuple(name for name in (*names, masked_text(snippet.text)) if name),
        addresses=tuple(address for address in addresses if address),
        classes=frozenset(stable_classes(given.get("class"))),
    )


@lru_cache(maxsize=100_000)
def same_place(one: str, other: str) -> bool:
    """Whether the tags and ids above two elements are nearly the same."""
    if not one or not other:
        return False
    here, there = ([_bare_step(step) for step in steps_of(path)] for path in (one, other))
    return SequenceMatcher(None, here, there, autojunk=False).ratio() >= _SAME_PLACE


def _bare_step(step: str) -> str:
    name, _, element_id = step.partition(".")[0].partition("#")
    return f"{name}#{stable_token(element_id)}"
