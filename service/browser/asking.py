"""Asking again for what a page was made from, without a browser and with a browser's words."""

import hashlib
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from service.browser.digest import counting_headers
from service.browser.guard import Door, FetchFailed, fetch
from service.browser.headers import certificate_of, is_lasting
from service.browser.values import Answer, Hop

if TYPE_CHECKING:
    import httpx

MAX_SHARED = 2_000
_HEURISTIC_SHARE = 0.1
"""RFC 9111, section 4.2.2: what browsers take of the time since a file was changed."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What came back for one request; bodies are not kept."""

    status: int
    headers: Mapping[str, str]
    sha256: str
    certificate: str | None


@dataclass
class Shared:
    """What the pages of one scan have in common, kept as long as a browser's cache would.

    By address and all headers sent but the referring page, which no answer in here varies by.
    """

    _seen: dict[tuple[object, ...], tuple[float, Seen]] = field(default_factory=dict)

    def get(self, hop: Hop) -> Seen | None:
        until, seen = self._seen.get(_key(hop), (0.0, None))
        return seen if time.monotonic() < until else None

    def keep(self, hop: Hop, seen: Seen) -> None:
        fresh_s = fresh_for_s(seen.headers)
        if fresh_s > 0 and is_lasting({}, seen.headers):
            if len(self._seen) >= MAX_SHARED:
                self._seen.clear()
            self._seen[_key(hop)] = time.monotonic() + fresh_s, seen


class Asker:
    """Asks through a door that has the visit's policy. Of one page, in one thread."""

    def __init__(
        self,
        client: "httpx.Client",
        door: Door,
        *,
        deadline_s: float,
        max_bytes: int,
        has_to_stop: Callable[[], bool],
    ) -> None:
        self._client = client
        self._door = door
        self._end = time.monotonic() + deadline_s
        self._max_bytes = max_bytes
        self._has_to_stop = has_to_stop

    def are_unchanged(self, answers: Sequence[Answer], shared: Shared) -> bool:
        """Whether each is the same again, the document first. False for whatever else happens."""
        document, *others = answers
        try:
            # What one page is cannot be said by what another one got.
            return self._is_same(document, None) and all(
                self._is_same(answer, shared) for answer in others
            )
        except FetchFailed:
            return False

    def _is_same(self, answer: Answer, shared: Shared | None) -> bool:
        following: tuple[Hop | None, ...] = (*answer.hops[1:], None)
        for hop, after in zip(answer.hops, following, strict=True):
            seen = self._seen(hop, shared)
            if seen is None or seen.status != hop.status or not is_lasting({}, seen.headers):
                return False
            if tuple(counting_headers(seen.headers)) != hop.counting:
                return False
            if seen.certificate != hop.certificate:
                return False
            if after is None:
                return seen.sha256 == answer.sha256
            if urljoin(hop.url, seen.headers.get("location", "")).partition("#")[0] != after.url:
                return False
        return False

    def _seen(self, hop: Hop, shared: Shared | None) -> Seen | None:
        """What comes back now, or came for another page; None when there is no time for it."""
        if shared is not None and (seen := shared.get(hop)) is not None:
            return seen
        left_s = self._end - time.monotonic()
        if left_s <= 0 or self._has_to_stop():
            return None
        got = fetch(
            self._client,
            self._door,
            hop.url,
            max_bytes=self._max_bytes,
            max_s=left_s,
            headers=hop.asked,
            has_to_stop=self._has_to_stop,
        )
        seen = Seen(
            status=got.status,
            headers=got.headers,
            sha256=hashlib.sha256(got.body).hexdigest(),
            certificate=None if got.certificate is None else _certificate(got.certificate),
        )
        if shared is not None:
            shared.keep(hop, seen)
        return seen


def fresh_for_s(headers: Mapping[str, str]) -> float:
    """How long a browser would go by this answer without asking again (RFC 9111, section 4.2)."""
    directives = dict(
        each.strip().lower().partition("=")[::2]
        for each in headers.get("cache-control", "").split(",")
    )
    if directives.keys() & {"no-store", "no-cache"}:
        return 0.0
    now = _time(headers.get("date")) or time.time()
    expires = _time(headers.get("expires"))
    modified = _time(headers.get("last-modified"))
    if "max-age" in directives:
        lifetime_s = float(_whole(directives["max-age"]))
    elif "expires" in headers:
        lifetime_s = 0.0 if expires is None else expires - now
    else:
        lifetime_s = 0.0 if modified is None else (now - modified) * _HEURISTIC_SHARE
    return lifetime_s - _whole(headers.get("age", "0"))


def _certificate(told: Mapping[str, Any]) -> str:
    return certificate_of(
        ssl.cert_time_to_seconds(told["notBefore"]),
        ssl.cert_time_to_seconds(told["notAfter"]),
        (name for _, name in told.get("subjectAltName", ())),
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _time(text: str | None) -> float | None:
    try:
        return None if text is None else parsedate_to_datetime(text).timestamp()
    except ValueError:
        return None


def _key(hop: Hop) -> tuple[object, ...]:
    return hop.url, tuple(pair for pair in hop.asked if pair[0].lower() != "referer")
