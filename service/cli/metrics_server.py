"""`/metrics` and `/healthz` of a process that serves nothing else; open, so on loopback."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from service.cli.words import CannotRun


@contextmanager
def metrics_served(
    host: str, port: int, registry: CollectorRegistry, check: Callable[[], None]
) -> Iterator[str]:
    """Serve until the block ends; answers the address. `check` raises when the process is not well.

    Raises `CannotRun` when the port is taken.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(registry))
            elif self.path == "/healthz":
                try:
                    check()
                except RuntimeError as error:
                    self._answer(
                        HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", f"{error}\n".encode()
                    )
                else:
                    self._answer(HTTPStatus.OK, "text/plain", b"ok\n")
            else:
                self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"/metrics or /healthz\n")

        def log_message(self, *_: object) -> None:
            """Nothing: a scrape is no event."""

        def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    try:
        server = ThreadingHTTPServer((host, port), Handler)
    except OSError as error:
        raise CannotRun(
            f"Cannot listen on {host}:{port}: {error.strerror}. Choose another LUISKA_METRICS_PORT."
        ) from error
    server.daemon_threads = True
    with server:
        thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
        thread.start()
        try:
            yield f"http://{host}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
