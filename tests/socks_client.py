"""The least of a SOCKS5 client: what the guard answers, and the connection if it says yes."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

SUCCEEDED, NOT_ALLOWED, UNREACHABLE, REFUSED, NO_COMMAND, NO_ADDRESS_TYPE = 0, 2, 4, 5, 7, 8
NAME = 3


def named(host: str, port: int) -> bytes:
    """A name and a port as a request carries them."""
    return bytes((NAME, len(host))) + host.encode("latin-1") + port.to_bytes(2)


@contextmanager
def asked(
    proxy_port: int, target: bytes, *, command: int = 1
) -> Iterator[tuple[int, socket.socket]]:
    """The reply to one request, and the socket; -1 when the door is shut."""
    with socket.create_connection(("127.0.0.1", proxy_port), timeout=20) as connection:
        try:
            connection.sendall(b"\x05\x01\x00")
            if connection.recv(2) != b"\x05\x00":
                yield -1, connection
                return
            connection.sendall(bytes((5, command, 0)) + target)
            answer = connection.recv(10)
        except ConnectionError:
            answer = b""
        yield answer[1] if answer else -1, connection
