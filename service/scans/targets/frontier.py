"""The frontier of a crawl: which of the links that a page has are pages still to be examined.

Pure: links in, decisions out. What is planned is told to it (`remember`, `landed`), so that it can
be made again from the store at any time.

- A page belongs to the crawl when it is on the site of one that was named as a start, or on the
  one that a start redirected to. A project's other origins are not followed to: they are the same
  pages, and a preview must not lead the crawl to production.
- `nofollow` speaks of ranking, not of access: such a link is followed, unless it has a query.
- A start is examined whatever `include` says; every other page must fit one of the patterns in
  `include` (if there are any) and none in `exclude`.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from checks import Link
from service.scans.targets.links import page_of, site_and_key
from service.scans.targets.patterns import fits
from service.scans.targets.traps import Variants
from service.scans.values import Crawl, LeftOut


@dataclass(frozen=True, kw_only=True)
class Discovery:
    """New pages in the order of their links, and how many links were left out, by reason."""

    pages: tuple[str, ...]
    left_out: Counter[LeftOut]


class Frontier:
    """What one crawl has planned so far. `discover` changes nothing: a plan may yet be undone."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl
        self._sites: set[str] = set()
        self._known: set[str] = set()
        self._variants = Variants()
        self._planned = 0

    def remember(self, url: str, depth: int) -> None:
        """This page is planned, so many links away from a start; each page is told once."""
        site, key = site_and_key(url)
        self._planned += 1
        self._variants.add(url)
        self._known.add(key)
        if depth == 0:
            self._sites.add(site)

    def landed(self, url: str, depth: int, *, final_url: str, canonical: str | None) -> None:
        """This page was visited: it is what it redirected to, and what it says it is."""
        site, final_key = site_and_key(final_url)
        if depth == 0:
            self._sites.add(site)
        if site in self._sites:
            self._known.add(final_key)
        if canonical is not None and self._is_same_page(canonical, url, final_url):
            self._known.add(site_and_key(canonical)[1])

    def discover(
        self, links: Iterable[Link], depth: int, *, allows: Callable[[str], bool]
    ) -> Discovery:
        """What a page at this depth leads to. `allows` is what robots.txt says of an address."""
        pages: dict[str, str] = {}
        left_out: dict[str, LeftOut] = {}
        variants = Variants(self._variants)
        for link in links:
            address = page_of(link.url)
            if address is None:
                continue
            site, key = site_and_key(address)
            if site not in self._sites or key in self._known or not self._is_wanted(address):
                continue
            if key in pages or key in left_out:
                continue
            if depth >= self._crawl.max_depth:
                left_out[key] = LeftOut.MAX_DEPTH
            elif variants.is_trap(address, nofollow=link.nofollow):
                left_out[key] = LeftOut.TRAPS
            elif self._planned + len(pages) >= self._crawl.max_pages:
                left_out[key] = LeftOut.MAX_PAGES
            elif not allows(address):
                left_out[key] = LeftOut.ROBOTS
            else:
                pages[key] = address
                variants.add(address)
        return Discovery(pages=tuple(pages.values()), left_out=Counter(left_out.values()))

    def _is_wanted(self, address: str) -> bool:
        include, exclude = self._crawl.include, self._crawl.exclude
        return (not include or any(fits(pattern, address) for pattern in include)) and not any(
            fits(pattern, address) for pattern in exclude
        )

    def _is_same_page(self, canonical: str, *urls: str) -> bool:
        """Whether a canonical address only tidies up the query of one of these.

        Sites that name their front page on every page are common: another path is another page.
        """
        address = page_of(canonical)
        if address is None:
            return False
        site, key = site_and_key(address)
        return site in self._sites and any(
            _path(key) == _path(site_and_key(url)[1]) for url in urls
        )


def _path(key: str) -> str:
    return key.partition("?")[0].partition("#")[0]
