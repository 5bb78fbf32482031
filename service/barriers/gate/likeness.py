"""What tells one element from others, apart from its keys: id, words, address, place. Pure."""

import hashlib
import json
from collections.abc import Mapping
from difflib import SequenceMatcher

from checks.snippet import Snippet, read_snippet
from checks.volatile import masked_text, stable_classes, stable_token, stable_url
from service.barriers.gate.selecting import steps_of

_NAMING = ("aria-label", "alt", "title", "placeholder", "name", "value")
_ADDRESSES = ("href", "src", "action", "data")
_SAME_PLACE = 0.8
_WORDS_LENGTH = 12


def words_of(html: str) -> str:
    """A short digest of an element's tag, names, text and address; empty where it has none."""
    snippet = read_snippet(html)
    told = [*_names(snippet), *_addresses(snippet)]
    if not told:
        return ""
    text = json.dumps([snippet.tag, *told], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_WORDS_LENGTH]


def likeness(one_html: str, one_path: str, other_html: str, other_path: str) -> tuple[float, str]:
    """How sure it is that two elements of one rule and page are one, 0 to 1, and why."""
    one, other = read_snippet(one_html), read_snippet(other_html)
    if one.tag != other.tag:
        return 0.0, ""
    ids = _id(one.attributes), _id(other.attributes)
    if ids[0] and ids[0] == ids[1]:
        return 1.0, f"the same id, {ids[0]!r}, at another place or in other words"
    addresses = _addresses(one), _addresses(other)
    if addresses[0] and addresses[0] == addresses[1]:
        return 0.9, "the same element and address, in other words"
    told_apart = any(ids) or _names(one) != _names(other) or addresses[0] != addresses[1]
    if told_apart or not same_place(one_path, other_path):
        return 0.0, ""
    if set(_classes(one)) & set(_classes(other)) or not (_classes(one) or _classes(other)):
        return 0.8, "the same element at the same place"
    return 0.7, "the same element at the same place, with other classes"


def same_place(one: str, other: str) -> bool:
    """Whether the tags and ids above two elements are nearly the same."""
    if not one or not other:
        return False
    here, there = ([_bare_step(step) for step in steps_of(path)] for path in (one, other))
    return SequenceMatcher(None, here, there, autojunk=False).ratio() >= _SAME_PLACE


def _id(attributes: Mapping[str, str]) -> str:
    return stable_token(attributes.get("id"))


def _classes(snippet: Snippet) -> list[str]:
    return stable_classes(snippet.attributes.get("class"))


def _names(snippet: Snippet) -> tuple[str, ...]:
    values = [masked_text(snippet.attributes.get(name)) for name in _NAMING]
    return tuple(value for value in (*values, masked_text(snippet.text)) if value)


def _addresses(snippet: Snippet) -> tuple[str, ...]:
    values = [stable_url(snippet.attributes.get(name)) for name in _ADDRESSES]
    return tuple(value for value in values if value)


def _bare_step(step: str) -> str:
    name, _, element_id = step.partition(".")[0].partition("#")
    return f"{name}#{stable_token(element_id)}"
