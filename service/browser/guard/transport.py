"""httpx over SOCKS with an end to each request, without the sockets that httpcore 1.0 forgets.

httpcore knows a time for each step alone, while a server can drip its headers for ever, and it
forgets the socket of a proxy that says no.
"""

import math
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpcore
import httpx

# How soon a request that has to stop does.
_LOOK_S = 0.25


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Until when a request may last (a monotonic time), and whether it has to stop before."""

    end: float
    has_to_stop: Callable[[], bool]


class GuardedTransport(httpx.HTTPTransport):
    """Every request through `socks5://host:port`, names resolved there.

    `Bounds` under the request's extension `bounds` hold for the answer's body too, in the thread
    that asked.
    """

    def __init__(self, proxy: str) -> None:
        context = _context()
        super().__init__(verify=context, trust_env=False)
        self._current = threading.local()
        self._pool = httpcore.SOCKSProxy(
            proxy_url=proxy, ssl_context=context, network_backend=_Backend(self._current)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._current.stream = None
        self._current.bounds = request.extensions.get("bounds")
        try:
            return super().handle_request(request)
        except Exception:
            if self._current.stream is not None:
                self._current.stream.close()
            raise


@lru_cache(maxsize=1)
def _context() -> ssl.SSLContext:
    """Reading all authorities anew takes longer than a request."""
    return httpx.create_ssl_context(trust_env=False)


class _Backend(httpcore.SyncBackend):
    """Remembers for each thread the connection that it opened last."""

    def __init__(self, current: threading.local) -> None:
        self._current = current

    def connect_tcp(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        stream = _BoundedStream(super().connect_tcp(*args, **options), self._current)
        self._current.stream = stream
        return stream


class _BoundedStream(httpcore.NetworkStream):
    """A connection whose every wait ends with the bounds of the thread's current request."""

    def __init__(self, stream: httpcore.NetworkStream, current: threading.local) -> None:
        self._stream = stream
        self._current = current

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        end = math.inf if timeout is None else time.monotonic() + timeout
        while True:
            patience_s = self._patience_s(end)
            try:
                return self._stream.read(max_bytes, patience_s)
            except httpcore.ReadTimeout:
                if time.monotonic() >= end:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        return _BoundedStream(self._stream.start_tls(*args, **options), self._current)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _patience_s(self, end: float) -> float | None:
        """For how long to wait in one go. Raises as httpcore does when there is no time left."""
        bounds: Bounds | None = self._current.bounds
        if bounds is None:
            return None if end == math.inf else end - time.monotonic()
        if bounds.has_to_stop():
            raise httpcore.ReadError("it had to stop")
        left_s = min(end, bounds.end) - time.monotonic()
        if left_s <= 0:
            raise httpcore.ReadTimeout
        return min(left_s, _LOOK_S)
