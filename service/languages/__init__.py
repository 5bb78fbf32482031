"""The languages of pages and reports: English in the source, Finnish and Swedish from `.po` files.

The files are read once per process, so nothing is compiled or generated.
"""

import gettext
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from babel.dates import format_datetime
from babel.dates import get_timezone as time_zone
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined

SOURCE = "en"
NAMES = {"en": "English", "fi": "Suomi", "sv": "Svenska"}
LOCALES = Path(__file__).parent / "locales"


@cache
def translations() -> Mapping[str, gettext.NullTranslations]:
    """Translations by language; the source language translates to itself."""
    return {
        language: gettext.NullTranslations() if language == SOURCE else _read(language)
        for language in NAMES
    }


def po_file(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "luiska.po"


def template_environment(folders: Path | Sequence[Path], language: str) -> Environment:
    """Templates of folders whose texts, by `_()` or `{% trans %}`, are in this language.

    Everything is escaped, and a name that was not given is an error. `moment` shows a time,
    `decimal` a number with so many digits behind the point.
    """
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        translations()[language], newstyle=True
    )
    environment.filters["moment"] = lambda time: _moment(time, language)
    environment.filters["decimal"] = _decimal(language)
    return environment


def _moment(time: datetime, language: str) -> str:
    """A time as people read it, in UTC and saying so."""
    return format_datetime(time, "medium", tzinfo=time_zone("UTC"), locale=language) + " UTC"


def _decimal(language: str) -> Callable[[float | None, int], str]:
    def spell(value: float | None, digits: int = 1) -> str:
        if value is None:
            return "–"
        pattern = "0" if digits == 0 else "0." + "0" * digits
        return str(format_decimal(value, format=pattern, locale=language))

    return spell


def _read(language: str) -> gettext.NullTranslations:
    with po_file(language).open("rb") as source:
        catalogue = read_po(source, locale=language, domain="luiska")
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
