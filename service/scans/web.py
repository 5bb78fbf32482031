"""How sitemaps and robots.txt are read: through the egress guard, as a browser is let out."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from service.browser import BrowserOptions
from service.browser.guard import Door, EgressPolicy, FetchFailed, Guard, fetch, guarded_client
from service.browser.guard import Fetched as Hop
from service.scans.targets import Fetched, NotFetched
from service.scans.targets.unpacking import MAX_BYTES

if TYPE_CHECKING:
    import httpx

MAX_REDIRECTS = 5
"""RFC 9309, section 2.3.1.2, follows at least five of them."""
MAX_FETCH_S = 60.0
# An index may name many sitemaps, and what is sent is more than what arrives in a body.
_MAX_SCAN_BYTES = 100 * MAX_BYTES
_MAX_SENT_BYTES = 2 * MAX_BYTES


class GuardedWeb:
    """Opens the web to one scan at a time through each of its doors. Thread-safe.

    `options` has what the operator denies. The guard is not closed here.
    """

    def __init__(self, guard: Guard, options: BrowserOptions) -> None:
        self._guard = guard
        self._options = options
        self._free: queue.LifoQueue[Door] = queue.LifoQueue()

    @contextmanager
    def __call__(
        self, allowed_hosts: frozenset[str], cancelled: threading.Event
    ) -> Iterator[Callable[[str], Fetched]]:
        """Nothing is opened before the first address is asked for."""
        lock = threading.Lock()
        with ExitStack() as opened:
            clients: list[tuple[Door, httpx.Client]] = []

            def get(url: str) -> Fetched:
                with lock:
                    if not clients:
                        clients.append(opened.enter_context(self._client(allowed_hosts)))
                door, client = clients[0]
                return _follow(lambda hop: _hop(client, door, hop, cancelled), url, cancelled)

            yield get

    @contextmanager
    def _client(self, allowed_hosts: frozenset[str]) -> Iterator[tuple[Door, "httpx.Client"]]:
        try:
            door = self._free.get_nowait()
        except queue.Empty:
            door = self._guard.open_door()
        door.begin(
            EgressPolicy(
                allowed_hosts=allowed_hosts,
                denied=self._options.denied,
                max_response_bytes=_MAX_SENT_BYTES,
                max_visit_bytes=_MAX_SCAN_BYTES,
                max_response_s=MAX_FETCH_S,
            )
        )
        try:
            with guarded_client(door) as client:
                yield door, client
        finally:
            door.end()
            self._free.put(door)


def _hop(client: "httpx.Client", door: Door, url: str, cancelled: threading.Event) -> Hop:
    stops = cancelled.is_set
    try:
        return fetch(client, door, url, max_bytes=MAX_BYTES, max_s=MAX_FETCH_S, has_to_stop=stops)
    except FetchFailed as error:
        raise NotFetched(str(error)) from error


def _follow(get: Callable[[str], Hop], url: str, cancelled: threading.Event) -> Fetched:
    """Hop by hop, so that each is judged by the guard as the first was."""
    at = url
    for _ in range(MAX_REDIRECTS + 1):
        if cancelled.is_set():
            raise NotFetched("the scan was cancelled")
        hop = get(at)
        location = hop.headers.get("location")
        if not 300 <= hop.status < 400 or location is None:
            return Fetched(
                status=hop.status,
                final_url=at,
                content_type=hop.headers.get("content-type", ""),
                body=hop.body,
            )
        try:
            at = urljoin(at, location)
        except ValueError as error:
            raise NotFetched(f"{at} redirects to {location!r}, which is no address") from error
    raise NotFetched(f"{url} redirects more than {MAX_REDIRECTS} times")
