"""What one visit may reach, what it has received, and what it was refused."""

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Protocol

from service.browser.addresses import Resolver
from service.browser.guard.lookup import LookupFailed, look_up
from service.browser.guard.policy import (
    EgressPolicy,
    Refused,
    address_reason,
    authority,
    name_reason,
)
from service.browser.values import PageErrorCode, Refusal
from service.config.deny_list import plain_host

RESOLVE_TIMEOUT_S = 10.0
CONNECT_TIMEOUT_S = 10.0
# A page can name as many hosts as it likes; each lookup is a thread.
MAX_LOOKUPS = 32
MAX_REFUSALS = 100

ProtocolFactory = Callable[[], asyncio.Protocol]
Connect = Callable[[str, int, ProtocolFactory], Awaitable[asyncio.Transport]]


class Connection(Protocol):
    """What a passage knows of a connection: how to end it."""

    def drop(self) -> None: ...


async def connect_to(address: str, port: int, factory: ProtocolFactory) -> asyncio.Transport:
    """A connection to exactly this address: no name is looked up on the way. Raises OSError."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(factory, address, port)
    return transport


class Passage:
    """A door between two changes of its policy. Lives on the guard's loop, but for `refusals`."""

    def __init__(self, policy: EgressPolicy, resolve: Resolver, connect: Connect) -> None:
        self.policy = policy
        self.refusals: list[Refusal] = []
        self.received_bytes: Counter[tuple[str, int]] = Counter()
        self.total_bytes = 0
        self.connections: set[Connection] = set()
        self._resolve = resolve
        self._connect = connect
        self._lookups: dict[str, asyncio.Task[list[str] | LookupFailed]] = {}
        self._slots = asyncio.Semaphore(MAX_LOOKUPS)
        self._is_over = False

    def refuse(
        self, host: str, port: int, code: PageErrorCode, reason: str, *, is_cut: bool = False
    ) -> Refusal:
        """Keep a refusal with the visit, each once and no more than MAX_REFUSALS."""
        refusal = Refusal(host=host, port=port, code=code, reason=reason, is_cut=is_cut)
        if len(self.refusals) < MAX_REFUSALS and refusal not in self.refusals:
            self.refusals.append(refusal)
        return refusal

    async def addresses(self, name: str, port: int) -> list[str]:
        """The addresses that may be connected to. Raises Refused.

        A name is resolved once for the whole visit, so its answer cannot change within one.
        """
        host = plain_host(name)
        reason = name_reason(host, port, self.policy)
        if reason is not None:
            raise Refused(self.refuse(host, port, PageErrorCode.BLOCKED_ADDRESS, reason))
        if host not in self._lookups:
            self._lookups[host] = asyncio.ensure_future(self._look_up(host))
        addresses = await asyncio.shield(self._lookups[host])
        if isinstance(addresses, LookupFailed):
            raise Refused(self.refuse(host, port, PageErrorCode.NOT_RESOLVED, str(addresses)))
        reason = address_reason(host, port, addresses, self.policy)
        if reason is not None:
            raise Refused(self.refuse(host, port, PageErrorCode.BLOCKED_ADDRESS, reason))
        return addresses

    async def open(self, name: str, port: int, factory: ProtocolFactory) -> asyncio.Transport:
        """A connection to an address that was checked, or Refused."""
        host = plain_host(name)
        addresses = await self.addresses(name, port)
        code, reason = PageErrorCode.CANCELLED, "the visit is over"
        for address in addresses:
            if self._is_over:
                break
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT_S / len(addresses)):
                    return await self._connect(address, port, factory)
            except TimeoutError:
                code = PageErrorCode.NAVIGATION_TIMEOUT
                reason = f"{authority(host, port)} did not answer within {CONNECT_TIMEOUT_S:g} s"
            except OSError as error:
                code = PageErrorCode.REFUSED
                why = os.strerror(error.errno) if error.errno else str(error)
                reason = f"{authority(host, port)} cannot be reached: {why}"
        raise Refused(self.refuse(host, port, code, reason))

    def end(self) -> None:
        """Drop every connection and let no other through."""
        self._is_over = True
        for connection in list(self.connections):
            connection.drop()
        for lookup in self._lookups.values():
            lookup.cancel()

    async def _look_up(self, host: str) -> list[str] | LookupFailed:
        async with self._slots:
            try:
                return await look_up(host, self._resolve, RESOLVE_TIMEOUT_S)
            except LookupFailed as error:
                return error
