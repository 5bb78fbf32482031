"""What is known of the answers that stand in a browser's HTTP cache."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_ANSWERS = 2_000

Headers = tuple[tuple[str, str], ...]


@dataclass
class Kept:
    """Lives as long as the cache that it speaks of; forgets all when it has grown too large.

    `asked` are the headers that were sent for an address when its answer last came over the
    network, None if that answer may not be gone by. `hashes` are of bodies, by address and all
    the headers of the answer: a cached answer has those of the time when it came.
    """

    asked: dict[str, Headers | None] = field(default_factory=dict)
    hashes: dict[tuple[str, Headers], str] = field(default_factory=dict)

    def remember_asked(self, url: str, headers: Mapping[str, str] | None) -> None:
        if len(self.asked) >= MAX_ANSWERS:
            self.asked.clear()
        self.asked[url] = None if headers is None else tuple(headers.items())

    def remember_hash(self, url: str, headers: Headers, sha256: str) -> None:
        if len(self.hashes) >= MAX_ANSWERS:
            self.hashes.clear()
        self.hashes[url, headers] = sha256

    def clear(self) -> None:
        self.asked.clear()
        self.hashes.clear()
