"""Our own HTTP requests, through a door of the guard like a browser's.

httpx is imported with the first of them: most scans make none, and it takes a tenth of their start.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from service.browser.addresses import DEFAULT_PORTS, split_url
from service.browser.guard.door import Door
from service.browser.values import PageError, PageErrorCode

if TYPE_CHECKING:
    import httpx

_STEP_TIMEOUT_S = 10.0
# Of a name that SOCKS can carry, in bytes.
_LONGEST_HOST = 255
USER_AGENT = f"Luiska/{version('luiska')}"


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """One answer, whatever its status; redirects are not followed. Header names in lower case.

    `certificate` is the server's as Python's `ssl` tells it; None without TLS.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    certificate: Mapping[str, Any] | None = None


class FetchFailed(Exception):
    """The address could not be fetched; `error` names why, in the words of a page visit."""

    def __init__(self, error: PageError) -> None:
        super().__init__(f"{error.code}: {error.detail}")
        self.error = error


def guarded_client(door: Door) -> "httpx.Client":
    """A client whose every connection goes through this door; the environment's proxies do not.

    Each step (connecting, one read) has its own time; what is asked for bounds the whole.
    """
    import httpx

    from service.browser.guard.transport import GuardedTransport

    return httpx.Client(
        transport=GuardedTransport(door.address),
        trust_env=False,
        timeout=_STEP_TIMEOUT_S,
        follow_redirects=False,
        headers={"User-Agent": USER_AGENT},
    )


def fetch(
    client: "httpx.Client",
    door: Door,
    url: str,
    *,
    max_bytes: int,
    max_s: float,
    headers: Sequence[tuple[str, str]] | None = None,
    has_to_stop: Callable[[], bool] = lambda: False,
) -> Fetched:
    """GET one URL; the body is counted decoded, so a compressed bomb does not get in.

    `headers` are sent as they are and instead of the client's own. `max_s` bounds the whole,
    however slowly something comes; soon after `has_to_stop` says so, it fails.

    Raises FetchFailed: invalid_url, blocked_address, not_resolved, refused, tls_error,
    navigation_timeout, too_large or navigation_failed.
    """
    import httpx

    from service.browser.guard.transport import Bounds

    parts = split_url(url)
    if isinstance(parts, PageError):
        raise FetchFailed(parts)
    bounds = Bounds(end=time.monotonic() + max_s, has_to_stop=has_to_stop)
    try:
        request = client.build_request("GET", url, extensions={"bounds": bounds})
        if headers is not None:
            request = httpx.Request("GET", url, headers=headers, extensions=request.extensions)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise _failed(PageErrorCode.INVALID_URL, f"{url} cannot be asked for: {error}") from error
    if len(request.url.raw_host) > _LONGEST_HOST:
        raise _failed(PageErrorCode.INVALID_URL, f"the host name is longer than {_LONGEST_HOST}")
    with (
        _failures_named(door, parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]),
        closing(client.send(request, stream=True)) as answer,
    ):
        # Known while the connection is there.
        tls = answer.extensions["network_stream"].get_extra_info("ssl_object")
        certificate = None if tls is None else tls.getpeercert()
        body = bytearray()
        for part in answer.iter_bytes():
            body += part
            if len(body) > max_bytes:
                raise _failed(PageErrorCode.TOO_LARGE, f"{url} gives more than {max_bytes} bytes")
    return Fetched(
        url=url,
        status=answer.status_code,
        headers=dict(answer.headers),
        body=bytes(body),
        certificate=certificate,
    )


@contextmanager
def _failures_named(door: Door, host: str, port: int) -> Iterator[None]:
    import httpx

    try:
        yield
    except httpx.ProxyError as error:
        refusal = door.explain(host, port)
        if refusal is None:
            raise _failed(PageErrorCode.REFUSED, f"{host}:{port} cannot be reached") from error
        raise _failed(refusal.code, refusal.reason) from error
    except httpx.TimeoutException as error:
        raise _failed(
            PageErrorCode.NAVIGATION_TIMEOUT, f"{host}:{port} did not answer in time"
        ) from error
    except httpx.HTTPError as error:
        cut = next((each for each in door.refusals if each.is_cut and each.host == host), None)
        if cut is not None:
            raise _failed(cut.code, cut.reason) from error
        is_tls = "SSL" in str(error) or "CERTIFICATE" in str(error)
        code = PageErrorCode.TLS_ERROR if is_tls else PageErrorCode.NAVIGATION_FAILED
        raise _failed(code, f"{host}:{port}: {error}") from error


def _failed(code: PageErrorCode, detail: str) -> FetchFailed:
    return FetchFailed(PageError(code=code, detail=detail))
