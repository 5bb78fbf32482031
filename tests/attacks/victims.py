"""The two sides of an attack, both on loopback: what must not be reached, and who tries."""

import contextlib
import http.server
import socket
import socketserver
import threading
from typing import Self
from urllib.parse import parse_qs, quote, urlsplit


class _OverIPv6(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6


class Secret:
    """What only this machine may reach. `reached` holds the name of every attack that got here.

    An attack's name is the last part of its path. Some attacks cannot carry a name: those that only
    open a connection to `silent_port`, and datagrams to `port`.
    """

    def __init__(self) -> None:
        self.reached: set[str] = set()
        self._servers: list[socketserver.BaseServer] = []
        secret = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                secret.reached.add(urlsplit(self.path).path.rpartition("/")[2])
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()

            do_POST = do_OPTIONS = do_PUT = do_HEAD = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Nothing."""

        class Silent(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                secret.reached.add("connection")

        class Datagram(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                secret.reached.add("datagram")

        first = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.port = first.server_port
        self._servers = [first]
        for kind, host in ((http.server.ThreadingHTTPServer, "127.0.0.2"), (_OverIPv6, "::1")):
            # Not every machine has these.
            with contextlib.suppress(OSError):
                self._servers.append(kind((host, self.port), Answer))
        silent = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Silent)
        self.silent_port = silent.server_address[1]
        datagrams = socketserver.ThreadingUDPServer(("127.0.0.1", self.port), Datagram)
        self._servers += [silent, datagrams]
        self._threads = [
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            for server in self._servers
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def url(self, name: str, host: str = "127.0.0.1", port: int | None = None) -> str:
        return f"http://{host}:{port or self.port}/{name}"


class Attacker:
    """A site that may be visited, by the name localhost and this port alone.

    `/page/NAME` are its pages, `/echo?type=…&body=…` answers what it is told to, and
    `/to/STATUS?at=URL` redirects. `misnamed` holds the attacks that got here by any other name.
    """

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.misnamed: set[str] = set()
        site = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                if self.headers.get("Host") != site.host:
                    site.misnamed.add(parts.path.rpartition("/")[2])
                _, kind, name = (*parts.path.split("/", 2), "")[:3]
                if kind == "to":
                    self._send(int(name), "text/html", "", Location=asked["at"])
                elif kind == "echo":
                    more = {"Refresh": asked["refresh"]} if "refresh" in asked else {}
                    self._send(200, asked["type"], asked.get("body", ""), **more)
                elif kind == "page" and name in site.pages:
                    self._send(200, "text/html", site.pages[name])
                else:
                    self._send(404, "text/plain", "")

            do_POST = do_GET  # noqa: N815

            def _send(self, status: int, kind: str, text: str, **headers: str) -> None:
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                for field, value in headers.items():
                    self.send_header(field.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.port = self._server.server_port
        self.host = f"localhost:{self.port}"
        self.origin = f"http://{self.host}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def page(self, name: str) -> str:
        return f"{self.origin}/page/{name}"

    def redirect(self, to: str, status: int = 302) -> str:
        return f"{self.origin}/to/{status}?at={quote(to, safe='')}"

    def echo(self, kind: str, body: str = "", **more: str) -> str:
        fields = {"type": kind, "body": body, **more}
        return f"{self.origin}/echo?" + "&".join(
            f"{name}={quote(value, safe='')}" for name, value in fields.items()
        )
