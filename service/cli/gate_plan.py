"""What a gate is to look at: the policy file and the options of the command line, as scans."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from checks import DEFAULT_STANDARD
from service.barriers.gate.policy import BadPolicy, PolicyFile, read_policy
from service.cli.words import CannotRun
from service.scans import Commit, Crawl, ScanRequest
from service.scans.values import MOST_PAGES

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
) -> Plan:
    """The scans that a gate makes. Raises `CannotRun` where no page is named."""
    base = base_url or words.base_url
    if base is not None:
        _refuse_bad_base(base)
    if targets.is_empty:
        targets = _targets_of(words)
    if targets.max_pages is not None and targets.sitemap is None and targets.crawl is None:
        raise CannotRun("--max-pages goes with --sitemap or --crawl.")
    urls = tuple(dict.fromkeys(_absolute(url, base) for url in targets.urls))
    sizes = viewports or tuple(_size(each) for each in words.viewports) or ((1280, 1024),)
    request = ScanRequest(
        urls=urls,
        sitemap=None if targets.sitemap is None else _absolute(targets.sitemap, base),
        crawl=targets.crawl and replace(targets.crawl, start=_absolute(targets.crawl.start, base)),
        max_pages=targets.max_pages or MOST_PAGES,
        standard=standard or words.standard or DEFAULT_STANDARD,
        viewports=sizes,
        wait_for=words.wait_for,
        commit=commit,
    )
    requests = _split(request)
    if not requests:
        raise CannotRun(
            "Name pages: as URLs, with --urls-file, --sitemap or --crawl, or as urls in the policy."
        )
    return Plan(
        requests=requests,
        final_urls={
            _absolute(page.url, base): _absolute(page.final_url, base)
            for page in words.page
            if page.final_url is not None
        },
        origins=_origins(requests, base),
    )


def _split(request: ScanRequest) -> tuple[ScanRequest, ...]:
    """Pages that are named must be the ones shown; those that are found may lead elsewhere."""
    found = request.sitemap is not None or request.crawl is not None
    parts = []
    if request.urls:
        parts.append(replace(request, sitemap=None, crawl=None))
    if found:
        parts.append(replace(request, urls=()))
    return tuple(parts)


def _targets_of(words: PolicyFile) -> Targets:
    crawl = words.crawl
    named = [page.url for page in words.page if page.state is None]
    return Targets(
        urls=tuple(dict.fromkeys([*words.urls, *named])),
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


def _origins(requests: Sequence[ScanRequest], base: str | None) -> tuple[str, ...]:
    """The site whose host and port are no part of a page's identity, if there is one site."""
    starts = [
        start
        for request in requests
        for start in (*request.urls, request.sitemap, request.crawl and request.crawl.start)
        if start
    ]
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
