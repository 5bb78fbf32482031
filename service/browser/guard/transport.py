"""httpx over SOCKS, without the sockets that httpcore 1.0 forgets when a proxy says no."""

import ssl
import threading
from functools import lru_cache
from typing import Any

import httpcore
import httpx


class GuardedTransport(httpx.HTTPTransport):
    """Every request through `socks5://host:port`, names resolved there."""

    def __init__(self, proxy: str) -> None:
        context = _context()
        super().__init__(verify=context, trust_env=False)
        self._backend = _Backend()
        self._pool = httpcore.SOCKSProxy(
            proxy_url=proxy, ssl_context=context, network_backend=self._backend
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._backend.opened.stream = None
        try:
            return super().handle_request(request)
        except Exception:
            stream = self._backend.opened.stream
            if stream is not None:
                stream.close()
            raise


@lru_cache(maxsize=1)
def _context() -> ssl.SSLContext:
    """Reading all authorities anew takes longer than a request."""
    return httpx.create_ssl_context(trust_env=False)


class _Backend(httpcore.SyncBackend):
    """Remembers for each thread the connection that it opened last."""

    def __init__(self) -> None:
        self.opened = threading.local()

    def connect_tcp(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        self.opened.stream = super().connect_tcp(*args, **options)
        return self.opened.stream  # type: ignore[no-any-return]
