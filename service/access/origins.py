"""Origins of a project, checked and written in one way: `https://example.fi:8443`."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from service.errors import FieldError

_DEFAULT_PORTS = {"http": "80", "https": "443"}
_ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?\.?)"
    r"(?::(?P<port>\*|[0-9]{1,5}))?/?"
)
_EXPECTED = (
    "Use scheme, host and optional port, such as `https://www.example.fi` or "
    "`http://localhost:*` (any port); no path, query or user name."
)


def read_origins(origins: Sequence[str]) -> tuple[list[str], list[FieldError]]:
    """The origins normalised and without repeats, and what is wrong with the others."""
    good: list[str] = []
    errors: list[FieldError] = []
    for n, origin in enumerate(origins):
        read = read_origin(origin)
        if read is None:
            errors.append(FieldError(pointer=f"/origins/{n}", detail=_EXPECTED))
        elif read not in good:
            good.append(read)
    return good, errors


def read_origin(origin: str) -> str | None:
    """One origin, in lower case and ASCII (IDNA), without the default port; None if it is none."""
    match = _ORIGIN.fullmatch(_ascii_host(origin.strip()).lower())
    if match is None:
        return None
    scheme, host, port = match["scheme"], match["host"].rstrip("."), match["port"]
    if host.startswith("[") and not _is_address(f"{scheme}://{host}"):
        return None
    if port is None or port == _DEFAULT_PORTS[scheme]:
        return f"{scheme}://{host}"
    if port == "*":
        return f"{scheme}://{host}:*"
    return f"{scheme}://{host}:{int(port)}" if 0 < int(port) < 65536 else None


def _ascii_host(origin: str) -> str:
    if origin.isascii():
        return origin
    scheme, _, rest = origin.partition("://")
    host, separator, port = rest.partition(":")
    try:
        return f"{scheme}://{host.rstrip('/').encode('idna').decode()}{separator}{port}"
    except UnicodeError:
        return origin


def _is_address(origin: str) -> bool:
    try:
        return urlsplit(origin).hostname is not None
    except ValueError:
        return False
