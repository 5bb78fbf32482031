"""Where in a repository a page is, for formats that know only files."""

import hashlib
from collections.abc import Mapping, Sequence
from urllib.parse import unquote, urlsplit

from service.reports.entries import Entry, OnPage, on_pages

# A page without a path still needs a name that is a relative one.
_ROOT = "index.html"
LINE = 1


def file_of(url: str, files: Mapping[str, str]) -> str:
    """The repository file that the policy names for this page, or else the page's own path.

    The path is decoded and relative, whatever dots the address has.
    """
    path = urlsplit(url).path or "/"
    if path in files:
        return files[path]
    parts = [part for part in unquote(path).split("/") if part not in {"", ".", ".."}]
    return "/".join(parts) or _ROOT


def placed(entries: Sequence[Entry]) -> list[tuple[Entry, list[tuple[OnPage, str]]]]:
    """Each barrier page by page, each with an identity of its own that is the same in every run.

    One component may be known on a page and new there as well, with another element: the known
    one keeps the plain identity.
    """
    taken: set[str] = set()
    pages: dict[int, list[tuple[OnPage, str]]] = {}
    for entry in sorted(entries, key=lambda each: each.standing != "existing"):
        pages[id(entry)] = [(each, _identity(each, taken)) for each in on_pages(entry)]
    return [(entry, pages[id(entry)]) for entry in entries]


def sentence_of(on_page: OnPage) -> str:
    """What is wrong on the page: how many elements, and the first of them."""
    elements = on_page.elements
    where = f", {on_page.page_state}" if on_page.page_state else ""
    many = "1 element" if len(elements) == 1 else f"{len(elements)} elements"
    return f"{on_page.entry.title} ({many} on {on_page.url}{where}, such as {elements[0].selector})"


def _identity(on_page: OnPage, taken: set[str]) -> str:
    instance = on_page.instances[0]
    page = instance.key or instance.url
    parts = [on_page.entry.barrier.fingerprint, page, instance.page_state]
    identity = _hash(parts)
    number = 1
    while identity in taken:
        number += 1
        identity = _hash([*parts, str(number)])
    taken.add(identity)
    return identity


def _hash(parts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
