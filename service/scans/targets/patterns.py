"""Patterns of paths, as `include`, `exclude` and `luiska.toml` have them: `/archive/*`.

`*` stands for any characters, also `/`, and for none; everything else means itself. A pattern must
fit the whole path; one that has a `?` in it must fit path and query. Escapes are read (`/h%C3%A4n`
is `/hän`), and letters are compared as they stand.
"""

from urllib.parse import unquote, urlsplit


def fits(pattern: str, url: str) -> bool:
    """Whether the path of `url` (with `?` in the pattern: path and query) fits `pattern`."""
    parts = urlsplit(url)
    text = parts.path or "/"
    if "?" in pattern:
        text = f"{text}?{parts.query}"
    return _matches(unquote(pattern), unquote(text))


def _matches(pattern: str, text: str) -> bool:
    """In one walk over the text: no pattern can make it slow."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    *middle, last = rest
    if not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return at <= end
