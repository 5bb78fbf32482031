"""What a visited address may look like, and which addresses are public.

The egress guard asks these questions of every connection; nothing here opens one.
"""

import ipaddress
import socket
from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

from service.browser.values import PageError, PageErrorCode

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str], list[str]]

DEFAULT_PORTS = {"http": 80, "https": 443}

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
        ("2001::/32", "a Teredo address"),
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def denied_reason(ip: Address) -> str | None:
    """Why this address is not visited without permission; None for a public one.

    Addresses that carry an IPv4 address (mapped, NAT64, 6to4) are judged by what they carry.
    """
    carried = carried_address(ip)
    if carried is not None:
        reason = denied_reason(carried)
        return f"{_wrapping(ip)} {reason}" if reason else None
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


def carried_address(ip: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a mapped, NAT64 or 6to4 address leads to."""
    if not isinstance(ip, ipaddress.IPv6Address):
        return None
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.sixtofour


def _wrapping(ip: Address) -> str:
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        return "which stands for"
    return "NAT64 around" if ip in _NAT64 else "6to4 around"


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
    """Every address of a name, the system's preferred one first.

    Raises OSError (gaierror) or UnicodeError when there is none.
    """
    bare = host.rstrip(".")
    if bare == "localhost" or bare.endswith(".localhost"):
        # Chromium never asks a resolver for these, whatever the resolver would say.
        return ["127.0.0.1", "::1"]
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))


def _invalid(detail: str) -> PageError:
    return PageError(code=PageErrorCode.INVALID_URL, detail=detail)
