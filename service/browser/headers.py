"""What of an exchange says that the same request will be answered the same way again."""

from collections.abc import Iterable, Mapping

# An answer with one of these changes what is asked, or what is shown, some other time.
_PASSING = frozenset(
    {
        "accept-ch", "critical-ch", "non-authoritative-reason", "refresh", "set-cookie",
        "speculation-rules", "www-authenticate",
    }
)  # fmt: skip
# What a client says of its own connection and of what it has already.
_OWN = frozenset(
    {
        "cache-control", "connection", "content-length", "host", "if-modified-since",
        "if-none-match", "pragma",
    }
)  # fmt: skip


def as_sent(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Those that have to be sent again, in their order."""
    return tuple(
        (name, value)
        for name, value in headers
        if name.lower() not in _OWN and not name.startswith(":")
    )


def is_lasting(sent: Mapping[str, str], received: Mapping[str, str]) -> bool:
    """Whether one who sends the same headers is the same one to the server, now and later."""
    if any(name.lower() in {"authorization", "cookie"} for name in sent):
        return False
    for name, value in received.items():
        if name.lower() in _PASSING:
            return False
        # An answer is shared by pages that ask for it, and each page refers to itself.
        if name.lower() == "vary" and {"*", "referer"} & set(_listed(value)):
            return False
    return True


def _listed(value: str) -> list[str]:
    return [each.strip().lower() for each in value.replace("\n", ",").split(",")]


def certificate_of(valid_from: float, valid_to: float, names: Iterable[str]) -> str:
    """What tells a certificate from its successor: since when and until when (Unix time), and whom
    it is for. Whether it is to be trusted is asked of each connection anew."""
    return f"{valid_from:.0f} {valid_to:.0f} {' '.join(sorted(names))}"
