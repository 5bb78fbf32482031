"""Servers that break HTTP, never answer, never stop, or answer with something that is no page."""

import zlib

from hostile_case import MANY, PARTIAL, Case, endless, headed, raw
from hostile_site import GOOD, Handler, Site, page, send, send_html

HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
CLOSE = b"Connection: close\r\n\r\n"
# Whoever looks at them sees a document, on its way elsewhere, or none; how often, the machine says.
RESTLESS = ("render_timeout", "navigation_failed", "navigation_timeout", PARTIAL)
RESTLESS_AND_EMPTY = ("render_timeout", "navigation_timeout", "empty_page")


def _to_itself_renamed(handler: Handler, _: Site) -> None:
    send_html(handler, "", 302, Location=f"/endless-redirect?{len(handler.path) * 'a'}")


def _gzip_bomb(handler: Handler, _: Site) -> None:
    """About 400 MB of markup in a few."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    handler.wfile.write(HTML + b"Content-Encoding: gzip\r\n" + CLOSE)
    handler.wfile.write(packer.compress(GOOD.encode()) + packer.flush(zlib.Z_FULL_FLUSH))
    block = packer.compress(b"<b>word</b> " * 80_000) + packer.flush(zlib.Z_FULL_FLUSH)
    for _turn in range(400):
        handler.wfile.write(block)


def _hundred_megabytes(handler: Handler, _: Site) -> None:
    handler.wfile.write(HTML + CLOSE + GOOD.encode())
    for _turn in range(100):
        handler.wfile.write(b"<p>word</p>" * 95_000)


def _status(code: int) -> bytes:
    return f"HTTP/1.1 {code} Odd\r\nContent-Length: 0\r\n".encode() + CLOSE


CASES = (
    Case(
        path="/loop",
        answer=lambda h, _: send_html(h, "", 302, Location="/loop"),
        ends=("navigation_failed",),
    ),
    Case(
        path="/endless-redirect", long=True, answer=_to_itself_renamed, ends=("navigation_failed",)
    ),
    Case(path="/empty-reply", answer=raw(), ends=("navigation_failed",)),
    Case(path="/no-headers", answer=raw(GOOD.encode()), ends=("navigation_failed",)),
    Case(
        path="/garbage", long=True, answer=raw(bytes(range(256)) * 40), ends=("navigation_failed",)
    ),
    Case(
        path="/never-answers",
        answer=lambda _, site: site.released.wait(60) and None,
        ends=("navigation_timeout",),
        deadline_s=4,
    ),
    Case(
        path="/dripping-headers",
        long=True,
        answer=endless(HTML, b"X-Drip: 1\r\n", pause_s=0.3),
        ends=("navigation_timeout",),
        deadline_s=4,
    ),
    Case(
        path="/dripping-body",
        long=True,
        answer=endless(HTML + CLOSE, b"<!-- drip -->", pause_s=0.2),
        ends=("navigation_timeout",),
        deadline_s=5,
    ),
    Case(
        path="/never-ending",
        answer=endless(HTML + CLOSE + GOOD[:-14].encode(), b" ", pause_s=1),
        ends=(PARTIAL,),
        deadline_s=8,
    ),
    Case(
        path="/never-ending-fast",
        long=True,
        answer=endless(HTML + CLOSE + GOOD[:-14].encode(), b"<!-- x -->" * 50_000, pause_s=0.01),
        # Until there is too much of it, it is a page that is still loading.
        ends=(*MANY, PARTIAL),
        deadline_s=10,
    ),
    Case(path="/204", answer=raw(_status(204)), ends=("not_html",)),
    Case(path="/205", answer=raw(_status(205)), ends=("not_html",), long=True),
    Case(path="/304", answer=raw(_status(304)), ends=("empty_page", "not_html")),
    Case(
        path="/401",
        answer=lambda h, _: send_html(h, GOOD, 401, WWW_Authenticate="Basic"),
        ends=("login_required",),
    ),
    Case(
        path="/401-in-page",
        long=True,
        answer=lambda h, _: send_html(h, GOOD, 401),
        ends=("login_required",),
    ),
    Case(path="/404", answer=lambda h, _: send_html(h, GOOD, 404), ends=("http_error",)),
    Case(path="/503", long=True, answer=lambda h, _: send_html(h, "", 503), ends=("http_error",)),
    Case(path="/999", long=True, answer=lambda h, _: send_html(h, GOOD, 999), ends=("http_error",)),
    Case(
        path="/zip",
        answer=lambda h, _: send(h, 200, "application/zip", bytes(64)),
        ends=("not_html",),
    ),
    Case(
        path="/attachment",
        answer=headed(GOOD, Content_Disposition="attachment; filename=a.html"),
        ends=("not_html",),
    ),
    Case(
        path="/pdf",
        answer=lambda h, _: send(h, 200, "application/pdf", b"%PDF-1.4\n%%EOF\n"),
        ends=("not_html",),
    ),
    Case(
        path="/json",
        long=True,
        answer=lambda h, _: send(h, 200, "application/json", b"{}"),
        ends=("not_html",),
    ),
    Case(
        path="/png",
        answer=lambda h, _: send(h, 200, "image/png", b"\x89PNG\r\n\x1a\n"),
        ends=("not_html",),
    ),
    Case(
        path="/text",
        long=True,
        answer=lambda h, _: send(h, 200, "text/plain", GOOD.encode()),
        ends=("not_html",),
    ),
    Case(
        path="/nosniff",
        long=True,
        answer=lambda h, _: send(
            h, 200, "application/octet-stream", GOOD.encode(), X_Content_Type_Options="nosniff"
        ),
        ends=("not_html",),
    ),
    Case(
        path="/broken-chunks",
        long=True,
        answer=raw(
            HTML + b"Transfer-Encoding: chunked\r\n\r\n20\r\n" + GOOD[:32].encode() + b"\r\nZZZ\r\n"
        ),
        ends=("navigation_timeout",),
        deadline_s=5,
    ),
    Case(
        path="/cut-short",
        long=True,
        answer=raw(HTML + b"Content-Length: 999999\r\n\r\n" + GOOD[:120].encode()),
        # Whether what came still gets to the parser depends on how soon the rest is missed.
        ends=(PARTIAL, "navigation_timeout"),
        twin="",
        deadline_s=5,
    ),
    Case(
        path="/huge-headers",
        answer=raw(HTML + b"X-Big: " + b"a" * 2_000_000 + b"\r\n\r\n"),
        ends=("navigation_failed",),
    ),
    Case(
        path="/gzip-bomb",
        long=True,
        answer=_gzip_bomb,
        ends=MANY,
        deadline_s=15,
    ),
    Case(path="/100-megabytes", long=True, answer=_hundred_megabytes, ends=MANY),
    Case(
        path="/broken-gzip",
        long=True,
        answer=raw(HTML + b"Content-Encoding: gzip\r\n" + CLOSE + b"not gzip at all" * 9),
        ends=("navigation_timeout",),
        deadline_s=5,
    ),
    Case(
        path="/many-parts",
        long=True,
        answer=endless(
            b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n",
            b"--b\r\nContent-Type: text/html\r\n\r\n" + GOOD.encode(),
            pause_s=0.3,
        ),
        ends=("not_html", "navigation_failed", "navigation_timeout"),
        deadline_s=5,
    ),
    Case(
        path="/refresh-to-itself",
        answer=headed(page(""), Refresh="0"),
        ends=RESTLESS_AND_EMPTY,
        deadline_s=6,
    ),
    Case(
        path="/meta-refresh",
        long=True,
        answer=page("", head='<meta http-equiv="refresh" content="0">'),
        ends=RESTLESS_AND_EMPTY,
        deadline_s=6,
    ),
    Case(
        path="/reloading",
        answer=page("<p>word</p><script>location.reload()</script>"),
        ends=RESTLESS,
        twin="",
        deadline_s=6,
        long=True,
    ),
    Case(
        path="/ping",
        long=True,
        answer=page("<p>word</p><script>location = '/pong'</script>"),
        ends=RESTLESS,
        twin="",
        deadline_s=6,
    ),
    Case(
        path="/pong",
        long=True,
        answer=page("<p>word</p><script>location = '/ping'</script>"),
        ends=RESTLESS,
        twin="",
        deadline_s=6,
    ),
    Case(
        path="/csp-none",
        answer=headed(
            GOOD, Content_Security_Policy="default-src 'none'; require-trusted-types-for 'script'"
        ),
    ),
    Case(path="/csp-sandbox", answer=headed(GOOD, Content_Security_Policy="sandbox")),
    Case(
        path="/csp-sandbox-scripts",
        answer=headed(GOOD, Content_Security_Policy="sandbox allow-scripts"),
    ),
    Case(
        path="/isolated",
        answer=headed(
            GOOD,
            Cross_Origin_Opener_Policy="same-origin",
            Cross_Origin_Embedder_Policy="require-corp",
        ),
    ),
    Case(path="/clears-site", answer=headed(GOOD, Clear_Site_Data='"*"')),
    Case(
        path="/odd-charset",
        answer=lambda h, _: send(h, 200, "text/html; charset=utf-16", GOOD.encode("utf-16")),
    ),
)
