"""Choosing a page's language.

`?lang=` (remembered in a cookie), then the cookie, then `Accept-Language`, then English.
"""

from babel import Locale, UnknownLocaleError, negotiate_locale
from fastapi import Request

from service.languages import NAMES, SOURCE

COOKIE = "luiska_lang"


def choose_language(request: Request) -> str:
    """One of `NAMES`, whatever the request says."""
    for wish in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if wish in NAMES:
            return str(wish)
    wishes = _accepted(request.headers.get("accept-language", ""))
    return negotiate_locale(wishes, list(NAMES), sep="-") or SOURCE


def _accepted(header: str) -> list[str]:
    """The tags of an `Accept-Language`, best first; what cannot be read is left out."""
    found: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        tag, _, parameter = part.strip().partition(";")
        name, _, value = parameter.strip().partition("=")
        try:
            quality = float(value) if name == "q" else 1.0
            Locale.parse(tag.strip(), sep="-")
        except (ValueError, UnknownLocaleError, TypeError):
            continue
        if 0 < quality <= 1:
            found.append((-quality, tag.strip()))
    return [tag for _, tag in sorted(found, key=lambda wish: wish[0])]
