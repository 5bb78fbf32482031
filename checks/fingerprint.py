"""The identity of a finding: the same defect keeps its keys while the page around it changes.

The *component* key names one defect wherever it stands: rule, tag and role, name, landmarks and
hand-written ids around it, and the hand-written part of its start tag. The page is no part of it,
so a fault in a shared footer has one component on forty pages. The *instance* key tells apart the
elements of one component: by address, id, text, place in a list, and at last by an ordinal.

What identifies a control and what merely fills a template differ by place. In a list item, an
article or a table row, the text of links, headings, images and plain elements is content: it comes
and goes as editors work, and a contrast fault in it is one fault of the template. There, text and
ids count for the instance only. The name of a button, a field or a tab always names the component.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from checks.snippet import Snippet, read_snippet
from checks.values import Ancestor, Element
from checks.volatile import masked_text, stable_classes, stable_token, stable_url

ALGORITHM_VERSION = 1
"""Changes whenever equal input gets another key; stored beside each key."""

_KEY_BYTES = 16

_IMPLICIT_ROLES = {
    "header": "banner",
    "nav": "navigation",
    "main": "main",
    "footer": "contentinfo",
    "aside": "complementary",
    "search": "search",
    "form": "form",
    "section": "region",
    "dialog": "dialog",
    "fieldset": "group",
    "table": "table",
    "li": "listitem",
    "article": "article",
    "tr": "row",
    "dd": "definition",
}
_SECTIONING = frozenset({"article", "aside", "main", "nav", "section"})
_LANDMARKS = frozenset({"banner", "navigation", "main", "contentinfo", "complementary", "search"})
# Without a name or an id these say nothing of the place: every `section` is one.
_NAMED_STRUCTURES = frozenset(
    {"form", "region", "group", "table", "grid", "treegrid", "tree", "tablist", "tabpanel"}
    | {"menu", "menubar", "toolbar", "radiogroup", "dialog", "alertdialog"}
)
# What stands outside of these is the layout of the page, and differs from page to page.
_OUTERMOST = frozenset({"banner", "main", "contentinfo", "dialog", "alertdialog"})
_REPEATED = frozenset({"listitem", "article", "row", "definition", "option", "treeitem"})
_CONTENT_ROLES = frozenset(
    {"", "link", "heading", "img", "image", "generic", "paragraph", "text", "time", "figure"}
    | {"caption", "cell", "gridcell", "rowheader", "listitem", "article", "row", "term"}
    | {"definition", "strong", "emphasis", "none", "presentation"}
)
_FIELDS = frozenset({"input", "select", "textarea"})
_LAYOUT_IDS = frozenset(
    {"app", "root", "main", "content", "container", "wrapper", "wrap", "inner", "outer"}
    | {"page", "layout", "body", "site"}
)

_TOKENS = (
    "role", "type", "name", "autocomplete", "inputmode", "lang", "scope", "tabindex",
    "aria-haspopup", "aria-live", "aria-roledescription",
)  # fmt: skip
_REFERENCES = (
    "for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns",
    "data-testid", "data-test", "data-test-id", "data-cy", "data-qa",
)  # fmt: skip
_ADDRESSES = ("href", "xlink:href", "src", "data", "poster", "action", "formaction")
_NAMING = ("aria-label", "alt", "title", "placeholder")


@dataclass(frozen=True, kw_only=True)
class Fingerprint:
    """Two keys of 32 hexadecimal digits; equal instances always have equal components."""

    component: str
    instance: str


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where an element stands.

    `anchors` are landmarks, named structures and the nearest hand-written id around it; `item` is
    what tells the repeated item that it stands in from the others, and `None` outside of any.
    """

    anchors: tuple[tuple[str, str, str], ...]
    item: tuple[tuple[str, str], ...] | None


def fingerprint(
    *, rule: str, html: str, element: Element | None = None, ordinal: int = 0
) -> Fingerprint:
    """The keys of one finding of `rule` on the element that `html` begins with.

    `element` is what the browser knows of it: without that the keys rest on the start tag and the
    direct text alone. `ordinal` counts the findings before it on the page that are equal in
    everything else.
    """
    snippet = read_snippet(html)
    if snippet.tag in ("html", "body", "head"):
        # A page has one of these; its attributes and its text vary with scripts and templates.
        component = _key(ALGORITHM_VERSION, rule, snippet.tag)
        return Fingerprint(component=component, instance=_key(component, ordinal))
    known = element or Element()
    role = known.role or snippet.attributes.get("role", "")
    place = _place(known.ancestors)
    label = _label(snippet, known)
    component = _key(
        ALGORITHM_VERSION,
        rule,
        snippet.tag,
        role,
        "" if _is_content(snippet, role, place) else label,
        _authored(snippet, place),
        place.anchors,
    )
    instance = _key(
        component,
        label,
        stable_token(snippet.attributes.get("id")),
        [stable_token(snippet.attributes.get(name)) for name in _REFERENCES],
        [stable_url(snippet.attributes.get(name)) for name in _ADDRESSES],
        _choice(snippet),
        place.item,
        ordinal,
    )
    return Fingerprint(component=component, instance=instance)


def _key(*parts: object) -> str:
    text = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[: 2 * _KEY_BYTES]


def _label(snippet: Snippet, element: Element) -> str:
    """The accessible name, else a naming attribute, else the element's own text."""
    attributes = (snippet.attributes.get(each) for each in _NAMING)
    candidates = (element.name, *attributes, snippet.text)
    return next((text for each in candidates if (text := masked_text(each))), "")


def _is_content(snippet: Snippet, role: str, place: _Place) -> bool:
    """Whether the label comes with the content, not with the component."""
    if role in ("cell", "gridcell") or snippet.tag == "td":
        return True
    is_control = snippet.tag in _FIELDS or snippet.tag == "button"
    return place.item is not None and not is_control and role in _CONTENT_ROLES


def _authored(snippet: Snippet, place: _Place) -> list[list[object]]:
    """The hand-written part of the start tag, in an order of its own."""
    authored: list[list[object]] = [["class", stable_classes(snippet.attributes.get("class"))]]
    names = _TOKENS if place.item is not None else (*_TOKENS, *_REFERENCES)
    is_field = snippet.tag in _FIELDS and not _is_choice(snippet)
    if place.item is None or is_field:
        names = (*names, "id")
    for name in names:
        # The presence of a generated id is as accidental as its value.
        value = stable_token(snippet.attributes.get(name))
        if value or (name != "id" and name in snippet.attributes):
            authored.append([name, value])
    return authored


def _is_choice(snippet: Snippet) -> bool:
    return snippet.attributes.get("type", "").lower() in ("radio", "checkbox")


def _choice(snippet: Snippet) -> str:
    """The value of a choice tells radio buttons of one group apart; what was typed is not read."""
    is_choice = _is_choice(snippet) or snippet.tag == "option"
    return masked_text(snippet.attributes.get("value")) if is_choice else ""


def _place(ancestors: Sequence[Ancestor]) -> _Place:
    roles = [_role_of(each, ancestors[index + 1 :]) for index, each in enumerate(ancestors)]
    reach = _reach_of_repetition(roles)
    anchors: list[tuple[str, str, str]] = []
    has_id = False
    for index, (ancestor, role) in enumerate(zip(ancestors, roles, strict=True)):
        if ancestor.tag.lower() in ("html", "body"):
            break
        # An id or a name within a repeated item is that item's.
        anchor_id = _place_id(ancestor) if index >= reach else ""
        name = masked_text(ancestor.name) if index >= reach else ""
        if role in _LANDMARKS or (role in _NAMED_STRUCTURES and (name or anchor_id)):
            anchors.append((role, name, anchor_id))
        elif anchor_id and not has_id:
            anchors.append(("", "", anchor_id))
            has_id = True
        if role in _OUTERMOST:
            break
    item = tuple((_place_id(each), masked_text(each.name)) for each in ancestors[:reach])
    told = tuple(pair for pair in item if any(pair))
    return _Place(anchors=tuple(anchors), item=told if reach else None)


def _place_id(ancestor: Ancestor) -> str:
    """The id, unless a machine wrote it or it only names a wrapper."""
    written = stable_token(ancestor.id)
    return "" if written.lower() in _LAYOUT_IDS else written


def _role_of(ancestor: Ancestor, above: Sequence[Ancestor]) -> str:
    tag = ancestor.tag.lower()
    if ancestor.role:
        return ancestor.role
    if tag in ("header", "footer") and any(each.tag.lower() in _SECTIONING for each in above):
        return ""
    return _IMPLICIT_ROLES.get(tag, "")


def _reach_of_repetition(roles: Sequence[str]) -> int:
    """How many of the nearest ancestors belong to the outermost repeated item; 0 without any."""
    reach = 0
    for index, role in enumerate(roles):
        if role in _REPEATED:
            reach = index + 1
        if role in _OUTERMOST:
            break
    return reach
