"""Every page that a sitemap names: through its indexes, or from the robots.txt that names it."""

from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from service.scans.targets.fetching import Fetch, Fetched, NotFetched, TargetsUnreadable
from service.scans.targets.requested import address_fault
from service.scans.targets.robots import read_robots
from service.scans.targets.sitemap import SitemapError, read_sitemap
from service.scans.values import LeftOut

MAX_NESTING = 3
"""How deep indexes may lie within indexes; the protocol has them one deep."""


class SitemapPages:
    """Iterates over the addresses of pages, in the order of the files.

    `is_ours` tells which addresses may be scanned; None stands for those on a host that the
    sitemap was asked from or redirected to, as the protocol has it. Raises `TargetsUnreadable`
    when any file among them cannot be read: what it names would be missing unseen. A file that
    was read is not read again, so loops end. `left_out` counts what is named and not given.
    """

    def __init__(
        self, fetch: Fetch, address: str, *, is_ours: Callable[[str], bool] | None = None
    ) -> None:
        self._fetch = fetch
        self._address = address
        self._is_ours = is_ours or self._is_on_its_hosts
        self._hosts: set[str] = {_host(address)}
        self._read: set[str] = set()
        self._has_enough = False
        self.left_out: Counter[LeftOut] = Counter()

    def enough(self) -> None:
        """No page more is wanted: files that were not begun are only counted."""
        self._has_enough = True

    def __iter__(self) -> Iterator[str]:
        if urlsplit(self._address).path != "/robots.txt":
            yield from self._pages(self._address, depth=0)
            return
        named = read_robots(self._fetch, self._address).sitemaps
        if not named:
            raise TargetsUnreadable(
                f"{self._address} names no sitemap; name the sitemap itself, or crawl the site."
            )
        for address in named:
            yield from self._pages(self._nested(address, self._address), depth=0)

    def _pages(self, address: str, *, depth: int) -> Iterator[str]:
        if address in self._read:
            return
        if self._has_enough:
            self.left_out[LeftOut.SITEMAPS] += 1
            return
        self._read.add(address)
        answer = self._answer(address)
        for entry in read_sitemap(answer.body, address):
            if not entry.is_sitemap:
                yield from self._page(entry.url)
            elif depth == MAX_NESTING:
                raise SitemapError(
                    f"The sitemap {address} is an index more than {MAX_NESTING} deep; list the "
                    "sitemaps in one index."
                )
            else:
                yield from self._pages(self._nested(entry.url, address), depth=depth + 1)

    def _page(self, url: str) -> Iterator[str]:
        if address_fault(url) is not None:
            self.left_out[LeftOut.NO_ADDRESS] += 1
        elif not self._is_ours(url):
            self.left_out[LeftOut.OTHER_SITE] += 1
        else:
            yield url

    def _nested(self, url: str, index: str) -> str:
        if (fault := address_fault(url)) is not None:
            raise SitemapError(f"{index} names the sitemap {url[:200]!r}: {fault}")
        return url

    def _answer(self, address: str) -> Fetched:
        try:
            answer = self._fetch(address)
        except NotFetched as error:
            raise SitemapError(f"The sitemap {address} cannot be read: {error}.") from error
        if answer.status != 200:
            raise SitemapError(f"The sitemap {address} answers {answer.status}.")
        self._hosts |= {_host(answer.final_url)}
        return answer

    def _is_on_its_hosts(self, url: str) -> bool:
        return _host(url) in self._hosts


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".")
