"""`luiska scan`: examine pages here, here with a store, or on a server; print one document."""

import time
from typing import Annotated

import typer

from checks import DEFAULT_STANDARD
from service import scans
from service.browser import Fleet
from service.cli.console import (
    INCOMPLETE,
    CannotRun,
    Output,
    Project,
    Server,
    ServerToken,
    give,
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
from service.cli.scan_options import (
    AllowHost,
    Lanes,
    Store,
    ViewportOption,
    naming_options,
    refuse_bad_request,
    scan_settings,
    viewports_of,
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
    refuse_no_targets,
    requested_crawl,
    requested_urls,
)
from service.config import Settings
from service.reports import FORMATS, Report
from service.scans import ScanDocument, ScanRequest
from service.scans.targets import TargetsUnreadable
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
    viewport: ViewportOption = None,
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
    allow_host: AllowHost = None,
    lanes: Lanes = None,
    report_format: Annotated[
        str, typer.Option("--format", help=f"One of: {', '.join(FORMATS)}.")
    ] = "json",
    output: Output = None,
    store: Store = None,
    project: Project = "default",
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
        viewports=viewports_of(viewport) or ((1280, 1024),),
        checks=_checks(checks),
        wait_for=wait_for,
        fresh=fresh,
        approach=requested_approach(must_contain, action, header, cookie),
    )
    refuse_no_targets(request, max_pages)
    settings = scan_settings(allow_host or [], lanes, store)
    total = len(request.urls) * len(request.viewports)
    began = time.monotonic()
    with naming_options(request), following(total) as progress:
        # What a place needs is imported for it alone: a plain scan starts at once.
        if server is not None:
            from service.cli.scan_on_server import scan_on_server

            document = scan_on_server(server, token, project, request, progress)
        elif store is not None:
            from service.cli.scan_in_store import scan_in_store

            refuse_bad_request(request)
            document = scan_in_store(settings, project, request, progress)
        else:
            document = _unstored(settings, request, progress)
    took_s = time.monotonic() - began
    give(FORMATS[report_format](Report(scan=document, made_at=utc_now())), output)
    for line in summary_lines(document, took_s):
        say(line)
    return 0 if document.is_whole else INCOMPLETE


def _checks(text: str) -> tuple[str, ...]:
    found = tuple(name.strip() for name in text.split(",") if name.strip())
    if not found:
        raise CannotRun("--checks: name at least one, such as axe.")
    return found


def _unstored(settings: Settings, request: ScanRequest, progress: ScanProgress) -> ScanDocument:
    refuse_bad_request(request)
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
