"""What reading sitemaps and robots.txt needs of the network, and how it fails."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass


class TargetsUnreadable(Exception):
    """Which pages to examine cannot be told; the message says why and, where it can, what to do."""


class NotFetched(Exception):
    """No answer came from an address: refused, unreachable, too slow, too many redirects."""


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """An answer. `final_url` is where its redirects ended; `body` is without transfer encodings."""

    status: int
    final_url: str
    content_type: str
    body: bytes


Fetch = Callable[[str], Fetched]
"""Gets one address, redirects followed and each hop judged. Raises `NotFetched`."""


OpenWeb = Callable[[frozenset[str], threading.Event], AbstractContextManager[Fetch]]
"""Opens the web to one scan: with the hosts that may be private, until it is cancelled."""


@contextmanager
def closed_web(_allowed_hosts: frozenset[str], _cancelled: threading.Event) -> Iterator[Fetch]:
    """The web of whoever was given none: every address fails, so nothing is read unguarded."""

    def fetch(url: str) -> Fetched:
        raise NotFetched(f"no way to fetch {url} was given to this process")

    yield fetch
