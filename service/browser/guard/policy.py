"""What a page may reach: the rules of the egress guard, without any network."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from service.browser.addresses import carried_address, denied_reason
from service.browser.values import (
    MAX_RESPONSE_BYTES,
    MAX_RESPONSE_S,
    MAX_VISIT_BYTES,
    Refusal,
)
from service.config.deny_list import DenyList, plain_host


@dataclass(frozen=True, kw_only=True)
class EgressPolicy:
    """The rules of one visit.

    `allowed_hosts` are exact `host:port` pairs that may be private; `denied` wins over them. A
    connection that brings more than `max_response_bytes` or lasts longer than `max_response_s` is
    cut, and so is every one once all of them together have brought `max_visit_bytes`. With
    `only` nothing but these names and ports is reached; a port of None stands for any.
    """

    allowed_hosts: frozenset[str] = frozenset()
    denied: DenyList = field(default_factory=DenyList)
    max_response_bytes: int = MAX_RESPONSE_BYTES
    max_visit_bytes: int = MAX_VISIT_BYTES
    max_response_s: float = MAX_RESPONSE_S
    only: frozenset[tuple[str, int | None]] | None = None

    def allows(self, host: str, port: int) -> bool:
        """Whether this very name and port may be private. `host` as `plain_host` writes it."""
        return (host, port) in self._pairs

    @cached_property
    def _pairs(self) -> frozenset[tuple[str, int]]:
        return frozenset(_pair(entry) for entry in self.allowed_hosts)


class Refused(Exception):
    """Carries a refusal to whoever answers the client."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


def name_reason(host: str, port: int, policy: EgressPolicy) -> str | None:
    """Why this name is refused whatever its addresses are; None when they decide."""
    if policy.denied.denies_name(host, port):
        return f"{host}:{port} is on the operator's deny list"
    if policy.only is not None and policy.only.isdisjoint({(host, port), (host, None)}):
        return (
            f"{host}:{port} is no part of the site, and the visit's headers hold a secret that is "
            "for the site alone"
        )
    if not host or not host.isascii() or "%" in host or any(ch.isspace() for ch in host):
        return "this is no host name"
    return None


def address_reason(
    host: str, port: int, addresses: Iterable[str], policy: EgressPolicy
) -> str | None:
    """Why none of these addresses is connected to; one bad one among several is enough."""
    for text in addresses:
        address = ipaddress.ip_address(text)
        for each in (address, carried_address(address)):
            if each is not None and policy.denied.denies_address(each, port):
                return f"{host} is {address}, which is on the operator's deny list"
        if policy.allows(host, port):
            continue
        reason = denied_reason(address)
        if reason is not None:
            return f"{host} is {address}, {reason}; allow {authority(host, port)} to visit it"
    return None


def authority(host: str, port: int) -> str:
    """`host:port`, IPv6 in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _pair(entry: str) -> tuple[str, int]:
    host, _, port = entry.rpartition(":")
    return plain_host(host), int(port)
