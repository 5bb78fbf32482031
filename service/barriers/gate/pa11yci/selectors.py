"""`hideElements`: the selectors that can be told of a finding, as one."""

import re
from collections.abc import Iterable

from service.barriers.gate.selecting import BadSelector, can_be_told, read_selector

# Commas between selectors, and not those within brackets or quotes.
_BETWEEN = re.compile(r",(?![^(\[]*[)\]])(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")


def hidden(texts: Iterable[str]) -> tuple[str | None, tuple[str, ...]]:
    """A selector of all these elements and what is in them, and what goes in none.

    An attribute of an element is known of the element itself, and of nothing that is in it.
    """
    told: list[str] = []
    untold: list[str] = []
    for text in texts:
        for selector in filter(None, map(str.strip, _BETWEEN.split(text))):
            for each in (selector, f"{selector} *"):
                (told if _is_told(each) else untold).append(each)
    return ", ".join(told) or None, tuple(untold)


def _is_told(selector: str) -> bool:
    try:
        read_selector(selector)
    except BadSelector:
        return False
    return can_be_told(selector)
