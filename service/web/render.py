"""Pages from templates: `render(request, "name.html", **values)`.

A template extends `layout.html`, sets the block `title` (which is also the page's one `h1`) and
fills the block `main`. Texts go through `_()` or `{% trans %}`.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_datetime
from babel.dates import get_timezone as time_zone
from babel.numbers import format_decimal
from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from service.web import languages

STATIC = Path(__file__).parent / "static"
_CODE = re.compile(r"`([^`]+)`")
_TEMPLATES = Path(__file__).parent / "templates"


@cache
def translations() -> Mapping[str, NullTranslations]:
    """Translations by language, read once per process."""
    return languages.load_translations()


@cache
def environments() -> dict[str, Environment]:
    """One template environment per language, built once per process from files alone."""
    return {language: _environment(language, spoken) for language, spoken in translations().items()}


def render(
    request: Request, template: str, *, status_code: int = 200, **values: Any
) -> HTMLResponse:
    """The page in the reader's language. `values` may name an `actor` (who is signed in)."""
    language = languages.choose_language(request)
    page = environments()[language].get_template(template)
    values.setdefault("actor", None)
    text = page.render(
        request=request,
        lang=language,
        languages=languages.NAMES,
        language_link=lambda code: "?" + urlencode({**request.query_params, "lang": code}),
        **values,
    )
    answer = HTMLResponse(text, status_code=status_code)
    answer.headers["Content-Language"] = language
    answer.headers["Vary"] = "Accept-Language, Cookie"
    if request.query_params.get("lang") == language:
        answer.set_cookie(
            languages.COOKIE,
            language,
            max_age=365 * 24 * 3600,
            samesite="lax",
            httponly=True,
            secure=request.url.scheme == "https",
        )
    return answer


def say(request: Request, message: str) -> str:
    """One text in the reader's language, for what is said outside of a template."""
    return translations()[languages.choose_language(request)].gettext(message)


def _environment(language: str, spoken: NullTranslations) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(spoken, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["code"] = _with_code
    environment.filters["tenths"] = lambda value: format_decimal(value, "#,##0.0", locale=language)
    environment.filters["moment"] = lambda time: _moment(time, language)
    return environment


def _with_code(text: str) -> Markup:
    """Text in which `such words` are code, and an empty line begins a paragraph."""
    safe = str(escape(text.strip()))
    return Markup(_CODE.sub(r"<code>\1</code>", safe).replace("\n\n", "</p><p>"))


def _moment(time: datetime, language: str) -> str:
    """A time as people read it, in UTC and saying so."""
    return format_datetime(time, "medium", tzinfo=time_zone("UTC"), locale=language) + " UTC"
