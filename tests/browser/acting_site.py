"""A site on loopback that one signs in to, with fields, menus and messages to act on."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

USER, PASSWORD = "maija", "correct horse & battery"


def page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><main><h1>{title}</h1>{body}</main></body></html>"
    )


SIGN_IN = page(
    "Sign in",
    '<form method="post" action="/sign-in"><label>Name <input name="name" id="name"></label>'
    '<label>Password <input type="password" name="password" id="password"></label>'
    '<button id="go">Sign in</button></form>',
)


class ActingSite:
    """`pages` are shown to anybody, `private` ones to who is signed in; others are sent to sign in.

    In the place of `mixed` ones others see the form itself. All but these may be cached.

    `seen` has the path, the headers and the body of every request, `sign_ins` how many of them
    signed in.
    """

    def __init__(self) -> None:
        self.pages: dict[str, str] = {"/sign-in": SIGN_IN}
        self.private: dict[str, str] = {}
        self.mixed: dict[str, str] = {}
        self.seen: list[tuple[str, Mapping[str, str], str]] = []
        self.sessions: set[str] = set()
        self.sign_ins = 0
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.answer(self, "")

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                site.answer(self, self.rfile.read(length).decode())

            def log_message(self, *_: object) -> None:
                """Nothing: the test says what matters."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    def headers_of(self, path: str) -> list[Mapping[str, str]]:
        return [headers for seen, headers, _ in self.seen if seen == path]

    def bodies_of(self, path: str) -> list[dict[str, list[str]]]:
        return [
            parse_qs(body, keep_blank_values=True) for seen, _, body in self.seen if seen == path
        ]

    def answer(self, request: BaseHTTPRequestHandler, body: str) -> None:
        path = request.path.partition("?")[0]
        self.seen.append((path, dict(request.headers.items()), body))
        cookie = request.headers.get("Cookie", "")
        is_signed_in = any(f"session={session}" in cookie for session in self.sessions)
        if path == "/sign-in" and body:
            self._sign_in(request, parse_qs(body))
        elif path in self.private and not is_signed_in:
            self._send(request, 302, "", Location="/sign-in")
        elif path in self.mixed:
            shown = self.mixed[path] if is_signed_in else SIGN_IN
            self._send(request, 200, shown, **{"Cache-Control": "no-store"})
        elif path in self.private:
            self._send(request, 200, self.private[path])
        elif path in self.pages:
            self._send(request, 200, self.pages[path])
        else:
            self._send(request, 404, page("Not here", "<p>Nothing.</p>"))

    def _sign_in(self, request: BaseHTTPRequestHandler, form: dict[str, list[str]]) -> None:
        if form.get("name") == [USER] and form.get("password") == [PASSWORD]:
            self.sign_ins += 1
            self.sessions.add(f"s{self.sign_ins}")
            cookie = f"session=s{self.sign_ins}; Path=/; HttpOnly"
            self._send(request, 302, "", Location="/home", **{"Set-Cookie": cookie})
        else:
            self._send(request, 200, SIGN_IN)

    def _send(
        self, request: BaseHTTPRequestHandler, status: int, text: str, **headers: str
    ) -> None:
        content = text.encode()
        request.send_response(status)
        request.send_header("Content-Type", "text/html; charset=utf-8")
        request.send_header("Content-Length", str(len(content)))
        lasting = {"Cache-Control": "max-age=600" if status == 200 else "no-store"}
        for name, value in {**lasting, **headers}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(content)


@contextmanager
def serving() -> Iterator[ActingSite]:
    site = ActingSite()
    thread = threading.Thread(target=site.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.server.shutdown()
        site.server.server_close()
        thread.join()
