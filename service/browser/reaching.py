"""From a clean tab to the page that is meant: signed in, acted on, judged."""

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from service.browser.actions.performing import Stage, perform
from service.browser.addresses import DEFAULT_PORTS
from service.browser.approach import PLAIN, Login
from service.browser.failures import Clock, CommandInterrupted
from service.browser.gate import Document
from service.browser.guard import Door
from service.browser.logins import Logins, login_key
from service.browser.navigation import judged_page, open_page, resting
from service.browser.secrets import Secrets, placeholders
from service.browser.session import BrowserSession
from service.browser.values import PageErrorCode, VisitFailed, VisitRequest
from service.browser.world import World, WorldGone
from service.config.deny_list import plain_host

SIGNED_IN_CAP_S = 10.0
SIGNED_IN_SHARE = 0.3
COMMAND_CAP_S = 10.0
POLL_S = 0.1


@dataclass(frozen=True, kw_only=True)
class Means:
    """What an approach needs beside its words: the secrets' values, and which logins failed."""

    secrets: Secrets = field(default_factory=lambda: Secrets({}))
    logins: Logins = field(default_factory=Logins)


def secret_origins(request: VisitRequest) -> tuple[str, ...]:
    """The origins that the request's secrets may go to: `https://host:8443`, a port may be `*`."""
    if request.secret_origins is not None:
        return request.secret_origins
    login = request.approach.login
    addresses = (request.url, *(() if login is None else (login.url,)))
    allowed = (f"{scheme}://{host}" for host in request.allowed_hosts for scheme in DEFAULT_PORTS)
    return tuple(dict.fromkeys(origin_of(each) for each in (*addresses, *allowed)))


def origin_of(url: str) -> str:
    """As `location.origin` spells it: lower case, ASCII (IDNA), without the scheme's own port."""
    parts = urlsplit(url)
    is_default = parts.port is None or parts.port == DEFAULT_PORTS.get(parts.scheme)
    return f"{parts.scheme}://{_host(parts)}" + ("" if is_default else f":{parts.port}")


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    with suppress(UnicodeError):
        host = host.encode("idna").decode()
    return f"[{host}]" if ":" in host else host


def only_hosts(request: VisitRequest) -> frozenset[tuple[str, int | None]] | None:
    """What alone may be reached while every request carries a secret; None for anything."""
    if not request.approach.has_secret_headers:
        return None
    hosts: set[tuple[str, int | None]] = set()
    for origin in secret_origins(request):
        parts = urlsplit(origin.removesuffix(":*"))
        port = None if origin.endswith(":*") else parts.port or DEFAULT_PORTS[parts.scheme]
        hosts.add((plain_host(parts.hostname or ""), port))
    return frozenset(hosts)


def is_within(origins: Iterable[str], url: str) -> bool:
    """Whether one of these origins is that of `url`."""
    origin, parts = origin_of(url), urlsplit(url)
    any_port = f"{parts.scheme}://{_host(parts)}:*"
    return any(each in (origin, any_port) for each in origins)


def make_ready(
    session: BrowserSession, request: VisitRequest, clock: Clock, secrets: Secrets
) -> None:
    """Give the tab the request's headers and cookies and no others. Raises VisitFailed."""
    approach = request.approach
    _refuse_foreign_secrets(request)
    timeout_s = clock.left_s(COMMAND_CAP_S)
    session.reduce_motion(approach.frozen, timeout_s)
    session.set_headers({name: secrets.fill(value) for name, value in approach.headers}, timeout_s)
    for cookie in approach.cookies:
        session.command(
            "Network.setCookie",
            clock.left_s(COMMAND_CAP_S),
            name=cookie.name,
            value=secrets.fill(cookie.value),
            url=f"{origin_of(request.url)}/",
            secure=request.url.startswith("https:"),
        )


def _refuse_foreign_secrets(request: VisitRequest) -> None:
    values = [value for _, value in request.approach.headers]
    values += [cookie.value for cookie in request.approach.cookies]
    if any(map(placeholders, values)) and not is_within(secret_origins(request), request.url):
        raise VisitFailed(
            PageErrorCode.CHECK_FAILED,
            "the page is not within the origins that the scan's secrets may go to",
        )


def reach_page(
    session: BrowserSession, request: VisitRequest, clock: Clock, door: Door, means: Means
) -> Document:
    """The page that is meant, once it passed the gate. Raises VisitFailed."""
    login = request.approach.login
    if login is None:
        return _acted_on(session, request, clock, door, means)
    is_fresh = session.signed_in != login_key(request)
    if is_fresh:
        _sign_in(session, request, login, clock, door, means)
    try:
        return _acted_on(session, request, clock, door, means)
    except VisitFailed as error:
        if not _is_wall(error, session, request, clock, door):
            raise
        if is_fresh:
            raise VisitFailed(
                PageErrorCode.LOGIN_REQUIRED,
                f"even after signing in as {login.name!r}: {error.error.detail}",
            ) from error
    _sign_in(session, request, login, clock, door, means)
    return _acted_on(session, request, clock, door, means)


def _is_wall(
    error: VisitFailed, session: BrowserSession, request: VisitRequest, clock: Clock, door: Door
) -> bool:
    """Whether the visit failed for want of a session: so it says, or a sign-in form stands there.

    What the page must contain is not on it either then.
    """
    code = error.error.code
    if code is not PageErrorCode.NAVIGATION_FAILED or request.approach.must_contain is None:
        return code is PageErrorCode.LOGIN_REQUIRED
    tree = session.command("Page.getFrameTree", clock.left_s(COMMAND_CAP_S))
    _, facts = resting(session, request, tree["frameTree"]["frame"]["id"], clock, door)
    return bool(facts["asksToSignIn"])


def _acted_on(
    session: BrowserSession, request: VisitRequest, clock: Clock, door: Door, means: Means
) -> Document:
    actions = request.approach.actions
    if not actions:
        document = open_page(session, request, clock, door)
        _refuse_wall(request, document)
        return document
    first = open_page(session, _without_wishes(request, request.url), clock, door)
    stage = _stage(session, request, first.world.frame_id, clock, door, means)
    perform(stage, actions)
    document = judged_page(session, request, first.world.frame_id, clock, door)
    if not _is_elsewhere(document.href, first.href):
        # The actions may be what signs in; they are not if the same page still asks for it.
        _refuse_wall(request, document)
    return document


def _refuse_wall(request: VisitRequest, document: Document) -> None:
    """Raise VisitFailed for a page that asks to sign in, in the place of the one asked for."""
    if request.approach.must_contain is not None or not document.asks_to_sign_in:
        return
    if _is_elsewhere(document.href, request.url):
        landed = urlsplit(document.href)
        route = f"#{landed.fragment}" if _route(document.href) else ""
        raise VisitFailed(
            PageErrorCode.LOGIN_REQUIRED,
            f"the address leads to a page that asks to sign in: {landed.path}{route} (if that is "
            "the page that is meant, say what it must contain)",
        )


def _sign_in(
    session: BrowserSession,
    request: VisitRequest,
    login: Login,
    clock: Clock,
    door: Door,
    means: Means,
) -> None:
    """Raises VisitFailed (login_required) that says why; after some failures it is not tried."""
    session.signed_in = None
    key = login_key(request)
    try:
        reason = means.logins.reason_not_to_try(key)
        if reason is not None:
            raise VisitFailed(PageErrorCode.LOGIN_REQUIRED, f"{reason} (not tried again)")
        there = _without_wishes(request, login.url)
        first = open_page(session, there, clock, door)
        stage = _stage(session, there, first.world.frame_id, clock, door, means)
        perform(stage, login.actions)
        reason = _reason_not_signed_in(stage, login)
        if reason is not None:
            raise VisitFailed(PageErrorCode.LOGIN_REQUIRED, reason)
    except VisitFailed as error:
        means.logins.failed(key, error.error.detail)
        raise VisitFailed(
            PageErrorCode.LOGIN_REQUIRED,
            f"signing in as {login.name!r} failed: {error.error.detail}",
        ) from error
    means.logins.worked(key)
    session.signed_in = key


def _reason_not_signed_in(stage: Stage, login: Login) -> str | None:
    """Why the page that the login ends on is not one of somebody signed in; None if it is."""
    end = time.monotonic() + min(SIGNED_IN_CAP_S, stage.clock.left_s() * SIGNED_IN_SHARE)
    while True:
        world, facts = stage.rest()
        reason = _reason_seen(world, facts, login, stage.clock)
        if reason is None or time.monotonic() > end:
            return reason
        time.sleep(POLL_S)


def _reason_seen(world: World, facts: dict[str, Any], login: Login, clock: Clock) -> str | None:
    if facts["status"] >= 400:
        return f"the server answered {facts['status']}"
    if login.must_contain is None:
        return "the page still asks to sign in" if facts["asksToSignIn"] else None
    try:
        found = world.call("has", login.must_contain, timeout_s=clock.left_s(COMMAND_CAP_S))
    except (WorldGone, CommandInterrupted):
        found = "absent"
    return None if found == "found" else f"nothing matches {login.must_contain}"


def _stage(
    session: BrowserSession,
    request: VisitRequest,
    frame_id: str,
    clock: Clock,
    door: Door,
    means: Means,
) -> Stage:
    return Stage(
        session=session,
        request=request,
        frame_id=frame_id,
        clock=clock,
        door=door,
        secrets=means.secrets,
        origins=secret_origins(request),
    )


def _without_wishes(request: VisitRequest, url: str) -> VisitRequest:
    """The request of a page on the way, which does not have what the page at the end has."""
    return replace(
        request,
        url=url,
        wait_for=None,
        approach=PLAIN,
        secret_origins=secret_origins(request),
    )


def _is_elsewhere(href: str, asked: str) -> bool:
    """Whether the path, the route of a single-page application or a value of the query differs.

    A query may lose names or get more: that is tidied up, and most often the same page.
    """
    if _path(href) != _path(asked) or _route(href) != _route(asked):
        return True
    there, wanted = parse_qs(urlsplit(href).query), parse_qs(urlsplit(asked).query)
    return any(there[name] != wanted[name] for name in there.keys() & wanted.keys())


def _route(href: str) -> str:
    fragment = urlsplit(href).fragment
    return fragment if fragment.startswith(("/", "!")) else ""


def _path(href: str) -> str:
    return urlsplit(href).path.rstrip("/") or "/"
