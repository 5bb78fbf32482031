"""httpx over SOCKS, without the sockets that httpcore 1.0 forgets when a proxy says no."""

import contextlib
import ssl
from typing import Any

import httpcore
import httpx


class GuardedTransport(httpx.HTTPTransport):
    """Every request through `socks5://host:port`, names resolved there."""

    def __init__(self, proxy: str) -> None:
        context = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.SOCKSProxy(
            proxy_url=proxy, ssl_context=context, network_backend=_Backend()
        )


class _Backend(httpcore.SyncBackend):
    def connect_tcp(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        return _Stream(super().connect_tcp(*args, **options))


class _Stream(httpcore.NetworkStream):
    """A stream that is closed when it is forgotten."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return self._stream.start_tls(ssl_context, server_hostname, timeout)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def __del__(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.close()
