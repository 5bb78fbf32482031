"""A web site on loopback for tests: folders of files, and pages given as text."""

import mimetypes
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "site"


class LocalSite:
    """Serves `pages` (path to text or bytes) and, for any other path, the files of `folder`.

    A page whose content is None never finishes its answer, one in `slow_s` begins it so late.
    """

    def __init__(
        self, pages: Mapping[str, str | bytes | None] | None = None, folder: Path = SAMPLES
    ) -> None:
        self.pages = dict(pages or {})
        self.slow_s: dict[str, float] = {}
        self._folder = folder
        self._closing = threading.Event()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site._answer(self)

            def log_message(self, *_: object) -> None:
                """Nothing: the test says what matters."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    def url(self, path: str) -> str:
        return self.origin + path

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.partition("?")[0]
        self._closing.wait(self.slow_s.get(path, 0.0))
        if path in self.pages:
            content = self.pages[path]
            is_xml = path.endswith(".xhtml")
            kind = "application/xhtml+xml" if is_xml else "text/html; charset=utf-8"
        else:
            file = self._folder / path.lstrip("/")
            if not file.is_file():
                request.send_error(404)
                return
            content = file.read_bytes()
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        if content is None:
            self._closing.wait()
            return
        body = content.encode() if isinstance(content, str) else content
        request.send_response(200)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
