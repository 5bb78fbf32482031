"""The Common Industry Format report as one HTML file."""

from functools import cache
from pathlib import Path

from jinja2 import Environment

from service.languages import template_environment
from service.reports.cif.document import CifDocument
from service.reports.one_file import embedded, render_file
from service.reports.pictures import drawing

_TEMPLATES = Path(__file__).parents[1] / "templates"


def render(document: CifDocument) -> str:
    """The whole document in its language."""
    return render_file(
        _environment(document.language),
        "cif.html",
        language=document.language,
        style=_style(),
        document=document,
        pictures=[
            (each, embedded(drawing.svg(each).encode(), "image/svg+xml"))
            for each in document.pictures
        ],
    )


@cache
def _environment(language: str) -> Environment:
    return template_environment(_TEMPLATES, language)


@cache
def _style() -> str:
    return "".join(
        (_TEMPLATES / name).read_text(encoding="utf-8") for name in ("report.css", "cif.css")
    )
