"""Which page a URL means: identity within a project, whatever the host or the port.

A page of a project with origins is path and normalised query, because its origins are aliases
of one site. In a project without origins, any public site may be scanned, so the host and port
belong to the identity, and a bare path means the one page that has it.
"""

import re
from datetime import datetime
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from sqlmodel import Session, col, select

from service.projects.tables import Page, Project

_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|msclkid|mc_[ce]id|_ga|_gl)$", re.IGNORECASE)
_SESSION_ID = re.compile(r"^(jsessionid|phpsessid|asp\.net_sessionid|cfid|cftoken)$", re.IGNORECASE)
_PATH_SESSION_ID = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def page_key(project: Project, url: str) -> str:
    """The identity of `url` within `project`: absolute (`http:`, `https:`) or a path from `/`.

    Tracking parameters, session ids and fragments fall away, save a fragment that is a client
    side route (`#/…`, `#!…`); what is left of the query is sorted.
    """
    parts = urlsplit(url)
    path = quote(unquote(_PATH_SESSION_ID.sub("", parts.path)), safe="/:@!$&'()*+,;=~-._") or "/"
    query = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.match(name) and not _SESSION_ID.match(name)
    )
    route = f"#{parts.fragment}" if parts.fragment.startswith(("/", "!")) else ""
    local = path + (f"?{urlencode(query)}" if query else "") + route
    if not parts.netloc or is_own(project, url):
        return local
    return f"//{_host_and_port(parts)}{local}"


def is_own(project: Project, url: str) -> bool:
    """Whether one of the project's origins covers `url`. The port `*` stands for any port."""
    parts = urlsplit(url)
    for origin in project.origins:
        known = urlsplit(origin.replace(":*", ""))
        if known.scheme != parts.scheme or known.hostname != parts.hostname:
            continue
        if origin.endswith(":*") or _host_and_port(known) == _host_and_port(parts):
            return True
    return False


def find_or_add_page(session: Session, project: Project, url: str, now: datetime) -> Page:
    """The page that `url` means, added when the project has not seen it."""
    key = page_key(project, url)
    page = session.exec(select(Page).where(Page.project_id == project.id, Page.key == key)).first()
    if page is None and key.startswith("/") and not key.startswith("//"):
        page = _the_only_page_with_path(session, project, key)
    if page is None:
        page = Page(project_id=project.id, key=key, url=url, first_seen_at=now)
        session.add(page)
        session.flush()
    elif urlsplit(url).netloc:
        page.url = url
    return page


def _the_only_page_with_path(session: Session, project: Project, path: str) -> Page | None:
    candidates = session.exec(
        select(Page).where(
            Page.project_id == project.id, col(Page.key).endswith(path, autoescape=True)
        )
    ).all()
    same = [page for page in candidates if _without_host(page.key) == path]
    return same[0] if len(same) == 1 else None


def _without_host(key: str) -> str:
    return "/" + key[2:].partition("/")[2] if key.startswith("//") else key


def _host_and_port(parts: SplitResult) -> str:
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    return f"{parts.hostname}:{port}"
