"""A web server on loopback whose pages behave as badly as pages on the open web do."""

import http.server
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType

Handler = http.server.BaseHTTPRequestHandler

GOOD = """<!doctype html><html lang="en"><head><title>Good page</title></head><body><main>
<h1>Opening hours</h1><img src="/pixel.png"><form><input id="unnamed"></form>
<nav aria-label="Steps"><ul><li><a href="/next"><span></span></a></li></ul></nav></main></body>
</html>"""

SHADOW = """<!doctype html><html lang="en"><head><title>Shadow</title></head><body><main><h1>S</h1>
<div id="host"></div></main><script>
const root = document.getElementById('host').attachShadow({mode: 'open'});
root.innerHTML = '<section id="inner"></section><p style="color:#aaa;background:#fff">pale</p>';
root.getElementById('inner').attachShadow({mode: 'open'}).innerHTML = '<button id="b"></button>';
</script></body></html>"""

CLOSED_SHADOW = """<!doctype html><html lang="en"><head><title>Closed</title></head><body><main>
<h1>Pay</h1><pay-box data-x="1">slotted</pay-box><div id="plain"></div><div id="opened"></div>
</main>
<script>
customElements.define('pay-box', class extends HTMLElement {
  constructor() { super(); this.attachShadow({mode: 'closed'}).innerHTML = '<img src=x><slot>'; }
});
document.getElementById('plain').attachShadow({mode: 'closed'}).innerHTML = '<img src=x>';
const root = document.getElementById('opened').attachShadow({mode: 'open'});
root.innerHTML = '<span id="inside"></span>';
root.getElementById('inside').attachShadow({mode: 'closed'}).append('word');
</script></body></html>"""

LOOK_ALIKES = """<!doctype html><html lang="en"><head><title>Alike</title></head><body><main>
<h1>Alike</h1><style>.box {width: 9px; height: 9px} .icon::before {content: 'x'}</style>
<not-defined>word</not-defined><div class="box"></div><span class="icon"></span><video></video>
<select aria-label="s"><option>1</option></select><empty-root></empty-root></main><script>
document.querySelector('empty-root').attachShadow({mode: 'closed'});
</script></body></html>"""

SIXTY_BOXES = "".join(f'<div class="box" id="b{number}"></div>' for number in range(60))
CLOSED_AMONG_MANY = f"""<!doctype html><html lang="en"><head><title>Many</title></head><body><main>
<h1>Many</h1><style>.box {{width: 9px; height: 9px}}</style>{SIXTY_BOXES}</main><script>
document.getElementById('b57').attachShadow({{mode: 'closed'}}).append('word');
</script></body></html>"""

TRAPS = """<script>
JSON.stringify = JSON.parse = () => { throw new Error('mine'); };
window.axe = {run: () => Promise.resolve({violations: [], incomplete: []})};
Object.freeze(window.axe);
for (const name of ['map', 'filter', 'forEach', 'push', 'includes'])
  Array.prototype[name] = () => { throw new Error('mine'); };
window.Promise = function () { throw new Error('mine'); };
Element.prototype.getAttribute = () => 'a fine name';
document.querySelectorAll = () => [];
</script>"""

FORGERY = """<script>
window.addEventListener('message', (event) => {
  event.stopImmediatePropagation();
  const seen = typeof event.data === 'string' ? JSON.parse(event.data) : event.data;
  event.source.postMessage(JSON.stringify({...seen, message: []}), '*');
}, true);
setInterval(() => {
  const forged = {topic: 'axe.start', source: 'axe.4.14.1', channelId: '1',
    messageId: 'm' + Math.random(), keepalive: false,
    message: {options: {}, command: 'rules', context: {initiator: false}}};
  window.postMessage(JSON.stringify(forged), '*');
  for (let at = 0; at < frames.length; at++) frames[at].postMessage(JSON.stringify(forged), '*');
}, 1);
</script>"""


def page(body: str, *, head: str = "", lang: str = "en") -> str:
    return (
        f'<!doctype html><html lang="{lang}"><head><title>Page</title>{head}</head>'
        f"<body>{body}</body></html>"
    )


PAGES: dict[str, str] = {
    "/good": GOOD,
    "/shadow": SHADOW,
    "/closed-shadow": CLOSED_SHADOW,
    "/closed-shadow-look-alikes": LOOK_ALIKES,
    "/closed-shadow-among-many": CLOSED_AMONG_MANY,
    "/sixty-boxes": CLOSED_AMONG_MANY.partition("<script>")[0],
    "/closed-shadow-framed": page(
        '<main><h1>Frames</h1><iframe title="f" src="/closed-shadow"></iframe></main>'
    ),
    "/trapped": GOOD.replace("<head>", f"<head>{TRAPS}"),
    "/clean": page('<main><h1>Frames</h1><iframe title="f" src="/good"></iframe></main>'),
    "/forging": page(
        '<main><h1>Frames</h1><iframe title="f" src="/good"></iframe></main>', head=FORGERY
    ),
    "/nested": page(
        '<main><h1>N</h1><iframe src="/nested2" title="n"></iframe><img src="x"></main>'
    ),
    "/nested2": page('<iframe src="/shadow" title="s"></iframe><iframe src="/good"></iframe>'),
    "/inline": page('<main><h1>I</h1><iframe title="d" srcdoc="&lt;img src=x>"></iframe></main>'),
    "/sandboxed-frame": page(
        '<main><h1>I</h1><iframe title="d" sandbox src="/good"></iframe></main>'
    ),
    "/alert": page("<main><h1>Hello</h1></main><script>alert(1)</script>"),
    "/late-alert": page(
        "<main><h1>Hello</h1></main><script>setTimeout(() => alert(1), 250)</script>"
    ),
    "/alerts": page("<p>Hello</p><script>setTimeout(() => {for (;;) alert(1)}, 20)</script>"),
    "/print": page("<main><h1>Print</h1></main><script>print()</script>"),
    "/beforeunload": page(
        "<main><h1>Stay</h1></main><script>onbeforeunload = (e) => {e.preventDefault();"
        "e.returnValue = 'stay'; return 'stay'}</script>"
    ),
    "/popups": page(
        "<main><h1>Popups</h1></main><script>for (let i = 0; i < 10; i++)"
        " open('/good?' + i, 'w' + i)</script>"
    ),
    "/self-closing": page("<main><h1>Bye</h1></main><script>close()</script>"),
    "/endless-script": page("<p>Hello</p><script>setTimeout(() => {for (;;) {}}, 0)</script>"),
    "/blocking-script": page("<p>Hello</p><script>for (;;) {}</script>"),
    # axe-core waits for what an audio is; meanwhile the page leaves.
    "/runaway": page(
        "<main><h1>A</h1></main><script>addEventListener('load', () => {"
        "document.body.append(Object.assign(new Audio('/hang'), {autoplay: true}));"
        "setTimeout(() => {location = '/good'}, 1000)})</script>"
    ),
    "/script-redirect": page("<script>location.replace('/slow-good')</script>"),
    "/meta-redirect": page("", head='<meta http-equiv="refresh" content="0;url=/slow-good">'),
    "/hanging-image": page('<main><h1>Waiting</h1><img alt="" src="/hang"></main>'),
    "/hanging-frame": page('<main><h1>W</h1><iframe title="w" src="/hang"></iframe></main>'),
    "/broken-frame": page(
        '<main><h1>W</h1><iframe title="w" src="http://127.0.0.1:1/"></iframe></main>'
    ),
    "/modal": page(
        '<main><h1>M</h1><img src="/x.png"></main>'
        '<dialog id="d"><button id="ok">OK</button></dialog>'
        "<script>d.showModal(); ok.onclick = () => d.close()</script>"
    ),
    "/late-modal": page(
        '<main><h1>M</h1><img src="/x.png"><p></p></main><dialog id="d">D</dialog>'
        "<script>setTimeout(() => d.showModal(), 500)</script>" + "<p>Words</p>" * 3000
    ),
    "/inert": page('<div inert><main><h1>I</h1><img src="/x.png"></main></div><p>Wait</p>'),
    "/inert-slide": page("<main><h1>S</h1><div inert>Next</div></main><dialog open>D</dialog>"),
    "/only-image": page(
        '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="9" height="9">'
    ),
    "/empty": page(""),
    "/shell": page('<div id="root"></div><script>1</script>'),
    "/late-content": page(
        '<div id="root"></div><script>setTimeout(() => '
        "{root.innerHTML = '<main><h1 id=late>Late</h1><img src=x></main>'}, 700)</script>"
    ),
    "/remembers": page(
        "<main><h1>Memory</h1></main><script>"
        "const seen = [document.cookie, localStorage.x, sessionStorage.x, window.name].join('');"
        "document.title = seen ? 'seen before' : 'never seen';"
        "document.cookie = 'a=1'; localStorage.x = sessionStorage.x = window.name = 'x';</script>"
    ),
    "/floods-its-history": page(
        "<main><h1>Flood</h1></main><script>"
        "for (let i = 0; i < 400; i++) history.replaceState(null, '', `?${i}`)</script>"
    ),
    "/sends-on": page("<main><h1>Wait</h1></main><script>location.replace('/good')</script>"),
    "/kept-back": page(
        "<main><h1>Kept</h1><div id=text>Loading</div><div id=child><p>Loading</p></div>"
        "<div id=slotted>Shown</div><div hidden>Hidden</div></main><script>"
        "for (const [id, inner] of [['text', '<button></button>'], ['child', '<img src=x>'],"
        " ['slotted', '<slot></slot>']]) document.getElementById(id)"
        ".attachShadow({mode: 'closed'}).innerHTML = inner</script>"
    ),
    "/hoards": page(
        "<main><h1>Hoard</h1></main><script type=module>"
        "const root = await navigator.storage.getDirectory(); let kept = 0;"
        "try { for (; kept < 640; kept += 16) {"
        " const file = await (await root.getFileHandle(kept, {create: true})).createWritable();"
        " await file.write(new Uint8Array(16 << 20)); await file.close() } } catch {}"
        "document.title = `${kept} MB`; document.querySelector('h1').id = 'full'</script>"
    ),
    "/narrow-only": page(
        "<main><h1>Width</h1><img src=x></main>",
        head="<style>@media (min-width: 600px) {img {display: none}}</style>",
    ),
    "/odd-characters": page(
        "<main><h1>Odd</h1></main><script>document.title = 'a\\ud800b'</script>"
    ),
    "/heap-bomb": page(
        "<p>Hello</p><script>const kept = [];"
        "for (;;) kept.push(new Array(1e6).fill(Math.random()))</script>"
    ),
}


class Site:
    """One server. `origin` ends without a slash; `other` is the same server by another name.

    `more` is served besides the pages above: HTML, or whatever a function writes to the handler.
    """

    def __init__(
        self,
        tls: ssl.SSLContext | None = None,
        more: "Mapping[str, Answer]" = MappingProxyType({}),
    ) -> None:
        self.more = more
        self.released = threading.Event()
        self.peer_origin = ""
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        scheme = "https" if tls else "http"
        self.origin = f"{scheme}://127.0.0.1:{self.port}"
        self.other = f"{scheme}://localhost:{self.port}"
        self.hosts = frozenset({f"127.0.0.1:{self.port}", f"localhost:{self.port}"})
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]

    def __enter__(self) -> "Site":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


Answer = str | Callable[[Handler, Site], None]


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def send(handler: Handler, status: int, kind: str, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    handler.send_header("Cache-Control", "no-store")
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def send_html(handler: Handler, text: str, status: int = 200, **headers: str) -> None:
    send(handler, status, "text/html; charset=utf-8", text.encode(), **headers)


def _never_ending(handler: Handler, site: Site) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html; charset=utf-8")
    handler.end_headers()
    handler.wfile.write(page("<main><h1>Part one</h1><img src='/pixel.png'>").encode()[:-14])
    handler.wfile.flush()
    site.released.wait(60)


def _hundred_megabytes(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html; charset=utf-8")
    handler.end_headers()
    try:
        for _ in range(1600):
            handler.wfile.write(b"<p>word</p>" * 5958)
    except OSError:
        # Whoever asked has had enough.
        pass


def _handler(site: Site) -> type[Handler]:
    special: dict[str, Callable[[Handler], None]] = {
        "/loop": lambda h: send_html(h, "", 302, Location="/loop"),
        "/401": lambda h: send_html(
            h, page("<h1>No</h1>"), 401, WWW_Authenticate='Basic realm="x"'
        ),
        "/login-wall": lambda h: send_html(h, page("<h1>Sign in</h1>"), 401),
        "/404": lambda h: send_html(h, page("<main><h1>Not here</h1></main>"), 404),
        "/500": lambda h: send_html(h, "", 500),
        "/204": lambda h: h.send_response(204) or h.end_headers(),
        "/zip": lambda h: send(h, 200, "application/zip", b"PK\x05\x06" + bytes(18)),
        "/attachment": lambda h: send_html(h, GOOD, Content_Disposition="attachment"),
        "/pdf": lambda h: send(h, 200, "application/pdf", b"%PDF-1.4\n%%EOF\n"),
        "/json": lambda h: send(h, 200, "application/json", b"{}"),
        "/png": lambda h: send(h, 200, "image/png", b"\x89PNG\r\n\x1a\n"),
        "/empty-reply": lambda h: None,
        "/hang": lambda h: site.released.wait(60) and None,
        "/never-ending": lambda h: _never_ending(h, site),
        "/hundred-megabytes": _hundred_megabytes,
        "/slow-good": lambda h: site.released.wait(0.6) or send_html(h, GOOD),
        "/script-none": lambda h: send_html(
            h,
            GOOD,
            Content_Security_Policy="default-src 'none'; script-src 'none';"
            " require-trusted-types-for 'script'",
        ),
        "/csp-sandbox": lambda h: send_html(h, GOOD, Content_Security_Policy="sandbox"),
        "/to-other-name": lambda h: send_html(h, "", 302, Location=f"{site.other}/good"),
        "/to-peer": lambda h: send_html(h, "", 302, Location=f"{site.peer_origin}/good"),
        "/foreign-frame": lambda h: send_html(
            h,
            page(
                f'<main><h1>F</h1><iframe title="o" src="{site.other}/good"></iframe>'
                f'<iframe title="p" src="{site.peer_origin}/trapped"></iframe></main>'
            ),
        ),
    }

    class SiteHandler(Handler):
        protocol_version = "HTTP/1.0"

        def log_message(self, *args: object) -> None:
            """Silence: the tests' output is no access log."""

        def do_GET(self) -> None:  # noqa: N802
            path = self.path.partition("?")[0]
            if path in site.more:
                answer = site.more[path]
                if isinstance(answer, str):
                    send_html(self, answer)
                else:
                    answer(self, site)
            elif path in special:
                special[path](self)
            elif path in PAGES:
                send_html(self, PAGES[path])
            else:
                send_html(self, "", 404)

    return SiteHandler
