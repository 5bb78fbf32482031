"""Which links lead to pages, and when two of them lead to the same one."""

import re
from datetime import UTC, datetime
from posixpath import splitext
from urllib.parse import urlsplit

from service.projects import Project, page_address, page_key
from service.scans.targets.requested import address_fault

_ANYWHERE = Project(slug="", name="", created_at=datetime.fromtimestamp(0, UTC))
_DEFAULT_PORTS = ("80", "443")
_FILE_ENDING = re.compile(
    "7z|aac|ai|apk|asc|atom|avi|avif|bin|bmp|bz2|cab|csv|css|deb|dmg|doc|docm|docx|dot|dotx|"
    "dwg|eot|eps|epub|exe|flac|flv|gif|gml|gpx|gz|heic|ico|ics|iso|jar|jpeg|jpg|js|json|key|"
    "kml|kmz|log|m3u8|m4a|m4v|map|mid|mjs|mkv|mov|mp3|mp4|mpeg|mpg|msi|numbers|odg|odp|ods|"
    "odt|ogg|ogv|opus|otf|p7s|pages|pdf|png|ppt|pptm|pptx|ps|psd|rar|rdf|rpm|rss|rtf|sig|sql|"
    "svg|svgz|tar|tgz|tif|tiff|torrent|tsv|ttf|txt|vcard|vcf|wasm|wav|webm|webmanifest|webp|"
    "wma|wmv|woff|woff2|xls|xlsm|xlsx|xml|xz|yaml|yml|zip",
    re.IGNORECASE,
)
"""Endings of paths that no page has; `/v1.2` or `/example.com` are still pages."""


def page_of(link: str) -> str | None:
    """The address of the page that a link leads to, as it is asked for; None if it is no page.

    Fragments (save client-side routes), tracking and session ids fall away. `mailto:`, `tel:`,
    `javascript:`, an address with a user name, and files such as `.pdf` are no pages.
    """
    if address_fault(link) is not None:
        return None
    address = page_address(link)
    ending = splitext(urlsplit(address).path)[1].removeprefix(".")
    return None if _FILE_ENDING.fullmatch(ending) else address


def site_and_key(url: str) -> tuple[str, str]:
    """Where a page is (host, and port unless it is a default one) and what tells it apart there.

    http and https are one site, and `/a/` is `/a`. Raises `ValueError` on what is no URL.
    """
    host, _, local = page_key(_ANYWHERE, url)[2:].partition("/")
    name, _, port = host.rpartition(":")
    path = local
    rest = ""
    for mark in "?#":
        head, found, tail = path.partition(mark)
        path, rest = head, found + tail + rest
    return (name if port in _DEFAULT_PORTS else host), f"/{path.rstrip('/')}{rest}"
