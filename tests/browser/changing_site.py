"""A site on loopback whose answers a test changes one at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}"></svg>'

PAGE = """<!doctype html>
<html lang="en">
<head>
<title>Opening hours</title>
<link rel="stylesheet" href="/style.css">
<style>.note { color: #555 }</style>
<style media="(max-width: 100px)">.note { color: #ccc }</style>
</head>
<body>
<h1>Opening hours</h1>
<p class="note" id="note">Open from <b>ten</b> to four</p>
<img src="/picture.svg" alt="">
<p><a href="/more"></a></p>
<form><input id="name" aria-label="Name"><select aria-label="Day"><option>Monday<option>Tuesday
</select><input type="checkbox" id="box" aria-label="Box"></form>
<div id="open"><template shadowrootmode="open"><style>p { color: #333 }</style><p>Inside</p>
</template></div>
<div id="closed"><template shadowrootmode="closed"><p>Hidden inside</p></template></div>
<iframe src="/frame" title="Map"></iframe>
<script src="/script.js"></script>
</body>
</html>"""

FRAME = '<!doctype html><html lang="en"><title>Map</title><p>A map</p><style>p{color:#444}</style>'


@dataclass
class ChangingSite:
    """`pages` are path to body, `headers` path to further headers. Nothing may be cached."""

    pages: dict[str, str] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    origin: str = ""
    asked: list[str] = field(default_factory=list)

    def reset(self) -> None:
        self.pages = {
            "/": PAGE,
            "/frame": FRAME,
            "/style.css": '@import "/more.css"; body { background: white }',
            "/more.css": "h1 { margin: 20px }",
            "/picture.svg": PICTURE.format(20),
            "/script.js": (
                "const sheet = new CSSStyleSheet(); sheet.replaceSync('b { color: #222 }');"
                "document.adoptedStyleSheets = [sheet];"
            ),
        }
        self.headers = {"/": {"Content-Security-Policy": "object-src 'none'"}}

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset({self.origin.removeprefix("http://")})

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(request.path)
        body = self.pages.get(request.path)
        request.send_response(200 if body is not None else 404)
        kind = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
        suffix = request.path.rpartition(".")[2]
        request.send_header("Content-Type", kind.get(suffix, "text/html; charset=utf-8"))
        request.send_header("Cache-Control", "no-store")
        for name, value in self.headers.get(request.path, {}).items():
            request.send_header(name, value)
        content = (body or "").encode()
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)


@contextmanager
def serving() -> Iterator[ChangingSite]:
    site = ChangingSite()
    site.reset()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.answer(self)

        def log_message(self, *_: object) -> None:
            """Nothing: the test says what matters."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
