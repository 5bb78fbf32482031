"""The attacks: each a piece of a page that tries to reach the secret under its own name."""

import json
from collections.abc import Callable
from html import escape

from victims import Attacker, Secret

Attack = Callable[[str, Attacker], str]
"""The piece of HTML for a URL of the secret's."""

# Spellings of this machine; what a URL parser would mend must not be mended on the way.
HOSTS = {
    "literal": "127.0.0.1",
    "short": "127.1",
    "short-three": "127.0.1",
    "decimal": "2130706433",
    "hexadecimal": "0x7f000001",
    "hexadecimal-parts": "0x7f.0x0.0x0.0x1",
    "octal": "017700000001",
    "octal-parts": "0177.0.0.01",
    "dot-at-the-end": "127.0.0.1.",
    "other-loopback": "127.0.0.2",
    "unspecified": "0.0.0.0",
    "zero": "0",
    "ipv6-loopback": "[::1]",
    "ipv6-long": "[0:0:0:0:0:0:0:1]",
    "ipv6-unspecified": "[::]",
    "mapped": "[::ffff:127.0.0.1]",
    "mapped-hexadecimal": "[::ffff:7f00:1]",
    "compatible": "[::127.0.0.1]",
    "nat64": "[64:ff9b::7f00:1]",
    "nat64-local": "[64:ff9b:1::7f00:1]",
    "six-to-four": "[2002:7f00:1::]",
    "zone": "[::1%25lo]",
    "localhost": "localhost",
    "localhost-capitals": "LOCALHOST",
    "localhost-dot": "localhost.",
    "below-localhost": "deep.below.localhost",
    "fullwidth-digits": "１２７.０.０.１",
    "ideographic-dots": "127。0。0。1",
    "circled-digits": "①②⑦.⓪.⓪.①",
    "percent-digits": "%31%32%37.0.0.1",
    "soft-hyphen": "127.0.0\u00ad.1",
    "user-and-password": "user:secret@127.0.0.1",
    "user-like-a-host": "localhost%3A80@127.0.0.1",
    "tab-inside": "127.0.\t0.1",
}

# Names by what the resolver of the tests answers: once, then from the second time on.
PUBLIC = "93.184.216.34"
ANSWERS = {
    "private.example": [["127.0.0.1"]],
    "private-v6.example": [["::1"]],
    "mapped.example": [["::ffff:127.0.0.1"]],
    "one-bad-of-two.example": [[PUBLIC, "127.0.0.1"]],
    "bad-first.example": [["127.0.0.1", PUBLIC]],
    "rebinding.example": [[PUBLIC], ["127.0.0.1"]],
    "127.0.0.1.wildcard.example": [["127.0.0.1"]],
    "link-local.example": [["169.254.169.254"]],
    "unspecified.example": [["0.0.0.0"]],
}

SCRIPTS: dict[str, str] = {
    "fetch": "fetch(URL, {mode: 'no-cors'})",
    "fetch-keepalive": "fetch(URL, {mode: 'no-cors', keepalive: true, method: 'POST'})",
    "fetch-preflight": "fetch(URL, {method: 'PUT', headers: {'X-A': '1'}})",
    "xhr": "const x = new XMLHttpRequest(); x.open('GET', URL); x.send()",
    "beacon": "navigator.sendBeacon(URL, 'x')",
    "event-source": "new EventSource(URL)",
    "websocket": "new WebSocket(URL.replace('http', 'ws'))",
    "image-object": "new Image().src = URL",
    "audio-object": "new Audio(URL).play().catch(() => 0)",
    "font-object": "new FontFace('f', `url(${URL})`).load()",
    "dynamic-import": "import(URL)",
    "written-script": "document.write(`<script src='${URL}'></` + 'script>')",
    "window-open": "window.open(URL)",
    "popup-redirect": "window.open(REDIRECT)",
    "worker-import": "new Worker(BLOB(`importScripts('${URL}')`))",
    "worker-fetch": "new Worker(BLOB(`fetch('${URL}', {mode: 'no-cors'})`))",
    "worker-websocket": "new Worker(BLOB(`new WebSocket('${URL.replace('http', 'ws')}')`))",
    "shared-worker": "new SharedWorker(BLOB(`fetch('${URL}', {mode: 'no-cors'})`))",
    "service-worker": "navigator.serviceWorker.register(WORKER)",
    "worklet": "CSS.paintWorklet.addModule(URL)",
    "fetch-redirect": "fetch(REDIRECT, {mode: 'no-cors'})",
    "stun": "const p = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:PORT'}]});"
    "p.createDataChannel('x'); p.createOffer().then((o) => p.setLocalDescription(o))",
    "turn-over-tcp": "const p = new RTCPeerConnection({iceServers: [{urls:"
    "'turn:127.0.0.1:SILENT?transport=tcp', username: 'u', credential: 'c'}]});"
    "p.createDataChannel('x'); p.createOffer().then((o) => p.setLocalDescription(o))",
    "web-transport": "new WebTransport('https://127.0.0.1:PORT/web-transport')",
    "speculation": "const s = document.createElement('script'); s.type = 'speculationrules';"
    "s.textContent = JSON.stringify({prefetch: [{source: 'list', urls: [URL], eagerness:"
    " 'immediate'}]}); document.head.append(s)",
    "clicked-ping": "const a = document.createElement('a'); a.href = '#x'; a.ping = URL;"
    "document.body.append(a); a.click()",
    "form-get": "SUBMIT('get')",
    "form-post": "SUBMIT('post')",
}

PIECES: dict[str, Attack] = {
    "image": lambda url, _: f'<img alt="" src="{url}">',
    "image-set": lambda url, _: f'<img alt="" srcset="{url} 1x">',
    "picture": lambda url, _: f'<picture><source srcset="{url}"><img alt=""></picture>',
    "image-button": lambda url, _: f'<input type="image" alt="x" src="{url}">',
    "script": lambda url, _: f'<script src="{url}"></script>',
    "module": lambda url, _: f'<script type="module" src="{url}"></script>',
    "style-sheet": lambda url, _: f'<link rel="stylesheet" href="{url}">',
    "style-import": lambda url, _: f"<style>@import '{url}';</style>",
    "style-import-far": lambda url, site: (
        f'<link rel="stylesheet" href="{site.echo("text/css", f"@import url({url});")}">'
    ),
    "background": lambda url, _: f'<div style="background: url({url})">x</div>',
    "list-marker": lambda url, _: f'<ul><li style="list-style-image: url({url})">x</li></ul>',
    "font": lambda url, _: (
        f"<style>@font-face {{font-family: q; src: url({url})}}</style>"
        '<p style="font-family: q">x</p>'
    ),
    "video": lambda url, _: f'<video src="{url}" autoplay muted></video>',
    "video-poster": lambda url, _: f'<video poster="{url}"></video>',
    "audio": lambda url, _: f'<audio src="{url}" preload="auto"></audio>',
    "track": lambda url, site: (
        f'<video src="{site.page("none")}" crossorigin><track default src="{url}"></video>'
    ),
    "frame": lambda url, _: f'<iframe title="x" src="{url}"></iframe>',
    "object": lambda url, _: f'<object data="{url}"></object>',
    "embed": lambda url, _: f'<embed src="{url}">',
    "preload": lambda url, _: f'<link rel="preload" as="image" href="{url}">',
    "module-preload": lambda url, _: f'<link rel="modulepreload" href="{url}">',
    "prefetch": lambda url, _: f'<link rel="prefetch" href="{url}">',
    "icon": lambda url, _: f'<link rel="icon" href="{url}">',
    "manifest": lambda url, _: f'<link rel="manifest" href="{url}">',
    "svg-image": lambda url, _: f'<svg><image href="{url}" width="9" height="9"/></svg>',
    "svg-filter": lambda url, _: (
        f'<svg><filter id="f"><feImage href="{url}"/></filter>'
        '<rect filter="url(#f)" width="9" height="9"/></svg>'
    ),
    "svg-frame": lambda url, site: _frame(site.echo("image/svg+xml", SVG.replace("URL", url))),
    "inline-frame": lambda url, _: (
        f'<iframe title="x" srcdoc="{escape(f"<img src={url}>")}"></iframe>'
    ),
    "data-frame": lambda url, _: _frame(f"data:text/html,<img src={url}>"),
    "script-address-frame": lambda url, _: _frame(f"javascript:'<img src={url}>'"),
    "sandboxed-frame": lambda url, _: (
        f'<iframe title="x" sandbox="allow-scripts" srcdoc="{escape(f"<img src={url}>")}"></iframe>'
    ),
    "refresh-element": lambda url, site: _frame(
        site.echo("text/html", f'<meta http-equiv="refresh" content="0;url={url}">')
    ),
    "refresh-header": lambda url, site: _frame(site.echo("text/html", "", refresh=f"0;url={url}")),
    "script-navigation": lambda url, site: _frame(
        site.echo("text/html", f"<script>location = {json.dumps(url)}</script>")
    ),
    "redirect-301": lambda url, site: f'<img alt="" src="{site.redirect(url, 301)}">',
    "redirect-302": lambda url, site: f'<img alt="" src="{site.redirect(url, 302)}">',
    "redirect-303": lambda url, site: f'<img alt="" src="{site.redirect(url, 303)}">',
    "redirect-307": lambda url, site: f'<script src="{site.redirect(url, 307)}"></script>',
    "redirect-308": lambda url, site: f'<link rel="stylesheet" href="{site.redirect(url, 308)}">',
    "redirect-chain": lambda url, site: _frame(
        site.redirect(site.redirect(site.redirect(url, 307), 301))
    ),
}


SVG = '<svg xmlns="http://www.w3.org/2000/svg"><image href="URL" width="9" height="9"/></svg>'


def _frame(url: str) -> str:
    return f'<iframe title="x" src="{escape(url)}"></iframe>'


def addresses_page(secret: Secret) -> str:
    """Every spelling and every name, as an image and as a request."""
    targets = {name: secret.url(name, host) for name, host in HOSTS.items()}
    targets |= {name: secret.url(name, name) for name in ANSWERS}
    return _page(
        "".join(f'<img alt="" src="{escape(url)}">' for url in targets.values())
        + _script(
            f"for (const url of {json.dumps(list(targets.values()))})"
            " {try {fetch(url, {mode: 'no-cors'}).catch(() => 0)} catch {}}"
        )
    )


def pieces_page(secret: Secret, site: Attacker) -> str:
    connect = secret.url("preconnect", port=secret.silent_port)
    return _page(
        f'<link rel="preconnect" href="{connect}">'
        f'<img alt="" src="http://127.0.0.1:{site.port}/echo/other-name-of-the-allowed">'
        f'<img alt="" src="http://www.localhost:{site.port}/echo/below-the-allowed">'
        + "".join(attack(secret.url(name), site) for name, attack in PIECES.items())
    )


def scripts_page(secret: Secret, site: Attacker) -> str:
    helpers = (
        "const BLOB = (code) => window.URL.createObjectURL("
        "new Blob([code], {type: 'text/javascript'}));"
        "const SUBMIT = (method, url) => {const f = document.createElement('form');"
        "f.method = method; f.action = url; f.target = 'sink';"
        "document.body.append(f); f.submit()};"
    )
    return _page(
        '<iframe title="sink" name="sink"></iframe>'
        + f"<script>{helpers}</script>"
        + "".join(_script(_filled(name, code, secret, site)) for name, code in SCRIPTS.items())
    )


def names() -> set[str]:
    """Every attack of the three pages."""
    carried = {*HOSTS, *ANSWERS, *PIECES, *SCRIPTS} - {"stun", "turn-over-tcp", "web-transport"}
    by_port = {"connection", "datagram"}
    by_name = {"other-name-of-the-allowed", "below-the-allowed"}
    return carried | by_port | by_name


def _filled(name: str, code: str, secret: Secret, site: Attacker) -> str:
    url = secret.url(name)
    worker = site.echo("text/javascript", f"fetch('{url}', {{mode: 'no-cors'}})")
    for word, value in (
        ("SUBMIT('get')", f"SUBMIT('get', '{url}')"),
        ("SUBMIT('post')", f"SUBMIT('post', '{url}')"),
        ("REDIRECT", json.dumps(site.redirect(url))),
        ("WORKER", json.dumps(worker)),
        ("SILENT", str(secret.silent_port)),
        ("PORT", str(secret.port)),
    ):
        code = code.replace(word, value)
    return f"const URL = {json.dumps(url)}; {code}"


def _script(code: str) -> str:
    return f"<script>(async () => {{try {{ {code} }} catch {{}} }})()</script>"


def _page(body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><title>Attacks</title></head><body><h1>Attacks</h1>'
        f"{body}<script>setTimeout(() => document.body.insertAdjacentHTML('beforeend',"
        "'<p id=done>done</p>'), 1500)</script></body></html>"
    )
