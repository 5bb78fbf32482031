"""What a scan was asked for, as its row keeps it: JSON, without the list of URLs."""

from dataclasses import asdict, dataclass
from typing import Any

from service.scans.values import Crawl, ScanRequest


@dataclass(frozen=True, kw_only=True)
class StoredTargets:
    """`urls` is how many were named; they are the first visits of the scan."""

    urls: int
    sitemap: str | None
    crawl: Crawl | None
    max_pages: int


def stored_targets(request: ScanRequest) -> dict[str, Any]:
    """The targets of a request, to be kept."""
    return {
        "urls": len(request.urls),
        "sitemap": request.sitemap,
        "crawl": None if request.crawl is None else asdict(request.crawl),
        "max_pages": request.max_pages,
    }


def read_targets(stored: dict[str, Any]) -> StoredTargets:
    """What was kept; a scan of before there were sitemaps and crawls has kept nothing."""
    crawl = stored.get("crawl")
    if crawl is not None:
        crawl = Crawl(
            **{**crawl, "include": tuple(crawl["include"]), "exclude": tuple(crawl["exclude"])}
        )
    return StoredTargets(
        urls=stored.get("urls", 0),
        sitemap=stored.get("sitemap"),
        crawl=crawl,
        max_pages=stored.get("max_pages", 0),
    )
