"""Targets: which pages a scan examines, from addresses, sitemaps and a crawl by links."""

from service.scans.targets.fetching import (
    Fetch,
    Fetched,
    NotFetched,
    OpenWeb,
    TargetsUnreadable,
    closed_web,
)
from service.scans.targets.frontier import Discovery, Frontier
from service.scans.targets.requested import address_faults, refuse_bad_targets
from service.scans.targets.robots import Robots, read_robots, robots_address
from service.scans.targets.sitemap import SitemapError
from service.scans.targets.sitemaps import SitemapPages
from service.scans.targets.storing import StoredTargets, read_targets, stored_targets

__all__ = [
    "Discovery",
    "Fetch",
    "Fetched",
    "Frontier",
    "NotFetched",
    "OpenWeb",
    "Robots",
    "SitemapError",
    "SitemapPages",
    "StoredTargets",
    "TargetsUnreadable",
    "address_faults",
    "closed_web",
    "read_robots",
    "read_targets",
    "refuse_bad_targets",
    "robots_address",
    "stored_targets",
]
