"""Which page a URL means: identity within a project, whatever the host or the port.

A page of a project with origins is path and normalised query, because its origins are aliases
of one site. In a project without origins, any public site may be scanned, so the host and port
belong to the identity, and a bare path means the one page that has it.
"""

import hashlib
import re
from contextlib import suppress
from datetime import datetime
from urllib.parse import (
    SplitResult,
    parse_qsl,
    quote,
    unquote_plus,
    urldefrag,
    urlencode,
    urlsplit,
    urlunsplit,
)

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from service.projects.tables import Page, Project

_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|msclkid|mc_[ce]id|_ga|_gl)$", re.IGNORECASE)
_SESSION_ID = re.compile(r"^(jsessionid|phpsessid|asp\.net_sessionid|cfid|cftoken)$", re.IGNORECASE)
_PATH_SESSION_ID = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_ESCAPE = re.compile(r"%(?P<hex>[0-9a-fA-F]{2})?")
_PATH_SAFE = "/:@!$&'()*+,;=~-._"
_QUERY_SAFE = _PATH_SAFE + '%?#[]"<>\\^`{|}'
_BYTES = "surrogateescape"
"""What an escape that is no UTF-8 stands for is kept: `%E4` and `%F6` are two letters."""
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST_KEY = 1000
"""Bytes, without the host."""
_KEPT_OF_LONG = 200


def page_key(project: Project, url: str) -> str:
    """The identity of `url` within `project`: absolute (`http:`, `https:`) or a path from `/`.

    Tracking parameters, session ids and fragments fall away, save a fragment that is a client
    side route (`#/…`, `#!…`); what is left of the query is sorted. Raises `ValueError` on what is
    no URL.
    """
    parts = urlsplit(url)
    path = _normal_path(_PATH_SESSION_ID.sub("", parts.path)) or "/"
    query = sorted(
        (name, value)
        for name, value in parse_qsl(_encodable(parts.query), keep_blank_values=True, errors=_BYTES)
        if not _is_noise(name)
    )
    route = f"#{_encodable(parts.fragment)}" if _is_route(parts.fragment) else ""
    local = path + (f"?{urlencode(query, errors=_BYTES)}" if query else "") + route
    local = _bounded(local)
    if not parts.netloc or is_own(project, url):
        return local
    return f"//{_host_and_port(parts)}{local}"


def _bounded(local: str) -> str:
    """Keys are indexed, and PostgreSQL's indexes hold rows of 2,704 bytes: long ones are hashed."""
    content = local.encode(errors="surrogatepass")
    if len(content) <= _LONGEST_KEY:
        return local
    return f"{local[:_KEPT_OF_LONG]}~{hashlib.sha256(content).hexdigest()}"


def page_address(url: str) -> str:
    """`url` as it is asked for: without fragment (save a route), tracking and session ids.

    What is left of the query is as it was. Raises `ValueError` on what is no URL.
    """
    parts = urlsplit(url)
    query = "&".join(
        pair for pair in parts.query.split("&") if not _is_noise(unquote_plus(pair.split("=")[0]))
    )
    fragment = parts.fragment if _is_route(parts.fragment) else ""
    path = _PATH_SESSION_ID.sub("", parts.path) or "/"
    return urlunsplit((parts.scheme, parts.netloc, path, query, fragment))


def is_own(project: Project, url: str) -> bool:
    """Whether one of the project's origins covers `url`. The port `*` stands for any port.

    Raises `ValueError` on what is no URL.
    """
    parts = urlsplit(url)
    for origin in project.origins:
        known = urlsplit(origin.replace(":*", ""))
        if known.scheme != parts.scheme or _host(known) != _host(parts):
            continue
        if origin.endswith(":*") or _host_and_port(known) == _host_and_port(parts):
            return True
    return False


def find_or_add_page(session: Session, project: Project, url: str, now: datetime) -> Page:
    """The page that `url` means, added when the project has not seen it."""
    key = page_key(project, url)
    if "#" not in key:
        url = urldefrag(url).url
    page = session.exec(select(Page).where(Page.project_id == project.id, Page.key == key)).first()
    if page is None and key.startswith("/") and not key.startswith("//"):
        page = _the_only_page_with_path(session, project, key)
    if page is None:
        page = _add(session, Page(project_id=project.id, key=key, url=url, first_seen_at=now))
    elif urlsplit(url).netloc:
        page.url = url
    return page


def _add(session: Session, page: Page) -> Page:
    """Add a page, or take the one that another transaction has added meanwhile."""
    try:
        with session.begin_nested():
            session.add(page)
    except IntegrityError:
        return session.exec(
            select(Page).where(Page.project_id == page.project_id, Page.key == page.key)
        ).one()
    return page


def _the_only_page_with_path(session: Session, project: Project, path: str) -> Page | None:
    candidates = session.exec(
        select(Page).where(
            Page.project_id == project.id, col(Page.key).endswith(path, autoescape=True)
        )
    ).all()
    same = [page for page in candidates if without_host(page.key) == path]
    return same[0] if len(same) == 1 else None


def without_host(key: str) -> str:
    """The path and query of a key, whether it has a host or not."""
    return "/" + key[2:].partition("/")[2] if key.startswith("//") else key


def _is_noise(name: str) -> bool:
    return _TRACKING.match(name) is not None or _SESSION_ID.match(name) is not None


def _is_route(fragment: str) -> bool:
    return fragment.startswith(("/", "!"))


def _host_and_port(parts: SplitResult) -> str:
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    host = _host(parts)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _host(parts: SplitResult) -> str:
    """The host as it is asked for on the network: lower case, ASCII (IDNA), no dot at its end."""
    host = (parts.hostname or "").rstrip(".")
    if not host.isascii():
        with suppress(UnicodeError):
            host = host.encode("idna").decode()
    return _encodable(host)


def _normal_path(path: str) -> str:
    """Every character in its one spelling (RFC 3986, 6.2.2); `%2F` is no `/`, bytes stay bytes."""
    spelled = _ESCAPE.sub(_normal_escape, _encodable(path, f"%{_PATH_SAFE}"))
    # A second slash at the beginning would read as a host.
    return re.sub("^/+", lambda slashes: "/" + "%2F" * (len(slashes[0]) - 1), spelled)


def _normal_escape(escape: re.Match[str]) -> str:
    if escape["hex"] is None:
        return "%25"
    character = chr(int(escape["hex"], 16))
    is_plain = character.isascii() and (character.isalnum() or character in _PATH_SAFE)
    return character if is_plain and character != "/" else f"%{escape['hex'].upper()}"


def _encodable(text: str, safe: str = _QUERY_SAFE) -> str:
    """`text` with whatever is not in `safe` escaped as UTF-8; a lone surrogate as U+FFFD."""
    return quote(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), safe=safe)
