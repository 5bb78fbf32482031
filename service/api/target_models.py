"""Which pages a scan is asked for, in bodies and answers of `/scans`."""

from typing import Annotated

from pydantic import ConfigDict, Field

from service.api.values import Answer, Body
from service.scans import Crawl
from service.scans.values import MOST_PAGES

Url = Annotated[str, Field(min_length=1, max_length=4000)]
Pattern = Annotated[str, Field(min_length=1, max_length=500, examples=["/archive/*"])]


class CrawlBody(Body):
    """Pages found by following links from `start`, on its site alone; robots.txt is honoured.

    A pattern is of a path: `*` stands for any characters, also `/`; a pattern with `?` in it is of
    path and query. `exclude` goes before `include`; the start is examined whatever they say.
    """

    model_config = ConfigDict(from_attributes=True)

    start: Url
    max_pages: int = Field(
        default=MOST_PAGES, ge=1, le=50_000, description="Pages named otherwise count too."
    )
    max_depth: int = Field(default=10, ge=0, le=100, description="Links away from the start.")
    include: list[Pattern] = Field(default_factory=list, max_length=100)
    exclude: list[Pattern] = Field(default_factory=list, max_length=100)
    ignore_robots: bool = Field(
        default=False, description="Only within the project's own origins, so it must have some."
    )

    def to_crawl(self) -> Crawl:
        values = self.model_dump()
        return Crawl(**{**values, "include": tuple(self.include), "exclude": tuple(self.exclude)})


class TargetsAnswer(Answer):
    """What was asked for; of `urls`, how many."""

    urls: int
    sitemap: str | None
    crawl: CrawlBody | None
    max_pages: int
