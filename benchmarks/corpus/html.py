"""What the corpus needs to know of a page: its elements, and what it loads from other hosts."""

import re
from html.parser import HTMLParser

ABSENT = "/absent"
"""Where subresources of other hosts are pointed to: this server answers 404 at once."""

_LOADING = re.compile(
    r"""(?P<before><(?:script|img|iframe|source|video|audio|embed|input|link)\b[^>]*?
        \s(?:src|href)\s*=\s*)(?P<quote>["'])(?:https?:)?//[^"']*(?P=quote)""",
    re.IGNORECASE | re.VERBOSE,
)
_RELATION = re.compile(r"""\srel\s*=\s*["']?([^"'>]*)""", re.IGNORECASE)
_LOADED_LINKS = {"stylesheet", "icon", "apple-touch-icon", "manifest"}
_LOADED_LINKS |= {"preload", "modulepreload", "preconnect", "dns-prefetch"}


def without_network(html: str) -> str:
    """The page with the subresources of other hosts pointed to `ABSENT`; nothing else changes.

    Links to follow (`<a href>`, `<link rel=canonical>`) stay as they are: they load nothing.
    """
    return _LOADING.sub(_pointed_home, html)


def _pointed_home(match: re.Match[str]) -> str:
    rest = match.string[match.start() : match.string.find(">", match.end()) + 1]
    if rest.lower().startswith("<link"):
        relation = _RELATION.search(rest)
        words = set(relation[1].lower().split()) if relation else set()
        if not words & _LOADED_LINKS:
            return match[0]
    return f"{match['before']}{match['quote']}{ABSENT}{match['quote']}"


def count_elements(html: str) -> int:
    """How many elements the page's source has (scripts may add more)."""
    return _read(html).elements


def forwards(html: str) -> bool:
    """Whether the page only leads to another one, by a `meta` element."""
    return _read(html).forwards


def _read(html: str) -> "_Reader":
    reader = _Reader()
    reader.feed(html)
    return reader


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements = 0
        self.forwards = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements += 1
        if tag == "meta" and (dict(attrs).get("http-equiv") or "").lower() == "refresh":
            self.forwards = True
