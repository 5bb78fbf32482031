"""A web of fixed answers: what a fetch would bring, and what was asked for."""

import gzip
import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from service.scans.targets import Fetch, Fetched, NotFetched

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


class Web:
    """Answers what `pages` has: a body, a status, or both behind a redirect; else 404."""

    def __init__(self, pages: Mapping[str, bytes | str | int | Fetched]) -> None:
        self.pages = dict(pages)
        self.asked: list[str] = []

    def __call__(self, url: str) -> Fetched:
        self.asked.append(url)
        content = self.pages.get(url, 404)
        if isinstance(content, Fetched):
            return content
        if content == 0:
            raise NotFetched("connection refused")
        if isinstance(content, int):
            return answer(url, b"", status=content)
        return answer(url, content.encode() if isinstance(content, str) else content)

    def opened(
        self, _allowed_hosts: frozenset[str], _cancelled: threading.Event
    ) -> AbstractContextManager[Fetch]:
        """As a scan has the web opened to it."""
        return nullcontext(self)


def answer(url: str, body: bytes | str, *, status: int = 200) -> Fetched:
    body = body.encode() if isinstance(body, str) else body
    return Fetched(status=status, final_url=url, content_type="text/plain", body=body)


def urlset(*urls: str, namespace: str | None = NAMESPACE) -> str:
    return _file("urlset", "url", urls, namespace)


def index(*urls: str, namespace: str | None = NAMESPACE) -> str:
    return _file("sitemapindex", "sitemap", urls, namespace)


def packed(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)


def _file(root: str, entry: str, urls: Sequence[str], namespace: str | None) -> str:
    space = "" if namespace is None else f' xmlns="{namespace}"'
    entries = "\n".join(f"<{entry}><loc>{url}</loc></{entry}>" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}{space}>\n{entries}\n</{root}>\n'
