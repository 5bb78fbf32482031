"""Texts of strangers' pages, made fit to be written down."""

import re

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_SURROGATES = re.compile("[\ud800-\udfff]")
# XML 1.0, section 2.2: these are no characters there, not even escaped.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def encodable(text: str) -> str:
    """The text without lone surrogates, which no UTF-8 can hold."""
    return _SURROGATES.sub(REPLACEMENT, text)


def readable(text: str) -> str:
    """The text with nothing in it that XML, HTML or a terminal chokes on."""
    return _NOT_IN_XML.sub(REPLACEMENT, text)


def size(viewport: tuple[int, int]) -> str:
    """A viewport as people write it, such as `1280x1024`."""
    width, height = viewport
    return f"{width}x{height}"


def joined(text: str) -> str:
    """The lines of a text as one, with semicolons between them."""
    return "; ".join(line.strip() for line in text.splitlines() if line.strip())


def one_line(text: str, most: int) -> str:
    """The text on one line, cut to so many characters with an ellipsis."""
    line = " ".join(readable(text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
