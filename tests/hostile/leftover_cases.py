"""What a page leaves in the browser for the next one, and looks for from the one before."""

from hostile_case import Case
from hostile_site import GOOD, Handler, Site, send

# Whatever is found is said in the page: then it is not the good page any more.
MEMORY = """<script type="module">
const seen = [];
const tell = (what) => { seen.push(what); document.querySelector('main').insertAdjacentHTML(
  'beforeend', `<img src="/${what}" id="seen-${what}">`) };
if (document.cookie) tell('cookie');
if (localStorage.x) tell('local');
if (sessionStorage.x) tell('session');
if (window.name) tell('name');
if (history.length > 2 && history.state) tell('state');
if (navigator.serviceWorker.controller) tell('worker');
for (const found of await navigator.serviceWorker.getRegistrations()) tell('registration');
if ((await caches.keys()).length) tell('cache');
if ((await indexedDB.databases()).length) tell('database');
try {
  for await (const key of (await navigator.storage.getDirectory()).keys()) tell('file');
} catch {}
document.cookie = 'x=1; max-age=99999';
localStorage.x = sessionStorage.x = window.name = 'x';
history.replaceState({x: 1}, '');
indexedDB.open('x');
await caches.open('x');
try { await (await navigator.storage.getDirectory()).getFileHandle('x', {create: true}) } catch {}
await navigator.serviceWorker.register('/worker.js', {scope: '/'}).catch(() => {});
onpagehide = onunload = onvisibilitychange = () => {
  localStorage.x = sessionStorage.x = window.name = 'y'; document.cookie = 'y=1' };
setInterval(() => { localStorage.x = sessionStorage.x = window.name = 'z' }, 1);
document.documentElement.dataset.done = '1';
</script>"""

# It answers every later request of the origin with a page of its own.
WORKER = """
addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => {
  if (event.request.mode === 'navigate') event.respondWith(new Response(
    '<title>hijacked</title><p>hijacked<img src=y>', {headers: {'content-type': 'text/html'}}));
});
addEventListener('message', () => { for (;;) {} });
"""

REMEMBERING = GOOD.replace("</main>", f"</main>{MEMORY}")
CASES = tuple(
    Case(path=f"/remembers-{turn}", answer=REMEMBERING, long=turn > 1) for turn in range(4)
)


def _worker(handler: Handler, _: Site) -> None:
    send(handler, 200, "text/javascript", WORKER.encode())


SERVED = {"/worker.js": _worker}
