"""Documents that are too large to be examined, told before they take the browser down."""

from collections.abc import Mapping
from typing import Any

from service.browser.addresses import DEFAULT_PORTS, split_url
from service.browser.guard import Door
from service.browser.values import PageError, PageErrorCode, VisitFailed

MAX_DOCUMENT_BYTES = 20_000_000
MAX_ELEMENTS = 250_000


def refuse_too_large(door: Door, address: str, facts: Mapping[str, Any] | None) -> None:
    """Raise VisitFailed when the document at this address is too large.

    `facts` are those of world.js, None of a document that does not answer. While a document loads,
    what its host has sent is its own; afterwards Chromium tells its size, or 0 if it was cut.
    """
    parts = split_url(address)
    if isinstance(parts, PageError):
        return
    peer = (parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme])
    size = facts["bodyBytes"] if facts is not None else 0
    if facts is None or facts["readyState"] == "loading":
        size = max(size, door.received_bytes(*peer))
    if size > MAX_DOCUMENT_BYTES:
        raise _too_large(f"{size} bytes and more; {MAX_DOCUMENT_BYTES} are examined")
    if facts is not None and facts["elements"] > MAX_ELEMENTS:
        raise _too_large(f"{facts['elements']} elements and more; {MAX_ELEMENTS} are examined")
    if door.was_cut_for_size(*peer) and (
        facts is None or facts["readyState"] == "loading" or facts["bodyBytes"] == 0
    ):
        raise _too_large("more bytes than one response may have, and was cut")


def _too_large(detail: str) -> VisitFailed:
    return VisitFailed(PageErrorCode.TOO_LARGE, f"the document has {detail}")
