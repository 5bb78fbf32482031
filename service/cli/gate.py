"""`luiska gate`: examine pages and judge them by a policy; the exit code is the verdict."""

import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from service.barriers.gate.flakes import MOST_VISITS
from service.barriers.gate.policy import PolicyFile
from service.barriers.gate.values import Verdict
from service.cli.commits import commit_here, with_ancestors
from service.cli.console import (
    GATE_FAILED,
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
from service.cli.gate_baseline import known_baseline, write_anew
from service.cli.gate_places import Place, Terms, unstored_place
from service.cli.gate_plan import Plan, Targets, plan_of, policy_file
from service.cli.gate_words import verdict_lines
from service.cli.pa11yci import policy_of_pa11yci
from service.cli.progress import following, summary_lines
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
    requested_crawl,
    requested_urls,
)
from service.config import Settings
from service.reports import FORMATS, Report
from service.scans import Commit
from service.scans.gating import Base
from service.store import utc_now

_MOST_PICTURES = 20
_EXIT = {"pass": 0, "fail": GATE_FAILED, "incomplete": INCOMPLETE}


def gate(
    urls: Annotated[list[str] | None, typer.Argument(metavar="URL…", show_default=False)] = None,
    urls_file: UrlsFile = None,
    sitemap: Sitemap = None,
    crawl: CrawlFrom = None,
    max_pages: MaxPages = None,
    max_depth: MaxDepth = None,
    include: Include = None,
    exclude: Exclude = None,
    ignore_robots: IgnoreRobots = False,
    base_url: Annotated[
        str | None, typer.Option(help="Where the site is that the policy's paths are of.")
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(help="The policy file; luiska.toml of this folder when left out."),
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="A file of known barriers, kept in git.")
    ] = None,
    update_baseline: Annotated[
        bool,
        typer.Option("--update-baseline", help="Write what is there now to --baseline's file."),
    ] = False,
    branch: Annotated[
        str | None, typer.Option(help="The branch under test; without --base-sha compared with.")
    ] = None,
    sha: Annotated[
        str | None, typer.Option(help="The commit under test; git's HEAD when left out.")
    ] = None,
    base_sha: Annotated[
        str | None,
        typer.Option(help="Compare with the stored scan of this commit, or of one before it."),
    ] = None,
    standard: Annotated[str | None, typer.Option(help="The standard to check by.")] = None,
    viewport: ViewportOption = None,
    allow_host: AllowHost = None,
    lanes: Lanes = None,
    report_format: Annotated[
        str, typer.Option("--format", help=f"One of: {', '.join(FORMATS)}.")
    ] = "json",
    output: Output = None,
    report: Annotated[
        list[str] | None,
        typer.Option(help="FORMAT=FILE: a report more, such as sarif=luiska.sarif; repeatable."),
    ] = None,
    import_pa11yci: Annotated[
        Path | None,
        typer.Option(help="Write a policy out of pa11y-ci's configuration instead, and end."),
    ] = None,
    store: Store = None,
    project: Project = "default",
    server: Server = None,
    token: ServerToken = None,
) -> int:
    """Fail on what is new, or on what people met; never pass for work that was not done.

    Exit code: 0 passed, 2 failed, 3 too little is known (some page was not examined in full, or
    visits of it do not agree), 1 it could not run.
    """
    if import_pa11yci is not None:
        return policy_of_pa11yci(import_pa11yci, output, utc_now().date())
    reports = _reports(report_format, output, report or [])
    words, name = policy_file(policy)
    known = known_baseline(baseline, update_baseline, server)
    plan = plan_of(
        words,
        Targets(
            urls=requested_urls(urls or [], urls_file),
            sitemap=sitemap,
            crawl=requested_crawl(crawl, max_pages, max_depth, include, exclude, ignore_robots),
            max_pages=max_pages,
        ),
        base_url=base_url,
        standard=standard,
        viewports=viewports_of(viewport),
        commit=_commit(branch, sha, base_sha, store, server),
        pictures=_MOST_PICTURES if any(name == "html" for name, _ in reports) else 0,
    )
    terms = Terms(
        words=words,
        is_bare=name is None,
        baseline=known,
        base=_base(branch, base_sha, baseline, store, server),
        final_urls=plan.final_urls,
    )
    settings = _in_time(words, scan_settings(allow_host or [], lanes, store), server)
    began = time.monotonic()
    total = sum(len(each.urls) * len(each.viewports) for each in plan.requests)
    with _place(settings, terms, plan, project, store, server, token) as place:
        with following(total) as progress:
            place.visit(plan.requests, progress)
        # A baseline is what was seen; to be sure of what breaks a gate is another question.
        verdict = place.verdict() if update_baseline else _final(place, plan)
        document, pictures = place.documents()[0], place.pictures()
    if update_baseline:
        assert baseline is not None
        return write_anew(baseline, known, document, verdict)
    told = Report(
        scan=document,
        verdict=verdict,
        files=words.sarif.files,
        pictures=pictures,
        made_at=utc_now(),
    )
    for format_name, file in reports:
        give(FORMATS[format_name](told), file)
    for line in (*summary_lines(document, time.monotonic() - began), *verdict_lines(verdict)):
        say(line)
    return _EXIT[verdict.verdict]


def _reports(name: str, output: Path | None, more: list[str]) -> list[tuple[str, Path | None]]:
    """Each format with its file; what cannot be written is told before any work is done."""
    refuse_bad_output(output)
    reports: list[tuple[str, Path | None]] = [(name, output)]
    for text in more:
        format_name, separator, file = text.partition("=")
        if not separator or not file:
            raise CannotRun(f"--report {text}: write it like sarif=luiska.sarif.")
        refuse_bad_output(Path(file), option="--report")
        reports.append((format_name, Path(file)))
    # A device such as /dev/null takes as many as there are.
    files = [file for _, file in reports if file and (file.is_file() or not file.exists())]
    places = [file.resolve() for file in files]
    twice = next((file for file in files if places.count(file.resolve()) > 1), None)
    if twice is not None:
        raise CannotRun(f"{twice}: two reports would be written there; name a file for each.")
    for format_name, _ in reports:
        if format_name not in FORMATS:
            raise CannotRun(f"There is no format {format_name}: choose of {', '.join(FORMATS)}.")
    return reports


def _in_time(words: PolicyFile, settings: Settings, server: str | None) -> Settings:
    """The settings with the policy's time for a page."""
    if words.timeout_s is None:
        return settings
    if server is not None:
        raise CannotRun(
            "timeout_s holds where pages are examined here; a server has a time for pages of its "
            "own (LUISKA_PAGE_DEADLINE_S)."
        )
    return settings.model_copy(update={"page_deadline_s": words.timeout_s})


def _commit(
    branch: str | None, sha: str | None, base_sha: str | None, store: str | None, server: str | None
) -> Commit:
    """The commit under test, for a place that remembers it."""
    if store is None and server is None:
        return Commit()
    return Commit(branch=branch, sha=sha or commit_here(), base_sha=base_sha)


def _base(
    branch: str | None,
    base_sha: str | None,
    baseline: Path | None,
    store: str | None,
    server: str | None,
) -> Base:
    for name, value in (("--base-sha", base_sha), ("--branch", branch)):
        if value is not None and not value.strip():
            raise CannotRun(f"{name} is empty: name what to compare with, or leave it out.")
    if base_sha is None and branch is None:
        return Base()
    if store is None and server is None:
        raise CannotRun(
            f"{'--base-sha' if base_sha else '--branch'} compares with a scan that is kept: name "
            "the place with --server or --store, or give a file with --baseline."
        )
    if baseline is not None and base_sha is not None:
        raise CannotRun("--baseline and --base-sha are two baselines: choose one.")
    if base_sha is not None:
        shas = with_ancestors(base_sha)
        if len(shas) == 1:
            say(
                f"git tells of no commit before {base_sha} here, so only a scan of itself is "
                "looked for; a shallow clone needs more of its history."
            )
        return Base(shas=shas)
    return Base(branch=branch)


def _place(
    settings: Settings,
    terms: Terms,
    plan: Plan,
    project: str,
    store: str | None,
    server: str | None,
    token: str | None,
) -> AbstractContextManager[Place]:
    # What a place needs is imported for it alone: a plain gate starts at once.
    if server is not None:
        from service.cli.gate_on_server import place_on_server

        return place_on_server(server, token, project, terms)
    for request in plan.requests:
        with naming_options(request):
            refuse_bad_request(request)
    if store is not None:
        from service.cli.gate_in_store import place_in_store

        return place_in_store(settings, project, terms)
    return unstored_place(settings, terms, plan.origins)


def _final(place: Place, plan: Plan) -> Verdict:
    """The verdict that stands, after as many visits as it takes."""
    verdict = place.verdict()
    for _ in range(MOST_VISITS - 1):
        requests = plan.again(verdict.visit_again)
        if not requests:
            break
        total = sum(len(each.urls) * len(each.viewports) for each in requests)
        say(f"Visiting {total} more, to be sure of what breaks the gate.")
        with following(total) as progress:
            place.visit(requests, progress)
        verdict = place.verdict()
    return verdict
