"""Which pages a scan is asked for, as the options of the command line say it."""

import re
from pathlib import Path
from typing import Annotated

import typer

from service.cli.scan_approach import approach_option
from service.cli.words import CannotRun
from service.scans import Crawl, ScanRequest
from service.scans.values import MOST_PAGES

UrlsFile = Annotated[
    Path | None, typer.Option(help="A file with one URL a line; # begins a comment.")
]
Sitemap = Annotated[
    str | None,
    typer.Option(help="Pages of this sitemap, its indexes, or those that a robots.txt names."),
]
CrawlFrom = Annotated[
    str | None, typer.Option("--crawl", help="Follow links from this page, on its site alone.")
]
MaxPages = Annotated[
    int | None,
    typer.Option(min=1, max=50_000, help=f"Of --sitemap and --crawl; {MOST_PAGES} by default."),
]
MaxDepth = Annotated[
    int | None, typer.Option(min=0, max=100, help="Links away from --crawl's page; 10 by default.")
]
Include = Annotated[
    list[str] | None,
    typer.Option(help="Crawl only paths like this, such as '/services/*'; repeatable."),
]
Exclude = Annotated[
    list[str] | None, typer.Option(help="Crawl no paths like this, such as '/archive/*'.")
]
IgnoreRobots = Annotated[
    bool,
    typer.Option("--ignore-robots", help="Only for a site within the project's own origins."),
]


def requested_urls(urls: list[str], urls_file: Path | None) -> tuple[str, ...]:
    """The URLs of the command line, then those of the file, each once."""
    found = list(urls)
    if urls_file is not None:
        try:
            lines = urls_file.read_text(encoding="utf-8-sig").splitlines()
        except OSError as error:
            raise CannotRun(f"--urls-file {urls_file}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise CannotRun(f"--urls-file {urls_file}: is not UTF-8.") from error
        listed = [line.strip() for line in lines if not re.match(r"\s*(#|$)", line)]
        if not listed:
            raise CannotRun(f"--urls-file {urls_file}: names no URL.")
        found += listed
    return tuple(dict.fromkeys(found))


def requested_crawl(
    start: str | None,
    max_pages: int | None,
    max_depth: int | None,
    include: list[str] | None,
    exclude: list[str] | None,
    ignore_robots: bool,
) -> Crawl | None:
    """The crawl asked for. Raises `CannotRun` on options that go with none."""
    if start is None:
        given = {
            "--max-depth": max_depth is not None,
            "--include": bool(include),
            "--exclude": bool(exclude),
            "--ignore-robots": ignore_robots,
        }
        for name in (name for name, is_given in given.items() if is_given):
            raise CannotRun(f"{name} goes with --crawl.")
        return None
    return Crawl(
        start=start,
        max_pages=max_pages or MOST_PAGES,
        max_depth=Crawl.max_depth if max_depth is None else max_depth,
        include=tuple(include or ()),
        exclude=tuple(exclude or ()),
        ignore_robots=ignore_robots,
    )


def refuse_no_targets(request: ScanRequest, max_pages: int | None) -> None:
    """Raise `CannotRun` where nothing is named, or a limit of what is not asked for."""
    if request.sitemap is None and request.crawl is None:
        if max_pages is not None:
            raise CannotRun("--max-pages goes with --sitemap or --crawl.")
        if not request.urls:
            raise CannotRun(
                "Name at least one URL, a file of them with --urls-file, --sitemap or --crawl."
            )


def option_of(pointer: str, request: ScanRequest) -> str:
    """What the API calls `/urls/0` or `/crawl/start`, as it stands on the command line."""
    if (option := approach_option(pointer, request)) is not None:
        return option
    field, _, rest = pointer.removeprefix("/").partition("/")
    if field == "urls" and rest.isdecimal():
        return request.urls[int(rest)] or "''"
    if field == "crawl":
        field = rest.partition("/")[0]
        if field in {"", "start"}:
            return "--crawl"
    return f"--{field.replace('_', '-')}"
