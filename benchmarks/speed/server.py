"""One static server on loopback, in a process of its own: its CPU is nobody's.

`python -m benchmarks.speed.server FOLDER` serves until its standard input closes.
"""

import contextlib
import mimetypes
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

CACHE_S = 600
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True, kw_only=True)
class Site:
    """A served folder."""

    host: str

    def url(self, page: str) -> str:
        return f"http://{self.host}/{quote(page)}"

    def page(self, url: str) -> str:
        """The page that an address of this site names."""
        return unquote(urlsplit(url).path.lstrip("/"))


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Site]:
    """The folder on a free port of loopback while the block runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.speed.server", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        host = process.stdout.readline().strip()
        if not host:
            raise OSError(f"the server of {folder} does not start")
        yield Site(host=host)
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def make_server(folder: Path) -> ThreadingHTTPServer:
    """Answers every contestant alike: keep-alive, whole bodies from memory, cacheable."""

    @cache
    def body(path: str) -> bytes | None:
        file = (folder / path).resolve()
        inside = file.is_relative_to(folder) and not any(
            part.startswith(".") for part in file.relative_to(folder).parts
        )
        return file.read_bytes() if inside and file.is_file() else None

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def _answer(self, *, with_body: bool) -> None:
            path = unquote(urlsplit(self.path).path.lstrip("/"))
            content = body(path)
            self.send_response(HTTPStatus.OK if content is not None else HTTPStatus.NOT_FOUND)
            self.send_header("Content-Type", kind_of(path) if content is not None else "text/plain")
            self.send_header("Content-Length", str(len(content or b"")))
            self.send_header("Cache-Control", f"public, max-age={CACHE_S}")
            self.end_headers()
            if with_body and content:
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing: what matters is in the results."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    return server


def kind_of(path: str) -> str:
    suffix = Path(path).suffix.lower()
    return TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"


def main() -> None:
    # An interrupted benchmark still has to end its contestants; then it closes the input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = make_server(Path(sys.argv[1]).resolve())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    main()
