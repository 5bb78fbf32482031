"""The guard: a thread that relays connections, and its doors, one for each browser."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, TypeVar

from service.browser.addresses import Resolver, resolve_name
from service.browser.guard.passage import Connect, Passage, connect_to
from service.browser.guard.policy import EgressPolicy, Refused, authority
from service.browser.guard.relay import ClientSide
from service.browser.values import PageErrorCode, Refusal
from service.config.deny_list import plain_host

LOOPBACK = "127.0.0.1"
BACKLOG = 256
CALL_TIMEOUT_S = 30.0

T = TypeVar("T")


class Door:
    """One listening port, and the rules of whoever is using it. Made by `Guard.open_door`.

    Between `end` and the next `begin` nothing gets through. Thread-safe.
    """

    def __init__(self, guard: "Guard", server: asyncio.Server) -> None:
        self._guard = guard
        self._server = server
        self._passage: Passage | None = None
        self.host, self.port = server.sockets[0].getsockname()[:2]

    @property
    def address(self) -> str:
        """What a browser or an HTTP client takes as its proxy."""
        return f"socks5://{authority(self.host, self.port)}"

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """What has been refused, cut or not reached since `begin`, in that order; bounded."""
        passage = self._passage
        return tuple(passage.refusals) if passage is not None else ()

    def begin(self, policy: EgressPolicy) -> None:
        """Cut what is open, forget the record, and go by these rules from now on."""
        self._guard.call(lambda: self._change(policy))

    def end(self) -> tuple[Refusal, ...]:
        """Cut what is open and close the door; answers the record."""
        record = self.refusals
        self._guard.call(lambda: self._change(None))
        return record

    def received_bytes(self, host: str, port: int) -> int:
        """How much this host and port has sent since `begin`, on all connections."""
        passage = self._passage
        return passage.received_bytes[plain_host(host), port] if passage is not None else 0

    def was_cut_for_size(self, host: str, port: int) -> bool:
        """Whether a connection to this host and port brought too much since `begin`."""
        peer = plain_host(host), port
        return any(
            refusal.code is PageErrorCode.TOO_LARGE and (refusal.host, refusal.port) == peer
            for refusal in self.refusals
        )

    def explain(self, host: str, port: int) -> Refusal | None:
        """Why this host and port was not reached: by the record, else by judging it now.

        None when it may be reached; a guard beside a Grid's node then knows more than this one.
        """
        plain = plain_host(host)
        for refusal in reversed(self.refusals):
            if (refusal.host, refusal.port) == (plain, port):
                return refusal
        return self._guard.run(self._judge(plain, port))

    async def _judge(self, host: str, port: int) -> Refusal | None:
        if self._passage is not None:
            try:
                await self._passage.addresses(host, port)
            except Refused as error:
                return error.refusal
        return None

    def _change(self, policy: EgressPolicy | None) -> None:
        if self._passage is not None:
            self._passage.end()
        self._passage = None if policy is None else self._guard.passage(policy)

    def accept(self) -> asyncio.Protocol:
        """The protocol of a connection that has just come in."""
        if self._passage is None:
            return _Closed()
        return ClientSide(self._passage)

    def close(self) -> None:
        """Stop listening; called on the guard's loop."""
        self._change(None)
        self._server.close()


class _Closed(asyncio.Protocol):
    """A connection that comes in while no visit is under way."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.abort()


class Guard:
    """One daemon thread with a loop of its own, and as many doors as are opened.

    `resolve` and `connect` are how names become addresses and addresses connections.
    """

    def __init__(self, *, resolve: Resolver = resolve_name, connect: Connect = connect_to) -> None:
        self._resolve = resolve
        self._connect = connect
        self._doors: list[Door] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._relay, name="luiska-guard", daemon=True)
        self._thread.start()

    def open_door(self, host: str = LOOPBACK, port: int = 0) -> Door:
        """A new door, still shut. Raises OSError when the port cannot be listened on."""
        return self.run(self._open(host, port))

    def close(self) -> None:
        """Cut everything and stop listening. Safe to call twice."""
        if self._loop.is_closed():
            return
        self.call(self._close_doors)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> "Guard":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def passage(self, policy: EgressPolicy) -> Passage:
        return Passage(policy, self._resolve, self._connect)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine on the guard's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(CALL_TIMEOUT_S)

    def call(self, change: Callable[[], None]) -> None:
        """Have something done on the guard's loop, and wait until it is."""

        async def work() -> None:
            change()

        self.run(work())

    async def _open(self, host: str, port: int) -> Door:
        doors: list[Door] = []
        server = await self._loop.create_server(
            lambda: doors[0].accept(),
            host,
            port,
            backlog=BACKLOG,
            family=socket.AF_INET6 if ":" in host else socket.AF_INET,
        )
        doors.append(Door(self, server))
        self._doors += doors
        return doors[0]

    def _close_doors(self) -> None:
        for door in self._doors:
            door.close()

    def _relay(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._let_go())

    async def _let_go(self) -> None:
        """Give every cut connection the moment it needs to close its socket."""
        pending = asyncio.all_tasks() - {asyncio.current_task()}
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        await asyncio.sleep(0)
