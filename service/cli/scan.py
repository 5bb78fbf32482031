"""`luiska scan`: examine pages here, here with a store, or on a server; print one document."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated, Any

import typer

from checks import DEFAULT_STANDARD
from service import scans
from service.browser import Fleet
from service.cli.console import (
    INCOMPLETE,
    CannotRun,
    Output,
    Server,
    ServerToken,
    give,
    host_and_port,
    refuse_bad_output,
    say,
)
from service.cli.progress import ScanProgress, following, summary_lines
from service.cli.scan_approach import (
    Actions,
    Cookies,
    Headers,
    MustContain,
    requested_approach,
)
from service.cli.scan_targets import (
    CrawlFrom,
    Exclude,
    IgnoreRobots,
    Include,
    MaxDepth,
    MaxPages,
    Sitemap,
    UrlsFile,
    option_of,
    refuse_no_targets,
    requested_crawl,
    requested_urls,
)
from service.cli.words import Refused
from service.config import Settings
from service.errors import Malformed
from service.projects import Project as ProjectRow
from service.reports import FORMATS
from service.scans import ScanDocument, ScanRequest
from service.scans.targets import TargetsUnreadable, refuse_bad_targets
from service.scans.values import MOST_PAGES
from service.scans.web import GuardedWeb
from service.store import utc_now


def scan(
    urls: Annotated[list[str] | None, typer.Argument(metavar="URL…", show_default=False)] = None,
    urls_file: UrlsFile = None,
    sitemap: Sitemap = None,
    crawl: CrawlFrom = None,
    max_pages: MaxPages = None,
    max_depth: MaxDepth = None,
    include: Include = None,
    exclude: Exclude = None,
    ignore_robots: IgnoreRobots = False,
    standard: Annotated[str, typer.Option(help="The standard to check by.")] = DEFAULT_STANDARD,
    viewport: Annotated[
        list[str] | None, typer.Option(help="WIDTHxHEIGHT in CSS pixels; may be repeated.")
    ] = None,
    checks: Annotated[str, typer.Option(help="Comma-separated; this version has: axe.")] = "axe",
    wait_for: Annotated[
        str | None, typer.Option(help="CSS selector that must be on the page first.")
    ] = None,
    must_contain: MustContain = None,
    action: Actions = None,
    header: Headers = None,
    cookie: Cookies = None,
    fresh: Annotated[
        bool,
        typer.Option("--fresh", help="Examine also what is the same as at its last visit."),
    ] = False,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="HOST:PORT that may be private, such as 127.0.0.1:3000; repeatable."),
    ] = None,
    lanes: Annotated[
        int | None, typer.Option(min=1, max=64, help="How many browsers at once.")
    ] = None,
    report_format: Annotated[
        str, typer.Option("--format", help=f"One of: {', '.join(FORMATS)}.")
    ] = "json",
    output: Output = None,
    store: Annotated[
        str | None,
        typer.Option(envvar="LUISKA_DATABASE_URL", help="Keep the scan in this database (a URL)."),
    ] = None,
    project: Annotated[
        str, typer.Option(help="Project in the store or on the server.")
    ] = "default",
    server: Server = None,
    token: ServerToken = None,
) -> int:
    """Examine pages with axe-core in a real browser and print what was found.

    Exit code: 0 every page was examined in full (whatever was found), 3 some page was not,
    1 it could not run. Nothing is kept unless --store or --server says where.
    """
    if report_format not in FORMATS:
        raise CannotRun(f"--format {report_format}: choose one of {', '.join(FORMATS)}.")
    refuse_bad_output(output)
    request = ScanRequest(
        urls=requested_urls(urls or [], urls_file),
        sitemap=sitemap,
        crawl=requested_crawl(crawl, max_pages, max_depth, include, exclude, ignore_robots),
        max_pages=max_pages or MOST_PAGES,
        standard=standard,
        viewports=tuple(dict.fromkeys(_viewport(each) for each in viewport or ["1280x1024"])),
        checks=_checks(checks),
        wait_for=wait_for,
        fresh=fresh,
        approach=requested_approach(must_contain, action, header, cookie),
    )
    refuse_no_targets(request, max_pages)
    settings = _settings(allow_host or [], lanes, store)
    total = len(request.urls) * len(request.viewports)
    began = time.monotonic()
    with _in_options(request), following(total) as progress:
        # What a place needs is imported for it alone: a plain scan starts at once.
        if server is not None:
            from service.cli.scan_on_server import scan_on_server

            document = scan_on_server(server, token, project, request, progress)
        elif store is not None:
            from service.cli.scan_in_store import scan_in_store

            _refuse_bad_request(request)
            document = scan_in_store(settings, project, request, progress)
        else:
            document = _unstored(settings, request, progress)
    took_s = time.monotonic() - began
    give(FORMATS[report_format](document), output)
    for line in summary_lines(document, took_s):
        say(line)
    return 0 if document.is_whole else INCOMPLETE


def _checks(text: str) -> tuple[str, ...]:
    found = tuple(name.strip() for name in text.split(",") if name.strip())
    if not found:
        raise CannotRun("--checks: name at least one, such as axe.")
    return found


@contextmanager
def _in_options(request: ScanRequest) -> Iterator[None]:
    """What the API calls `/urls/0` or `/standard` is told as it stands on the command line."""

    try:
        yield
    except Malformed as error:
        errors = [(each.pointer, each.detail) for each in error.errors]
        if not errors:
            raise
        raise CannotRun(
            "; ".join(f"{option_of(at, request)}: {detail}" for at, detail in errors)
        ) from error
    except Refused as error:
        if not error.errors:
            raise
        fields = "; ".join(f"{option_of(at, request)}: {detail}" for at, detail in error.errors)
        raise CannotRun(fields) from error


def _viewport(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{3,4})x([0-9]{3,4})", text)
    if match is None or not all(200 <= int(side) <= 8000 for side in match.groups()):
        raise CannotRun(f"--viewport {text}: write it like 1280x1024, each side 200 to 8000.")
    return int(match[1]), int(match[2])


def _settings(allow_host: list[str], lanes: int | None, store: str | None) -> Settings:
    settings = Settings()
    for host in allow_host:
        host_and_port("--allow-host", host)
    change: dict[str, Any] = {"allow_hosts": (*settings.allow_hosts, *allow_host)}
    if lanes is not None:
        change["lanes"] = lanes
    if store is not None:
        change["database_url"] = store
    return settings.model_copy(update=change)


def _unstored(settings: Settings, request: ScanRequest, progress: ScanProgress) -> ScanDocument:
    _refuse_bad_request(request)
    scans.refuse_missing_secrets(request.approach)
    if request.crawl is not None and request.crawl.ignore_robots:
        raise CannotRun(
            "--ignore-robots: only within a project's own origins; name the project with --project "
            "and --store or --server."
        )
    options = scans.browser_options(settings)
    with Fleet(options) as fleet:
        try:
            return scans.examine_unstored(
                fleet,
                request,
                scans.Conditions(
                    allowed_hosts=frozenset(settings.allow_hosts),
                    page_deadline_s=settings.page_deadline_s,
                    lanes=settings.lanes,
                ),
                on_page=lambda page: progress.page_ended(page.url, page.error, page.partial),
                on_planned=progress.planned,
                open_web=GuardedWeb(fleet.guard, options),
            )
        except TargetsUnreadable as error:
            raise CannotRun(str(error)) from error


def _refuse_bad_request(request: ScanRequest) -> None:
    """Raise `Malformed` for what no scan can be asked for, before anything is started.

    Whether the site is the project's own, the project alone can tell.
    """
    scans.refuse_unavailable(request)
    scans.refuse_bad_approach(None, request)
    crawl = request.crawl and replace(request.crawl, ignore_robots=False)
    anywhere = ProjectRow(slug="", name="", created_at=utc_now())
    refuse_bad_targets(anywhere, replace(request, crawl=crawl))
