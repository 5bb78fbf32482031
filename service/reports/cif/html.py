"""The Common Industry Format report as one HTML file that needs no script and asks nobody."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from service.languages import template_environment
from service.reports.cif.document import CifDocument
from service.reports.pictures import drawing
from service.reports.text import readable

_TEMPLATES = Path(__file__).parents[1] / "templates"


def render(document: CifDocument) -> str:
    """The whole document in its language."""
    style = _style()
    text = (
        _environment(document.language)
        .get_template("cif.html")
        .render(
            document=document,
            lang=document.language,
            style=Markup(style),
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            pictures=[(each, _embedded(drawing.svg(each))) for each in document.pictures],
        )
    )
    return readable(text) + "\n"


@cache
def _environment(language: str) -> Environment:
    return template_environment(_TEMPLATES, language)


@cache
def _style() -> str:
    return "".join(
        (_TEMPLATES / name).read_text(encoding="utf-8") for name in ("report.css", "cif.css")
    )


def _embedded(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
