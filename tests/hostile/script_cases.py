"""Scripts that never yield, never rest, open windows and dialogs, or turn the page inside out."""

import json

from hostile_case import EXAMINED, PARTIAL, Case, scripted
from hostile_site import GOOD, TRAPS, page

STUCK = ("render_timeout",)
WILD = ("render_timeout", "check_timeout")

PROTOTYPES = """
const mine = () => { throw new Error('mine'); };
for (const name of ['shadowRoot', 'attributes', 'children', 'childNodes', 'parentNode', 'id',
  'firstChild', 'nodeName', 'nodeType', 'ownerDocument', 'textContent', 'localName'])
  for (const kind of [Node, Element, Document])
    Object.defineProperty(kind.prototype, name, {get: mine, configurable: false});
for (const name of ['getBoundingClientRect', 'matches', 'closest', 'getAttributeNames'])
  Element.prototype[name] = mine;
for (const name of ['id', 'nodes', 'rules', 'violations', 'length', 'then', 'get', 'value'])
  try { Object.defineProperty(Object.prototype, name, {get: mine, set: mine}); } catch {}
for (const name of ['Map', 'Set', 'WeakMap', 'Symbol', 'Reflect', 'Proxy', 'Error', 'RegExp',
  'Object', 'Function', 'String', 'Number', 'Date', 'performance', 'requestAnimationFrame',
  'setTimeout', 'getComputedStyle', 'MutationObserver', 'console', 'crypto', 'origin', 'eval'])
  try { Object.defineProperty(window, name, {value: mine}); } catch {}
"""

REACTIONS = """
class Angry extends HTMLElement {
  static observedAttributes = ['class', 'id', 'data-x'];
  constructor() { super(); throw new Error('mine'); }
}
class Looping extends HTMLElement {
  static observedAttributes = ['data-x'];
  connectedCallback() { this.dataset.x = '0'; }
  attributeChangedCallback() { this.dataset.x = Number(this.dataset.x) + 1; }
}
customElements.define('angry-one', Angry);
customElements.define('looping-one', Looping);
"""

CLOBBERED = """<form id="f1" aria-label="one"><input id="i1" aria-label="a"
 name="{0}attributes"><input id="i2" aria-label="b" name="{0}shadowRoot"><input id="i3"
 aria-label="c" name="{0}children"><input
 id="i6" name="{0}id"><input id="i7" aria-label="g" name="{0}matches"></form>
<p>One <a id="{0}axe" href="/x">word</a> here.</p><p>One <a id="{0}luiska" href="/y">other</a>
here.</p><img alt=""
 name="{0}querySelectorAll" src="data:,">"""
DEEPLY = """<form aria-label="one"><input aria-label="b" name="parentNode"><input aria-label="d"
 name="nodeName"><input aria-label="h" name="ownerDocument"><input aria-label="g" name="nodeType">
<input name="getAttribute"><input
 name="unnamed"></form>"""
LEAVING = page("<main><h1>A</h1></main>" + "<p>word <b>word</b></p>" * 1500)

TWINS = {
    "/unclobbered": page("<main><h1>Names</h1>" + CLOBBERED.format("un") + "</main>"),
    "/unreacting": page(
        "<main><h1>Own</h1><angry-one>word</angry-one><looping-one>word</looping-one></main>"
    ),
}

CASES = (
    # never yielding
    Case(
        path="/endless-script",
        answer=scripted("setTimeout(() => {for (;;) {}}, 0)"),
        ends=STUCK,
        deadline_s=4,
    ),
    Case(
        path="/blocking-script", long=True, answer=scripted("for (;;) {}"), ends=STUCK, deadline_s=4
    ),
    Case(
        path="/microtasks",
        long=True,
        answer=scripted("const turn = () => Promise.resolve().then(turn); onload = turn"),
        ends=STUCK,
        deadline_s=4,
    ),
    Case(
        path="/observing-itself",
        answer=scripted(
            "new MutationObserver(() => document.body.setAttribute('data-n', Math.random()))"
            ".observe(document.body, {attributes: true}); document.body.setAttribute('data-n', 1)",
            late=True,
        ),
        ends=STUCK,
        deadline_s=4,
        long=True,
    ),
    Case(
        path="/late-endless",
        long=True,
        answer=scripted("onload = () => setTimeout(() => {for (;;) {}}, 120)"),
        ends=WILD,
        deadline_s=5,
    ),
    # never resting
    Case(
        path="/intervals",
        answer=scripted(
            "for (let i = 0; i < 50; i++)"
            " setInterval(() => document.body.dataset.n = Math.random(), 1)",
            late=True,
        ),
    ),
    Case(
        path="/frames-storm",
        answer=scripted(
            "const turn = () => { for (const end = Date.now() + 8; Date.now() < end;);"
            " requestAnimationFrame(turn); requestIdleCallback(() => {}) }; turn()",
            late=True,
        ),
    ),
    Case(
        path="/growing",
        answer=scripted(
            "setInterval(() => document.querySelector('main').append('word '), 5)", late=True
        ),
    ),
    Case(
        path="/push-state",
        long=True,
        answer=scripted(
            "let n = 0;"
            "setInterval(() => { try { history.pushState({}, '', '?' + n++) } catch {} }, 60)"
        ),
        ends=("navigation_failed", "render_timeout", EXAMINED),
        deadline_s=15,
    ),
    Case(
        path="/hash-storm",
        answer=scripted(
            "let n = 0; setInterval(() => { try { location.hash = n++ } catch {} }, 20)"
        ),
        long=True,
    ),
    Case(
        path="/writes-late",
        long=True,
        ends=(PARTIAL,),
        deadline_s=12,
        answer=scripted(f"onload = () => setTimeout(() => document.write({json.dumps(GOOD)}), 30)"),
    ),
    Case(
        path="/writes-and-closes",
        answer=scripted(
            "onload = () => setTimeout(() => {"
            f" document.write({json.dumps(GOOD)}); document.close() }}, 30)"
        ),
    ),
    Case(
        path="/opens-itself",
        long=True,
        answer=scripted(
            "setInterval(() => { document.open(); document.write('<p>x</p>'.repeat(2000));"
            " document.close() }, 40)"
        ),
        ends=("navigation_failed", *WILD),
        deadline_s=8,
    ),
    # windows and dialogs
    Case(path="/alert", answer=scripted("alert(1); confirm(2); prompt(3)")),
    # A dialog in the middle of the checks costs a second attempt, and there is no third.
    Case(
        path="/late-alert",
        ends=(EXAMINED, "navigation_failed"),
        answer=scripted("setTimeout(() => alert(1), 250)"),
    ),
    Case(
        path="/alerts",
        answer=scripted("setTimeout(() => {for (;;) alert(1)}, 20)"),
        ends=STUCK,
        deadline_s=6,
    ),
    Case(path="/print", answer=scripted("print(); onload = () => print()")),
    Case(
        path="/beforeunload",
        answer=scripted(
            "onbeforeunload = (e) => {e.preventDefault(); e.returnValue = 'stay'; return 'stay'}"
        ),
    ),
    Case(path="/endless-unload", answer=scripted("onunload = onpagehide = () => {for (;;) {}}")),
    Case(
        path="/endless-beforeunload",
        answer=scripted("onbeforeunload = () => {for (;;) {}}"),
        long=True,
    ),
    Case(
        path="/endless-visibility",
        answer=scripted("document.addEventListener('visibilitychange', () => {for (;;) {}})"),
        long=True,
    ),
    Case(
        path="/popups",
        long=True,
        answer=scripted("for (let i = 0; i < 10; i++) open('/good?' + i, 'w' + i)"),
    ),
    Case(
        path="/popup-storm",
        long=True,
        answer=scripted("setInterval(() => open('/popup-storm', '_blank'), 50)"),
    ),
    Case(path="/self-closing", long=True, answer=scripted("close()")),
    Case(
        path="/blur",
        long=True,
        answer=scripted("setInterval(() => { blur(); focus(); moveTo(0, 0) }, 5)"),
    ),
    Case(
        path="/prompts",
        answer=scripted(
            "Notification.requestPermission(); navigator.geolocation.getCurrentPosition(() => {});"
            "navigator.mediaDevices?.getUserMedia({audio: true, video: true}).catch(() => {});"
            "document.documentElement.requestFullscreen().catch(() => {});"
            "document.documentElement.requestPointerLock();"
            "navigator.registerProtocolHandler?.('web+x', '/good?%s')"
        ),
    ),
    Case(
        path="/downloads",
        answer=scripted(
            "onload = () => { for (let i = 0; i < 20; i++) { const a = document.createElement('a');"
            "a.download = `got-${i}.bin`; a.href = URL.createObjectURL(new Blob(['x']));"
            "a.click() } }"
        ),
    ),
    Case(
        path="/download-by-address",
        long=True,
        answer=scripted("onload = () => { location = '/zip' }"),
        ends=(EXAMINED, PARTIAL),
        deadline_s=12,
    ),
    Case(
        path="/to-another-program",
        long=True,
        answer=scripted("location = 'mailto:a@b'"),
        ends=("navigation_timeout",),
        deadline_s=6,
    ),
    Case(
        path="/other-schemes",
        long=True,
        ends=(EXAMINED, PARTIAL),
        deadline_s=12,
        answer=scripted(
            "onload = () => { for (const to of ['mailto:a@b', 'tel:1', 'intent:x',"
            " 'chrome://crash', 'file:///etc/passwd', 'view-source:/good',"
            " 'chrome-extension://x/y', 'steam://x']) try { location = to } catch {} }"
        ),
    ),
    Case(
        path="/to-blank",
        answer=scripted("location = 'about:blank'"),
        ends=("navigation_failed",),
        deadline_s=10,
    ),
    Case(
        path="/to-blob",
        long=True,
        answer=scripted(
            "location = URL.createObjectURL(new Blob(['<p>x</p>'], {type: 'text/html'}))"
        ),
        ends=("navigation_failed",),
        deadline_s=10,
    ),
    # everything overridden
    Case(path="/trapped", answer=GOOD.replace("<head>", "<head>" + TRAPS)),
    Case(path="/prototypes", answer=scripted(PROTOTYPES)),
    Case(
        path="/frozen",
        answer=scripted(
            "for (const kind of [Object, Array, Function, Promise, Node, Element, Map, String])"
            " Object.freeze(kind.prototype); Object.freeze(window.JSON)"
        ),
    ),
    Case(
        path="/clobbered",
        twin="/unclobbered",
        answer=page("<main><h1>Names</h1>" + CLOBBERED.format("") + "</main>"),
    ),
    Case(
        path="/clobbered-deeply",
        ends=("check_failed",),
        answer=page(f"<main><h1>Names</h1>{DEEPLY}</main>"),
    ),
    Case(
        path="/reacting",
        twin="/unreacting",
        answer=TWINS["/unreacting"].replace("<head>", f"<head><script>{REACTIONS}</script>"),
    ),
    Case(
        path="/runaway",
        long=True,
        # On a slow machine it has left before anybody looks, and is judged where it leads.
        twin="",
        ends=("navigation_failed", EXAMINED),
        answer=LEAVING.replace(
            "</body>",
            "<script>addEventListener('load', () => "
            "setTimeout(() => {location = '/good'}, 300))</script></body>",
        ),
    ),
)
