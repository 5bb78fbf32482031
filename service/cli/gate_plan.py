"""What a gate is to look at: the policy file and the options of the command line, as scans."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from checks import DEFAULT_STANDARD
from service.barriers.gate.policy import BadPolicy, PageWords, PolicyFile, read_policy
from service.cli.gate_approach import approach_of, is_plain
from service.cli.words import CannotRun
from service.projects import Project, page_key
from service.scans import Commit, Crawl, ScanRequest
from service.scans.values import MOST_PAGES
from service.store import utc_now

POLICY_FILE = "luiska.toml"


@dataclass(frozen=True, kw_only=True)
class Targets:
    """What the command line names; it goes before what the policy file names."""

    urls: tuple[str, ...] = ()
    sitemap: str | None = None
    crawl: Crawl | None = None
    max_pages: int | None = None

    @property
    def is_empty(self) -> bool:
        return not self.urls and self.sitemap is None and self.crawl is None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The scans of the first visit, in their order, and where pages are meant to end."""

    requests: tuple[ScanRequest, ...]
    final_urls: Mapping[str, str]
    origins: tuple[str, ...]

    def again(self, urls: Sequence[str]) -> tuple[ScanRequest, ...]:
        """The scans that visit these pages once more."""
        wanted = set(urls)
        named = {url for request in self.requests for url in request.urls}
        requests = []
        for request in self.requests:
            found = request.sitemap is not None or request.crawl is not None
            more = [url for url in urls if url not in named] if found else []
            here = (*(url for url in request.urls if url in wanted), *more)
            if here:
                requests.append(replace(request, urls=here, sitemap=None, crawl=None, fresh=True))
        return tuple(requests)


def _identity(project: Project, url: str) -> str:
    """The page that an address is of; one that cannot be read stands for itself."""
    try:
        return page_key(project, url)
    except ValueError:
        # The scan itself tells which address is none.
        return url


def site_of(origins: Sequence[str]) -> Project:
    """What a gate without a store takes for the project."""
    return Project(slug="", name="", origins=list(origins), created_at=utc_now())


def policy_file(path: Path | None) -> tuple[PolicyFile, str | None]:
    """The policy named, or `luiska.toml` of this folder if there is one; and its name.

    Raises `CannotRun`.
    """
    if path is None:
        path = Path(POLICY_FILE)
        if not path.exists():
            return PolicyFile(), None
    try:
        return read_policy(path.read_text(encoding="utf-8"), name=str(path)), str(path)
    except OSError as error:
        raise CannotRun(f"--policy {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CannotRun(f"--policy {path}: is not UTF-8.") from error
    except BadPolicy as error:
        raise CannotRun(str(error)) from error


def plan_of(
    words: PolicyFile,
    targets: Targets,
    *,
    base_url: str | None,
    standard: str | None,
    viewports: tuple[tuple[int, int], ...],
    commit: Commit,
    pictures: int = 0,
) -> Plan:
    """The scans that a gate makes. Raises `CannotRun` where no page is named."""
    base = base_url or words.base_url
    if base is not None:
        _refuse_bad_base(base)
    is_named_here = not targets.is_empty
    if not is_named_here:
        targets = _targets_of(words)
    if targets.max_pages is not None and targets.sitemap is None and targets.crawl is None:
        raise CannotRun("--max-pages goes with --sitemap or --crawl.")
    urls = tuple(dict.fromkeys(_absolute(url, base) for url in targets.urls))
    request = ScanRequest(
        urls=urls,
        sitemap=None if targets.sitemap is None else _absolute(targets.sitemap, base),
        crawl=targets.crawl and replace(targets.crawl, start=_absolute(targets.crawl.start, base)),
        max_pages=targets.max_pages or MOST_PAGES,
        standard=standard or words.standard or DEFAULT_STANDARD,
        viewports=viewports or tuple(_size(each) for each in words.viewports) or ((1280, 1024),),
        wait_for=words.wait_for,
        commit=commit,
        approach=approach_of(words, pictures=pictures),
    )
    origins = _origins(request, base)
    site = base or (f"{origins[0]}/" if origins else None)
    pages = [(_absolute(page.url, site), page) for page in words.page]
    project = site_of(origins)
    _refuse_alike(project, pages)
    if is_named_here:
        named = {_identity(project, url) for url in urls}
        pages = [(url, page) for url, page in pages if _identity(project, url) in named]
    requests = _split(request, pages, words, site, project)
    if not requests:
        raise CannotRun(
            "Name pages: as URLs, with --urls-file, --sitemap or --crawl, or as urls in the policy."
        )
    return Plan(
        requests=requests,
        final_urls={
            url: _absolute(page.final_url, site)
            for url, page in pages
            if page.final_url is not None
        },
        origins=origins,
    )


def _split(
    request: ScanRequest,
    pages: Sequence[tuple[str, PageWords]],
    words: PolicyFile,
    site: str | None,
    project: Project,
) -> tuple[ScanRequest, ...]:
    """One scan for all that is approached alike, those that are found apart from those named.

    Pages that are named must be the ones shown in the end; those that are found may lead elsewhere.
    """
    own: dict[ScanRequest, list[str]] = {}
    for url, page in pages:
        if is_plain(page):
            continue
        alike = replace(
            request,
            urls=(),
            sitemap=None,
            crawl=None,
            wait_for=page.wait_for or request.wait_for,
            approach=approach_of(
                words,
                page,
                login_url=lambda path: _absolute(path, site),
                pictures=request.approach.pictures,
            ),
            page_state=page.state or "",
        )
        own.setdefault(alike, []).append(url)
    replaced = {
        _identity(project, url) for url, page in pages if not is_plain(page) and page.state is None
    }
    plain = [page_url for page_url, page in pages if is_plain(page)]
    urls = [
        url
        for url in dict.fromkeys((*request.urls, *plain))
        if _identity(project, url) not in replaced
    ]
    parts = [replace(request, urls=tuple(urls), sitemap=None, crawl=None)] if urls else []
    parts += [replace(alike, urls=tuple(dict.fromkeys(here))) for alike, here in own.items()]
    if request.sitemap is not None or request.crawl is not None:
        parts.append(replace(request, urls=()))
    return tuple(parts)


def _refuse_alike(project: Project, pages: Sequence[tuple[str, PageWords]]) -> None:
    """Raise `CannotRun` where two tables are of one page in one state: one would not be seen."""
    seen: set[tuple[str, str | None]] = set()
    for url, page in pages:
        key = _identity(project, url), page.state
        if key in seen:
            raise CannotRun(
                f"[[page]] {page.url} is the page of another [[page]]: give each a state."
            )
        seen.add(key)


def _targets_of(words: PolicyFile) -> Targets:
    crawl = words.crawl
    return Targets(
        urls=tuple(dict.fromkeys(words.urls)),
        sitemap=words.sitemap,
        crawl=None
        if crawl is None
        else Crawl(
            start=crawl.start,
            max_pages=crawl.max_pages or MOST_PAGES,
            max_depth=Crawl.max_depth if crawl.max_depth is None else crawl.max_depth,
            include=tuple(crawl.include),
            exclude=tuple(crawl.exclude),
        ),
    )


def _absolute(url: str, base: str | None) -> str:
    if urlsplit(url).scheme:
        return url
    if base is None:
        raise CannotRun(f"{url}: is no whole address; say with --base-url where the site is.")
    return urljoin(base, url)


def _refuse_bad_base(base: str) -> None:
    try:
        parts = urlsplit(base)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise CannotRun(f"--base-url {base}: write it like https://preview.example.fi/.")


def _origins(request: ScanRequest, base: str | None) -> tuple[str, ...]:
    """The site whose host and port are no part of a page's identity, if there is one site."""
    crawled = request.crawl and request.crawl.start
    starts = [start for start in (*request.urls, request.sitemap, crawled) if start]
    try:
        sites = {urlsplit(url)[:2] for url in (starts if base is None else [base])}
    except ValueError:
        # The scan itself tells which address is none.
        return ()
    if len(sites) != 1:
        return ()
    ((scheme, authority),) = sites
    return (f"{scheme}://{authority}",)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)
