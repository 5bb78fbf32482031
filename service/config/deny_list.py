"""The operator's deny list: what is never reached, whoever asks for it."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_NAME_AND_PORT = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[^\s:/\[\]]+):(?P<port>[0-9]{1,5})")


@dataclass(frozen=True, kw_only=True)
class DenyList:
    """Names (each with all that is below it), exact host and port pairs, and networks."""

    names: frozenset[str] = frozenset()
    pairs: frozenset[tuple[str, int]] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[str]) -> "DenyList":
        """Raises ValueError naming the entry that is no name, `host:port`, address or network."""
        names: set[str] = set()
        pairs: set[tuple[str, int]] = set()
        networks: list[Network] = []
        for entry in entries:
            text = entry.strip().lower()
            network = _network(text)
            pair = _NAME_AND_PORT.fullmatch(text)
            if network is not None:
                networks.append(network)
            elif pair is not None and 0 < int(pair["port"]) < 65536:
                pairs.add((plain_host(pair["host"]), int(pair["port"])))
            elif _NAME.fullmatch(text.rstrip(".")):
                names.add(text.rstrip("."))
            else:
                raise ValueError(
                    f"{entry!r} is no host name, host:port, address or network such as 10.0.0.0/8"
                )
        return cls(names=frozenset(names), pairs=frozenset(pairs), networks=tuple(networks))

    def denies_name(self, host: str, port: int) -> bool:
        """`host` as `plain_host` writes it."""
        if (host, port) in self.pairs:
            return True
        labels = host.split(".")
        return any(".".join(labels[start:]) in self.names for start in range(len(labels)))

    def denies_address(self, address: Address, port: int) -> bool:
        return (str(address), port) in self.pairs or any(
            address.version == network.version and address in network for network in self.networks
        )


def plain_host(host: str) -> str:
    """A host name or address in one spelling: lower case, no brackets, no dot at its end."""
    bare = host.lower().removeprefix("[").removesuffix("]").rstrip(".")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return bare


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text.removeprefix("[").removesuffix("]"), strict=False)
    except ValueError:
        return None
