"""What a scan is asked for and how its states are called."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from service.browser.approach import PLAIN, Approach

ScanResult = Literal["pending", "pass", "fail", "error"]
Priority = Literal["interactive", "normal", "bulk"]

ENDED: frozenset[str] = frozenset({"completed", "incomplete", "cancelled", "failed"})
VISIT_ENDED: frozenset[str] = frozenset({"examined", "error"})
SCAN_BATCH = "scan"
MOST_PAGES = 10_000
"""How many pages a plan has at the most unless the scan says otherwise."""
MAX_VIEWPORTS = 8

# The lowest goes first.
RANKS: dict[str, int] = {"interactive": 0, "normal": 1, "bulk": 2}


@dataclass(frozen=True, kw_only=True)
class Commit:
    """The version under test, as the caller's CI names it."""

    branch: str | None = None
    sha: str | None = None
    base_sha: str | None = None


class LeftOut(StrEnum):
    """Why something that a sitemap or a link named is not examined.

    Sitemaps: entries beyond `max_pages`, on another site, that are no address, and whole files
    (`sitemaps`) that were not read because the plan was full. Links: those to pages that are
    deeper than `max_depth`, beyond `max_pages`, disallowed by robots.txt, or one more of a kind
    that has no end; `links_per_page` are those beyond what is read of one page.
    """

    MAX_PAGES = "max_pages"
    MAX_DEPTH = "max_depth"
    ROBOTS = "robots"
    TRAPS = "traps"
    OTHER_SITE = "other_site"
    NO_ADDRESS = "no_address"
    SITEMAPS = "sitemaps"
    LINKS_PER_PAGE = "links_per_page"


@dataclass(frozen=True, kw_only=True)
class Crawl:
    """Pages found by following links from `start`, which is at depth 0.

    `include` and `exclude` are patterns of paths (service/scans/targets/patterns.py).
    """

    start: str
    max_pages: int = MOST_PAGES
    max_depth: int = 10
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    ignore_robots: bool = False


@dataclass(frozen=True, kw_only=True)
class ScanRequest:
    """Pages times viewports to examine. `viewports` are (width, height) in CSS pixels.

    Pages are those of `urls`, then those that `sitemap` names, then those that `crawl` finds; of
    the latter two no more than `max_pages` are planned in all. With a crawl, every page that is
    named is a start of it. An identical scan that has not ended is answered in place of a new
    one, and a page that is the same as at its last visit is not examined again, unless `fresh`.

    `approach` is done with every page before it is examined; `page_state` names the state that it
    brings pages into: findings of other states are others.
    """

    urls: tuple[str, ...] = ()
    sitemap: str | None = None
    crawl: Crawl | None = None
    max_pages: int = MOST_PAGES
    standard: str | None = None
    viewports: tuple[tuple[int, int], ...] = ((1280, 1024),)
    checks: tuple[str, ...] = ("axe",)
    wait_for: str | None = None
    commit: Commit = Commit()
    priority: Priority = "normal"
    fresh: bool = False
    approach: Approach = PLAIN
    page_state: str = ""
