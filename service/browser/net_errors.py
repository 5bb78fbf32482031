"""What a navigation that Chromium itself gave up means in our taxonomy."""

from service.browser.addresses import DEFAULT_PORTS, split_url
from service.browser.failures import Clock
from service.browser.guard import Door, Refusal
from service.browser.session import BrowserSession
from service.browser.values import PageError, PageErrorCode
from service.browser.world import World

_NET_ERRORS: dict[str, PageErrorCode] = {
    "ERR_NAME_NOT_RESOLVED": PageErrorCode.NOT_RESOLVED,
    "ERR_NAME_RESOLUTION_FAILED": PageErrorCode.NOT_RESOLVED,
    "ERR_CONNECTION_REFUSED": PageErrorCode.REFUSED,
    "ERR_TIMED_OUT": PageErrorCode.NAVIGATION_TIMEOUT,
    "ERR_CONNECTION_TIMED_OUT": PageErrorCode.NAVIGATION_TIMEOUT,
    "ERR_INVALID_AUTH_CREDENTIALS": PageErrorCode.LOGIN_REQUIRED,
    "ERR_UNSAFE_PORT": PageErrorCode.INVALID_URL,
    "ERR_INVALID_URL": PageErrorCode.INVALID_URL,
    "ERR_UNKNOWN_URL_SCHEME": PageErrorCode.INVALID_URL,
    # 204, 205 and whatever else keeps the tab where it was.
    "ERR_ABORTED": PageErrorCode.NOT_HTML,
    # The guard gave no reason of its own: it let the connection be made, and nobody was there.
    "ERR_SOCKS_CONNECTION_FAILED": PageErrorCode.REFUSED,
    "ERR_PROXY_CONNECTION_FAILED": PageErrorCode.INFRASTRUCTURE,
    "ERR_OUT_OF_MEMORY": PageErrorCode.BROWSER_CRASH,
    "ERR_INSUFFICIENT_RESOURCES": PageErrorCode.BROWSER_CRASH,
}


# What a refusal by the guard, and a connection that it cut, look like from inside Chromium.
_GUARD_MAY_KNOW = frozenset(
    {"ERR_SOCKS_CONNECTION_FAILED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE"}
)


def unreachable_reason(session: BrowserSession, clock: Clock, door: Door) -> Refusal | None:
    """Why the guard kept the tab from the document that it shows an error page for, if it did."""
    tree = session.command("Page.getFrameTree", clock.left_s(5))
    parts = split_url(tree["frameTree"]["frame"].get("unreachableUrl", ""))
    if isinstance(parts, PageError):
        return None
    return door.explain(parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme])


def net_error(
    text: str, session: BrowserSession, frame_id: str, clock: Clock, door: Door
) -> tuple[PageErrorCode, str]:
    """The code and detail of a navigation that Chromium itself gave up."""
    name = text.removeprefix("net::")
    if name in _GUARD_MAY_KNOW:
        refusal = unreachable_reason(session, clock, door)
        if refusal is not None:
            return refusal.code, refusal.reason
    if name == "ERR_HTTP_RESPONSE_CODE_FAILURE":
        # An error status without a body: Chromium shows a page of its own in its place.
        world = World.of_frame(session, frame_id, clock)
        status = world.evaluate(
            "performance.getEntriesByType('navigation')[0]?.responseStatus ?? 0", clock.left_s(5)
        )
        if status in (401, 407):
            return PageErrorCode.LOGIN_REQUIRED, f"the server answered {status}"
        return PageErrorCode.HTTP_ERROR, f"the server answered {status or 'an error'} with no page"
    if name in _NET_ERRORS:
        return _NET_ERRORS[name], f"Chromium says {name}"
    if name.startswith(("ERR_CERT_", "ERR_SSL_", "ERR_BAD_SSL", "ERR_TLS")):
        return PageErrorCode.TLS_ERROR, f"Chromium says {name}"
    if name.startswith("ERR_DNS_"):
        return PageErrorCode.NOT_RESOLVED, f"Chromium says {name}"
    return PageErrorCode.NAVIGATION_FAILED, f"Chromium says {name}"
