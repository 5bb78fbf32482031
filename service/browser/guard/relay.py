"""SOCKS5 (RFC 1928) on one connection: CONNECT without authentication, then bytes both ways."""

import asyncio
import ipaddress
import socket
import struct

from service.browser.guard.passage import Passage
from service.browser.guard.policy import Refused, authority
from service.browser.values import PageErrorCode
from service.config.deny_list import plain_host

VERSION = 5
NO_AUTHENTICATION, NO_METHOD = 0, 0xFF
CONNECT = 1
IPV4, NAME, IPV6 = 1, 3, 4
SUCCEEDED, FAILED, NOT_ALLOWED, UNREACHABLE, NO_COMMAND, NO_ADDRESS_TYPE = 0, 1, 2, 4, 7, 8
REPLIES = {
    PageErrorCode.BLOCKED_ADDRESS: NOT_ALLOWED,
    PageErrorCode.NOT_RESOLVED: UNREACHABLE,
    PageErrorCode.REFUSED: 5,
    PageErrorCode.NAVIGATION_TIMEOUT: UNREACHABLE,
}
# How much may wait on one side for the other to take it. Much, so that a document that is too
# large shows at once, however slowly Chromium takes it; not all, for the sake of long films.
HIGH_WATER_BYTES = 16_000_000
# Lingering for no time makes a close a reset: a body that was cut never looks like a whole one.
_RESET = struct.pack("ii", 1, 0)


class Side(asyncio.Protocol):
    """One end of a relay. It stops reading while the other end is full."""

    transport: asyncio.Transport
    other: "Side | None" = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.set_write_buffer_limits(high=HIGH_WATER_BYTES)

    def pause_writing(self) -> None:
        if self.other is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other is not None:
            self.other.transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        if self.other is None:
            return
        if error is None:
            self.other.transport.close()
        else:
            reset(self.other.transport)


class ClientSide(Side):
    """The browser's end: takes the request, then hands on what the browser sends."""

    def __init__(self, passage: Passage) -> None:
        self._passage = passage
        self._heard = b""
        self._is_greeted = False
        self._task: asyncio.Task[None] | None = None
        self._server = ServerSide(self, passage)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._passage.connections.add(self)
        self._deadline = asyncio.get_running_loop().call_later(
            self._passage.policy.max_response_s, self._server.cut_for_time
        )

    def data_received(self, data: bytes) -> None:
        if self.other is not None:
            self.other.transport.write(data)
        elif self._task is None:
            self._heard += data
            self._negotiate()

    def connection_lost(self, error: Exception | None) -> None:
        self._passage.connections.discard(self)
        if self._deadline is not None:
            self._deadline.cancel()
        if self._task is not None:
            self._task.cancel()
        super().connection_lost(error)

    def drop(self) -> None:
        """End both ends at once, whatever is still on its way."""
        self.transport.abort()
        if self.other is not None:
            self.other.transport.abort()

    def _negotiate(self) -> None:
        if not self._is_greeted:
            size = 2 + self._heard[1] if len(self._heard) > 1 else 2
            if len(self._heard) < size:
                return
            offered, self._heard = self._heard[2:size], self._heard[size:]
            self._is_greeted = NO_AUTHENTICATION in offered
            method = NO_AUTHENTICATION if self._is_greeted else NO_METHOD
            self.transport.write(bytes((VERSION, method)))
            if not self._is_greeted:
                self.transport.close()
                return
        self._take_request()

    def _take_request(self) -> None:
        heard = self._heard
        if len(heard) < 5:
            return
        version, command, _, kind = heard[:4]
        if version != VERSION or command != CONNECT:
            self._answer(NO_COMMAND)
            return
        length = {IPV4: 4, IPV6: 16, NAME: 1 + heard[4]}.get(kind)
        if length is None:
            self._answer(NO_ADDRESS_TYPE)
            return
        if len(heard) < 4 + length + 2:
            return
        address, port = heard[4 : 4 + length], int.from_bytes(heard[4 + length : 6 + length])
        host = address[1:].decode("latin-1") if kind == NAME else str(ipaddress.ip_address(address))
        self.transport.pause_reading()
        self._task = asyncio.ensure_future(self._connect(host, port))

    async def _connect(self, host: str, port: int) -> None:
        self._server.peer = plain_host(host), port
        try:
            await self._passage.open(host, port, lambda: self._server)
        except Refused as error:
            self._answer(REPLIES.get(error.refusal.code, FAILED))
            return
        self.other = self._server
        self.transport.write(bytes((VERSION, SUCCEEDED, 0, IPV4, 0, 0, 0, 0, 0, 0)))
        self.transport.resume_reading()

    def _answer(self, reply: int) -> None:
        self.transport.write(bytes((VERSION, reply, 0, IPV4, 0, 0, 0, 0, 0, 0)))
        self.transport.close()


class ServerSide(Side):
    """The site's end: counts what it sends and cuts it when it is too much."""

    peer = ("", 0)

    def __init__(self, client: ClientSide, passage: Passage) -> None:
        self.other = client
        self._client = client
        self._passage = passage
        self._left_bytes = passage.policy.max_response_bytes

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._client.transport.is_closing():
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        passage = self._passage
        size = len(data)
        self._left_bytes -= size
        passage.received_bytes[self.peer] += size
        passage.total_bytes += size
        if self._left_bytes < 0:
            self._cut(_too_much(passage.policy.max_response_bytes), PageErrorCode.TOO_LARGE)
        elif passage.total_bytes > passage.policy.max_visit_bytes:
            self._cut(
                f"the page took more than {passage.policy.max_visit_bytes} bytes in all",
                PageErrorCode.TOO_LARGE,
            )
        else:
            self._client.transport.write(data)

    def cut_for_time(self) -> None:
        """End the connection at its time cap, whatever it is doing."""
        limit_s = self._passage.policy.max_response_s
        self._cut(f"the connection lasted {limit_s:g} s", PageErrorCode.NAVIGATION_TIMEOUT)

    def _cut(self, reason: str, code: PageErrorCode) -> None:
        host, port = self.peer
        if host:
            self._passage.refuse(
                host, port, code, f"{authority(host, port)}: {reason}", is_cut=True
            )
        reset(self._client.transport)


def reset(transport: asyncio.Transport) -> None:
    """Close so that the other end sees a broken connection and not the end of a message."""
    if not transport.is_closing():
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    transport.abort()


def _too_much(limit_bytes: int) -> str:
    return f"one connection brought more than {limit_bytes} bytes"
