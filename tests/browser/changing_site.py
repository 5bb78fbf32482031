"""A site on loopback whose answers a test changes one at a time."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

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


SCRIPTLESS = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="X-UA-Compatible" content="IE=edge">
<title>Opening hours – tänään</title>
<link rel="stylesheet" href="/style.css">
<style>.note { color: #555; background: url(/back.svg) }</style>
<script type="application/ld+json">{"@type": "Library"}</script>
</head>
<body>
<h1>Opening hours</h1>
<p class="note" id="note">Open from <b>ten</b> to four</p>
<img src="/picture.svg" alt=""><img src="/there" alt="">
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="">
<noscript>No script is needed.</noscript>
<p><a href="/more"></a></p>
<form><input id="name" aria-label="Name"></form>
<div><template shadowrootmode="open"><style>p { color: #333 }</style><p>Inside</p></template></div>
<div><template shadowrootmode="closed"><p>Hidden inside</p></template></div>
</body>
</html>"""

TYPES = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
    "vtt": "text/vtt",
}


@dataclass
class ChangingSite:
    """`pages` are path to body, `headers` path to further headers. Else nothing may be cached.

    A path in `redirects` leads to another one; one in `for_browsers` has a body of its own for
    those that ask in Chromium's words. `statuses` are those that are not 200.
    """

    pages: dict[str, Any] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    for_browsers: dict[str, str] = field(default_factory=dict)
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
        self.redirects, self.statuses, self.for_browsers = {}, {}, {}

    def be_scriptless(self) -> None:
        """A page that is nothing but its answers, with one of every kind."""
        self.reset()
        face = '@font-face { font-family: Own; src: url("/own.woff2") } h1 { font-family: Own }'
        self.pages |= {
            "/": SCRIPTLESS,
            "/style.css": self.pages["/style.css"] + face,
            "/own.woff2": "no font at all",
            "/back.svg": PICTURE.format(5),
        }
        self.redirects["/there"] = "/picture.svg"

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset({self.origin.partition("//")[2]})

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(request.path)
        body = self.pages.get(request.path)
        if request.path in self.for_browsers and self._is_browser(request):
            body = self.for_browsers[request.path]
        leads_to = self.redirects.get(request.path)
        status = 302 if leads_to else 404 if body is None else 200
        request.send_response(self.statuses.get(request.path, status))
        suffix = request.path.rpartition(".")[2]
        content = body if isinstance(body, bytes) else (body or "").encode()
        headers = {
            "Content-Type": TYPES.get(suffix, "text/html; charset=utf-8"),
            "Cache-Control": "no-store",
            "Content-Length": str(len(content)),
            **({"Location": leads_to} if leads_to else {}),
            **self.headers.get(request.path, {}),
        }
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(content)

    def _is_browser(self, request: BaseHTTPRequestHandler) -> bool:
        asked = request.headers
        return (
            "HeadlessChrome" in asked.get("User-Agent", "")
            and asked.get("Sec-Fetch-Dest") == "document"
            and asked.get("Upgrade-Insecure-Requests") == "1"
            and "Chromium" in asked.get("sec-ch-ua", "")
            and asked.get("Accept-Language", "").startswith("en-US")
        )


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[ChangingSite]:
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
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        site.origin = site.origin.replace("http:", "https:")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
