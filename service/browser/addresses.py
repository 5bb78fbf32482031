"""Which addresses may be visited: public ones, and those that were allowed by name and port.

This looks before the visit, so a name that changes its address afterwards gets past it; the egress
guard closes that gap.
"""

import ipaddress
import socket
import threading
from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

from service.browser.values import PageError, PageErrorCode

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str], list[str]]

DEFAULT_PORTS = {"http": 80, "https": 443}
RESOLVE_TIMEOUT_S = 10.0

# What `ipaddress.is_global` lets through although nobody's public web page lives there.
_DENIED_NETWORKS = tuple(
    (ipaddress.ip_network(network), reason)
    for network, reason in (
        ("168.63.129.16/32", "a cloud's metadata address"),
        ("192.0.0.192/32", "a cloud's metadata address"),
        ("192.88.99.0/24", "the deprecated 6to4 relay anycast"),
        ("::/96", "an IPv4-compatible address"),
        ("fec0::/10", "a site-local address"),
        ("5f00::/16", "a segment routing identifier"),
        ("3fff::/20", "a documentation address"),
        # RFC 8215 leaves the mapping of this prefix to the operator: it cannot be unwrapped.
        ("64:ff9b:1::/48", "a local-use NAT64 address"),
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
_TEREDO = ipaddress.IPv6Network("2001::/32")


def denied_reason(ip: Address) -> str | None:
    """Why this address is not visited without permission; None for a public one.

    Addresses that carry an IPv4 address (mapped, NAT64, 6to4) are judged by what they carry.
    """
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return denied_reason(ip.ipv4_mapped)
        if ip in _NAT64:
            return _inner_reason(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF), "NAT64")
        if ip in _SIX_TO_FOUR:
            return _inner_reason(ipaddress.IPv4Address((int(ip) >> 80) & 0xFFFFFFFF), "6to4")
        if ip in _TEREDO:
            return "a Teredo address"
    if ip.is_loopback:
        return "a loopback address"
    if ip.is_unspecified:
        return "the unspecified address"
    for network, reason in _DENIED_NETWORKS:
        if ip.version == network.version and ip in network:
            return reason
    if ip.is_multicast:
        return "a multicast address"
    if ip.is_link_local:
        return "a link-local address"
    if not ip.is_global:
        return "a private or reserved address"
    return None


def _inner_reason(inner: ipaddress.IPv4Address, wrapping: str) -> str | None:
    reason = denied_reason(inner)
    return f"{wrapping} around {reason}" if reason else None


def split_url(url: str) -> SplitResult | PageError:
    """The parts of an absolute http(s) URL read as Chromium does, else `invalid_url`."""
    if "\\" in url or any(ch.isspace() or ord(ch) < 0x20 or ord(ch) == 0x7F for ch in url):
        return _invalid("the address holds a backslash, a space or a control character")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return _invalid(str(error))
    if parts.scheme not in DEFAULT_PORTS:
        return _invalid(f"only http and https are visited, not {parts.scheme or 'a bare name'!r}")
    if not parts.hostname or "%" in parts.hostname:
        return _invalid("the address has no usable host name")
    if port == 0:
        return _invalid("port 0 cannot be visited")
    if parts.username is not None or parts.password is not None:
        return _invalid("an address must not carry a user name or password")
    return parts


def host_port(parts: SplitResult) -> str:
    """`host:port` in lower case with the scheme's port filled in; IPv6 in brackets."""
    host = (parts.hostname or "").rstrip(".")
    bracketed = f"[{host}]" if ":" in host else host
    return f"{bracketed}:{parts.port or DEFAULT_PORTS[parts.scheme]}"


def resolve_name(host: str) -> list[str]:
    """Every address of a name. Raises OSError (gaierror) or UnicodeError when there is none."""
    bare = host.rstrip(".")
    if bare == "localhost" or bare.endswith(".localhost"):
        # Chromium never asks a resolver for these, whatever the resolver would say.
        return ["127.0.0.1", "::1"]
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return sorted({str(entry[4][0]).partition("%")[0] for entry in found})


def check_address(
    url: str,
    allowed_hosts: frozenset[str],
    *,
    resolve: Resolver = resolve_name,
    timeout_s: float = RESOLVE_TIMEOUT_S,
) -> PageError | None:
    """Why this URL is not visited, or None. One bad address among a name's several is enough.

    An allowed `host:port` is not resolved here: whoever allowed it vouches for it.
    """
    parts = split_url(url)
    if isinstance(parts, PageError):
        return parts
    if host_port(parts) in {allowed.lower() for allowed in allowed_hosts}:
        return None
    host = parts.hostname or ""
    addresses = _resolve_within(host, resolve, timeout_s)
    if isinstance(addresses, PageError):
        return addresses
    for address in addresses:
        reason = denied_reason(ipaddress.ip_address(address))
        if reason is not None:
            return PageError(
                code=PageErrorCode.BLOCKED_ADDRESS,
                detail=f"{host} is {address}, {reason}; allow {host_port(parts)} to visit it",
            )
    return None


def _resolve_within(host: str, resolve: Resolver, timeout_s: float) -> list[str] | PageError:
    """Resolve in a thread of its own: `getaddrinfo` can be neither timed out nor interrupted."""
    answer: list[list[str]] = []
    failure: list[Exception] = []

    def look_up() -> None:
        try:
            answer.append(resolve(host))
        except (OSError, UnicodeError) as error:
            failure.append(error)

    thread = threading.Thread(target=look_up, name="luiska-resolve", daemon=True)
    thread.start()
    thread.join(timeout_s)
    if failure:
        return _not_resolved(f"{host} has no address: {failure[0]}")
    if not answer:
        return _not_resolved(f"{host} was not resolved within {timeout_s:g} s")
    if not answer[0]:
        return _not_resolved(f"{host} has no address")
    return answer[0]


def _invalid(detail: str) -> PageError:
    return PageError(code=PageErrorCode.INVALID_URL, detail=detail)


def _not_resolved(detail: str) -> PageError:
    return PageError(code=PageErrorCode.NOT_RESOLVED, detail=detail)
