"""Which findings a suppression's CSS selector and pattern of paths cover. Pure.

A finding keeps its own start tag and the tags, ids and classes above it, and not the page: nothing
is known of siblings, nor of other attributes above it. A selector that asks for those covers only
the finding whose own selector it is, word for word.
"""

import re
from fnmatch import fnmatchcase
from functools import lru_cache
from urllib.parse import urlsplit

import soupsieve
from bs4 import BeautifulSoup, Tag
from soupsieve.css_types import Selector, SelectorList, SelectorNull

from checks.snippet import read_snippet

_STEP = re.compile(r"((?:\\.|[^#.\\])+)|#((?:\\.|[^#.\\])+)|\.((?:\\.|[^#.\\])+)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6}) ?|(.))", re.DOTALL)
_BETWEEN_STEPS = re.compile(r"(?<!\\)>")


class BadSelector(ValueError):
    """It is no CSS selector; says why, in one line."""


def read_selector(text: str) -> None:
    """Return when `text` is a CSS selector. Raises `BadSelector`."""
    _compiled(text)


def covers(selector: str, *, found: str, html: str, path: str) -> bool:
    """Whether a selector covers an element: `found` is its own, `path` what stands above it."""
    if selector.strip() == found.strip():
        return True
    if not path or not can_be_told(selector):
        return False
    return bool(_compiled(selector).match(_element(html, path)))


@lru_cache(maxsize=1000)
def can_be_told(selector: str) -> bool:
    """Whether what is kept of a finding is enough to tell if this selector covers it."""
    return _is_told(_compiled(selector).selectors, of_element=True)


def url_fits(pattern: str, url: str) -> bool:
    """Whether a pattern such as `/arkisto/*` fits the path, with or without its query, or all."""
    parts = urlsplit(url)
    path = parts.path or "/"
    texts = (path, f"{path}?{parts.query}", url)
    return any(fnmatchcase(text, pattern) for text in texts)


def steps_of(path: str) -> list[str]:
    """The steps of a finding's path, outermost first."""
    return _BETWEEN_STEPS.split(path)


@lru_cache(maxsize=1000)
def _compiled(text: str) -> soupsieve.SoupSieve:
    try:
        return soupsieve.compile(text)
    except soupsieve.SelectorSyntaxError as error:
        raise BadSelector(str(error).partition("\n")[0]) from error


def _is_told(selectors: SelectorList, *, of_element: bool) -> bool:
    return all(
        not isinstance(each, SelectorNull) and _is_one_told(each, of_element) for each in selectors
    )


def _is_one_told(selector: Selector, of_element: bool) -> bool:
    asks_for_more = selector.nth or selector.contains or selector.lang or selector.flags
    if asks_for_more or (selector.attributes and not of_element):
        return False
    above = selector.relation
    return (
        all(each.rel_type in (" ", ">") for each in above if isinstance(each, Selector))
        and _is_told(above, of_element=False)
        and all(_is_told(each, of_element=of_element) for each in selector.selectors)
    )


@lru_cache(maxsize=1000)
def _element(html: str, path: str) -> Tag:
    """The element at the end of a chain of what stands above it."""
    soup = BeautifulSoup("", "html.parser")
    above: Tag = soup
    for step in steps_of(path):
        below = _of_step(soup, step)
        above.append(below)
        above = below
    snippet = read_snippet(html)
    element = soup.new_tag(snippet.tag or "_", attrs=dict(snippet.attributes))
    above.append(element)
    return element


def _of_step(soup: BeautifulSoup, step: str) -> Tag:
    tag, attributes = "_", {}
    classes: list[str] = []
    for name, element_id, class_name in _STEP.findall(step):
        if name:
            tag = _unescaped(name)
        elif element_id:
            attributes["id"] = _unescaped(element_id)
        else:
            classes.append(_unescaped(class_name))
    return soup.new_tag(tag, attrs={**attributes, "class": " ".join(classes)})


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], text)
