"""Pages from templates: `render(request, "name.html", **values)`.

A template extends `layout.html`, sets the block `title` (which is also the page's one `h1`) and
fills the block `main`. Texts go through `_()` or `{% trans %}`.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel.numbers import format_decimal
from fastapi import Request
from jinja2 import Environment
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from service.languages import NAMES, template_environment, translations
from service.web import languages
from service.web.refusals import told

STATIC = Path(__file__).parent / "static"
_CODE = re.compile(r"`([^`]+)`")
# Tables of figures are those of reports.
_TEMPLATES = (
    Path(__file__).parent / "templates",
    Path(__file__).parents[1] / "reports" / "templates",
)


@cache
def environments() -> dict[str, Environment]:
    """One template environment per language, built once per process from files alone."""
    return {language: _environment(language) for language in NAMES}


def render(
    request: Request, template: str, *, status_code: int = 200, **values: Any
) -> HTMLResponse:
    """The page in the reader's language.

    `values` may name an `actor` (who is signed in), and a `refusal`, the error of a form.
    """
    language = languages.choose_language(request)
    page = environments()[language].get_template(template)
    values.setdefault("actor", None)
    for name in ("refusal", "wish_refusal"):
        error = values.get(name)
        values[name] = None if error is None else told(error, language)
    text = page.render(
        request=request,
        lang=language,
        languages=NAMES,
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


def _environment(language: str) -> Environment:
    environment = template_environment(_TEMPLATES, language)
    environment.filters["code"] = _with_code
    environment.filters["tenths"] = lambda value: format_decimal(value, "#,##0.0", locale=language)
    return environment


def _with_code(text: str) -> Markup:
    """Text in which `such words` are code, and an empty line begins a paragraph."""
    safe = str(escape(text.strip()))
    return Markup(_CODE.sub(r"<code>\1</code>", safe).replace("\n\n", "</p><p>"))
