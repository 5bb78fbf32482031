"""Before a scan is planned: reading its sitemap, and asking whether its crawl may start."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from service.projects import Project, is_own, page_key
from service.scans.targets import (
    Fetch,
    SitemapPages,
    StoredTargets,
    TargetsUnreadable,
    read_robots,
    robots_address,
)
from service.scans.values import Crawl, LeftOut


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What the network says of a scan's targets; a `failure` says why there is nothing to scan."""

    urls: tuple[str, ...] = ()
    left_out: Counter[LeftOut] = field(default_factory=Counter)
    notices: tuple[str, ...] = ()
    failure: str | None = None


def prepare_targets(fetch: Fetch, project: Project, targets: StoredTargets) -> Prepared:
    """The pages that the sitemap names, each once, and the start of the crawl, if it may start.

    Never raises for what a site does: what cannot be read is the `failure`.
    """
    urls: dict[str, str] = {}
    left_out: Counter[LeftOut] = Counter()
    notices: tuple[str, ...] = ()
    try:
        if targets.sitemap is not None:
            walk = SitemapPages(fetch, targets.sitemap, is_ours=_ownership(project))
            left_out += _pages_of(walk, project, targets, urls)
        if targets.crawl is not None:
            notices = _ask_robots(fetch, targets.crawl)
            urls.setdefault(page_key(project, targets.crawl.start), targets.crawl.start)
    except TargetsUnreadable as error:
        return Prepared(failure=str(error))
    return Prepared(urls=tuple(urls.values()), left_out=left_out, notices=notices)


def _ownership(project: Project) -> Callable[[str], bool] | None:
    return (lambda url: is_own(project, url)) if project.origins else None


def _pages_of(
    walk: SitemapPages, project: Project, targets: StoredTargets, urls: dict[str, str]
) -> Counter[LeftOut]:
    """Puts the pages in `urls`, by what tells them apart; answers what was left out."""
    beyond: set[str] = set()
    for url in walk:
        key = page_key(project, url)
        if key in urls:
            continue
        if len(urls) < targets.max_pages:
            urls[key] = url
        else:
            beyond.add(key)
            walk.enough()
    if not urls:
        told = ", ".join(f"{number} {reason}" for reason, number in sorted(walk.left_out.items()))
        raise TargetsUnreadable(
            f"The sitemap {targets.sitemap} names no page that can be examined"
            + (f" (left out: {told})." if told else ".")
        )
    return walk.left_out + Counter({LeftOut.MAX_PAGES: len(beyond)})


def _ask_robots(fetch: Fetch, crawl: Crawl) -> tuple[str, ...]:
    """Raises `TargetsUnreadable` when the start may not be crawled."""
    if crawl.ignore_robots:
        return ("robots.txt was set aside, as asked for.",)
    address = robots_address(crawl.start)
    robots = read_robots(fetch, address)
    if not robots.allows(crawl.start):
        raise TargetsUnreadable(
            f"{address} does not allow {crawl.start} to be crawled. For a site of your own, within "
            "the project's origins, set ignore_robots (--ignore-robots)."
        )
    if robots.crawl_delay_s is None:
        return ()
    return (
        f"{address} asks for {robots.crawl_delay_s:g} s between two pages; that is not kept: a "
        "page takes seconds to examine, and no more than two of a host are examined at once.",
    )
