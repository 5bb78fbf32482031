"""One HTML file that needs no script and asks nobody for anything.

Its content security policy allows its own style sheet and pictures within the file, nothing else.
"""

import base64
import hashlib

from jinja2 import Environment
from markupsafe import Markup

from service.reports.text import readable


def render_file(
    environment: Environment, template: str, *, language: str, style: str, **shown: object
) -> str:
    """The template as one file with its style sheet; its head is made by `head.html`."""
    digest = hashlib.sha256(style.encode()).digest()
    text = environment.get_template(template).render(
        lang=language,
        style=Markup(style),
        style_hash=base64.b64encode(digest).decode(),
        **shown,
    )
    return readable(text) + "\n"


def embedded(content: bytes, media_type: str) -> str:
    """The content as a `data:` address."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
