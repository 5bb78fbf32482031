"""Reading one sitemap file: XML or text, packed or not, as https://www.sitemaps.org/ has it.

XML is read as it streams by, without a tree: a file of 50 MB takes no more memory than its bytes.
A document type declaration is refused, and with it every entity (XXE, billion laughs).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from service.scans.targets.fetching import TargetsUnreadable
from service.scans.targets.unpacking import CannotUnpack, unpacked

MAX_ENTRIES = 50_000
"""sitemaps.org: no more URLs in a sitemap, and no more sitemaps in an index."""
_LONGEST_LINE = 100_000
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_HTML = (b"<!doctype html", b"<html")
_ENTRY_OF = {"urlset": "url", "sitemapindex": "sitemap"}
_SNIFFED = 1000
_DEEPEST = 50


class SitemapError(TargetsUnreadable):
    """A sitemap that cannot be read; the message names its address and what is wrong."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An address as it stands in the file, without white space; a page's or another sitemap's."""

    url: str
    is_sitemap: bool


def read_sitemap(body: bytes, url: str) -> Iterator[Entry]:
    """The entries of the sitemap at `url`, in its order; what they are is not judged.

    The content decides, not the content type. Raises `SitemapError`, also after some entries, when
    the file is no sitemap, is damaged or passes a limit of the protocol.
    """
    try:
        for number, entry in enumerate(_entries(body), 1):
            if number > MAX_ENTRIES:
                raise CannotUnpack(
                    "has more than 50,000 entries, which is the protocol's limit; split it into "
                    "several and list them in a sitemap index"
                )
            yield entry
    except DefusedXmlException as error:
        raise SitemapError(
            f"The sitemap {url} has a document type declaration, which is refused: it could read "
            "files or grow without end. A sitemap needs none."
        ) from error
    except ParseError as error:
        raise SitemapError(f"The sitemap {url} is not well-formed XML: {error}.") from error
    except CannotUnpack as error:
        raise SitemapError(f"The sitemap {url} {error}.") from error
    except (ValueError, LookupError) as error:
        # An encoding that the parser does not know, or cannot be told of.
        raise SitemapError(f"The sitemap {url} cannot be read: {error}.") from error


def _entries(body: bytes) -> Iterator[Entry]:
    pieces = unpacked(body)
    first = _without_blanks(pieces)
    sniffed = first[:_SNIFFED].lower()
    if not first:
        raise CannotUnpack("is empty")
    if first.startswith(_UTF16_BOMS):
        return _xml(chain([first], pieces))
    if not sniffed.startswith(b"<"):
        return _text(chain([first], pieces))
    if any(sign in sniffed for sign in _HTML):
        raise CannotUnpack(
            "is an HTML page; name the sitemap itself, or the site's robots.txt to read the "
            "sitemaps that it names"
        )
    return _xml(chain([first], pieces))


def _without_blanks(pieces: Iterator[bytes]) -> bytes:
    """The first piece with something in it; a blank line before the XML declaration is common."""
    first = b""
    for piece in pieces:
        first = (first + piece).removeprefix(_UTF8_BOM).lstrip()
        if first:
            break
    return first


def _xml(pieces: Iterator[bytes]) -> Iterator[Entry]:
    target = _Locations()
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    for piece in pieces:
        parser.feed(piece)
        yield from target.taken()
    parser.close()


class _Locations:
    """Takes the events of a parser and keeps what stands in `<loc>` of an entry of the root."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._entry = ""
        self._text: list[str] | None = None
        self._found: list[Entry] = []

    def taken(self) -> list[Entry]:
        found, self._found = self._found, []
        return found

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        if not self._path:
            self._enter_root(tag)
        self._path.append(tag)
        if len(self._path) > _DEEPEST:
            raise CannotUnpack(f"has elements more than {_DEEPEST} deep in each other")
        # `loc` of another namespace is the address of an image or a video.
        self._text = [] if self._path[1:] == [self._entry, self._space + "loc"] else None

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def end(self, _tag: str) -> None:
        self._path.pop()
        if self._text is not None:
            url = "".join(self._text).strip()
            self._found.append(Entry(url=url, is_sitemap=self._is_index))
            self._text = None

    def close(self) -> None:
        """Nothing: every entry was taken as it came."""

    def _enter_root(self, tag: str) -> None:
        space, brace, name = tag.rpartition("}")
        self._space = space + brace
        if name not in _ENTRY_OF:
            raise CannotUnpack(f"is XML, but no sitemap: its root element is <{name[:40]}>")
        self._entry = self._space + _ENTRY_OF[name]
        self._is_index = name == "sitemapindex"


def _text(pieces: Iterator[bytes]) -> Iterator[Entry]:
    """A text sitemap: UTF-8, one address a line, and nothing else (sitemaps.org)."""
    rest = b""
    is_first = True
    for piece in chain(pieces, [b"\n"]):
        *lines, rest = (rest + piece).replace(b"\r", b"\n").split(b"\n")
        if len(rest) > _LONGEST_LINE:
            raise CannotUnpack("is neither XML nor a list with one address a line")
        for line in lines:
            url = line.decode("utf-8", "replace").strip()
            if is_first and url and not url.lower().startswith(("http://", "https://")):
                raise CannotUnpack("is neither XML nor a list with one address a line")
            if url:
                is_first = False
                yield Entry(url=url, is_sitemap=False)
