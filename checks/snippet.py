"""An element's own start tag and direct text, read out of the HTML that axe-core reports for it.

axe-core cuts what is longer than 300 characters: first the element's content, then long attribute
values (`...` at their end), then whole attributes (` ...>` at the end of the tag).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"}
    | {"source", "track", "wbr"}
)
_CUT = "..."


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """One element without its descendants. Attribute names are in lower case.

    Attribute values that were cut short are left out. When whole attributes were dropped, which
    ones depends on their order, so then `attributes` is empty.
    """

    tag: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


def read_snippet(html: str) -> Snippet:
    """The first element of `html`; without any tag, all of it is taken as text."""
    reader = _FirstElement()
    reader.feed(html)
    reader.close()
    if not reader.tag:
        return Snippet(text=html.strip())
    attributes = {
        name: value for name, value in reader.attributes.items() if not value.endswith(_CUT)
    }
    return Snippet(
        tag=reader.tag,
        attributes={} if _CUT in reader.attributes else attributes,
        text=" ".join(" ".join(reader.texts).split()),
    )


class _FirstElement(HTMLParser):
    """Collects the first start tag and the text whose parent is that element."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tag = ""
        self.attributes: dict[str, str] = {}
        self.texts: list[str] = []
        self._depth = 0
        self._over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.tag:
            self.tag = tag
            for name, value in attrs:
                self.attributes.setdefault(name, value or "")
        if tag not in _VOID:
            self._depth += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._depth -= 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or self._over:
            return
        self._depth -= 1
        # What follows the element's own end tag is not its text.
        self._over = self._depth <= 0

    def handle_data(self, data: str) -> None:
        if self._depth == 1 and not self._over:
            self.texts.append(data)
