"""The languages of the pages: English in the source, Finnish and Swedish from `.po` files.

The files are read when the application is built, so nothing is compiled or generated. Choosing:
`?lang=` (remembered in a cookie), then the cookie, then `Accept-Language`, then English.
"""

import gettext
import io
from collections.abc import Mapping
from pathlib import Path

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from fastapi import Request

SOURCE = "en"
NAMES = {"en": "English", "fi": "Suomi", "sv": "Svenska"}
COOKIE = "luiska_lang"
LOCALES = Path(__file__).parent / "locales"


def load_translations() -> Mapping[str, gettext.NullTranslations]:
    """Translations by language; the source language translates to itself."""
    return {
        language: gettext.NullTranslations() if language == SOURCE else _read(language)
        for language in NAMES
    }


def po_file(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "luiska.po"


def choose_language(request: Request) -> str:
    """One of `NAMES`, whatever the request says."""
    for wish in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if wish in NAMES:
            return str(wish)
    wishes = _accepted(request.headers.get("accept-language", ""))
    return negotiate_locale(wishes, list(NAMES), sep="-") or SOURCE


def _read(language: str) -> gettext.NullTranslations:
    with po_file(language).open("rb") as source:
        catalogue = read_po(source, locale=language, domain="luiska")
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


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
