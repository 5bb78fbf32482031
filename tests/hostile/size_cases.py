"""Pages that are too much: memory, elements, depth, text, threads, pixels, styles."""

from hostile_case import EXAMINED, HEAVY, MANY, Case, scripted
from hostile_site import GOOD, page

CRASH = ("browser_crash",)
# The caps stop it; whether the renderer falls first or its time is up depends on the machine.
CRASH_OR_STUCK = ("browser_crash", "render_timeout")

CASES = (
    Case(
        path="/heap-bomb",
        answer=scripted("const kept = []; for (;;) kept.push(new Array(1e6).fill(Math.random()))"),
        ends=CRASH_OR_STUCK,
        deadline_s=15,
        long=True,
    ),
    Case(
        path="/late-heap-bomb",
        long=True,
        answer=scripted(
            "const kept = []; setInterval(() => { for (let i = 0; i < 9; i++)"
            " kept.push(new Array(1e6).fill(Math.random())) }, 1)"
        ),
        ends=(*CRASH_OR_STUCK, "check_timeout", EXAMINED),
        deadline_s=15,
    ),
    Case(
        path="/buffer-bomb",
        long=True,
        answer=scripted(
            "const kept = []; for (;;) try { kept.push(new Uint8Array(2e8).fill(1)) } catch {}"
        ),
        ends=CRASH_OR_STUCK,
        deadline_s=10,
    ),
    Case(
        path="/string-bomb",
        long=True,
        answer=scripted(
            "const kept = [];"
            "for (let i = 0;; i++) kept.push((i + 'x'.repeat(9e6)).split('').join('-'))"
        ),
        ends=CRASH_OR_STUCK,
        deadline_s=15,
    ),
    Case(
        path="/element-bomb",
        long=True,
        answer=scripted(
            "for (;;) document.querySelector('main').append(document.createElement('p'))", late=True
        ),
        ends=CRASH_OR_STUCK,
        deadline_s=10,
    ),
    Case(
        path="/wasm-bomb",
        long=True,
        answer=scripted(
            "const kept = []; for (;;) try { const m = new WebAssembly.Memory({initial: 16384});"
            " new Uint8Array(m.buffer).fill(1); kept.push(m) } catch {}"
        ),
        ends=CRASH_OR_STUCK,
        deadline_s=10,
    ),
    Case(
        path="/worker-swarm",
        long=True,
        answer=scripted(
            "const code = URL.createObjectURL(new Blob(['for (;;) {}']));"
            "for (let i = 0; i < 16; i++) new Worker(code)"
        ),
        ends=HEAVY,
        deadline_s=15,
    ),
    Case(
        path="/worker-bomb",
        long=True,
        answer=scripted(
            "const code = URL.createObjectURL(new Blob("
            "['const k = []; for (;;) k.push(new Array(1e6).fill(Math.random()))']));"
            "for (let i = 0; i < 4; i++) new Worker(code)"
        ),
        ends=HEAVY,
        deadline_s=15,
    ),
    Case(
        path="/half-a-million",
        answer=page("<main><h1>Many</h1>" + "<p>" * 500_000 + "</main>"),
        ends=MANY,
        deadline_s=20,
        long=True,
    ),
    Case(
        path="/half-a-million-by-script",
        long=True,
        answer=scripted(
            "document.querySelector('main').insertAdjacentHTML('beforeend', '<p></p>'.repeat(5e5))",
            late=True,
        ),
        ends=MANY,
    ),
    Case(
        path="/half-a-million-late",
        long=True,
        answer=scripted(
            "onload = () => setTimeout(() => document.querySelector('main')"
            ".insertAdjacentHTML('beforeend', '<p></p>'.repeat(5e5)), 60)",
            late=True,
        ),
        ends=MANY,
        deadline_s=20,
    ),
    Case(
        path="/deep-markup",
        long=True,
        answer=page(
            "<main><h1>Deep</h1>" + "<div>" * 100_000 + "word" + "</div>" * 100_000 + "</main>"
        ),
        twin="/deep-enough",
        ends=(*HEAVY, "check_failed"),
        deadline_s=15,
    ),
    Case(
        path="/deep-by-script",
        long=True,
        answer=scripted(
            "let at = document.querySelector('main'); for (let i = 0; i < 1e5; i++)"
            " { const next = document.createElement('div'); at.append(next); at = next }",
            late=True,
        ),
        ends=("browser_crash", "check_failed", "check_timeout", "render_timeout"),
        deadline_s=15,
    ),
    Case(
        path="/deep-shadows",
        long=True,
        answer=scripted(
            "let at = document.querySelector('main'); for (let i = 0; i < 2000; i++)"
            " { const next = document.createElement('div'); at.append(next);"
            " at = next.attachShadow({mode: 'open'}) }",
            late=True,
        ),
        ends=("browser_crash", "check_failed", "check_timeout", "render_timeout"),
        deadline_s=20,
    ),
    Case(
        path="/giant-title",
        long=True,
        answer=scripted("document.title = 'word '.repeat(13e6)", late=True),
    ),
    Case(
        path="/giant-language",
        long=True,
        twin="/unknown-language",
        # axe-core names the whole of a language that it does not know.
        ends=(*HEAVY, "too_large"),
        answer=scripted("document.documentElement.lang = 'x'.repeat(64e6)", late=True),
    ),
    Case(
        path="/giant-text",
        long=True,
        answer=scripted("document.querySelector('main').append('word '.repeat(4e6))", late=True),
        ends=HEAVY,
        deadline_s=15,
    ),
    Case(
        path="/giant-attributes",
        long=True,
        ends=HEAVY,
        deadline_s=30,
        answer=scripted(
            "for (const each of document.querySelectorAll('*'))"
            " each.setAttribute('data-x', 'x'.repeat(8e6))",
            late=True,
        ),
    ),
    Case(
        path="/many-attributes",
        long=True,
        answer=scripted(
            "for (let i = 0; i < 1e5; i++)"
            " document.querySelector('h1').setAttribute('data-' + i, i)",
            late=True,
        ),
        ends=HEAVY,
        deadline_s=15,
    ),
    Case(
        path="/giant-address",
        long=True,
        answer=scripted("history.replaceState({}, '', '#' + 'x'.repeat(1e6))"),
    ),
    Case(
        path="/odd-characters",
        answer=scripted(
            "document.title = 'a\\ud800b\\0c'; document.querySelector('h1').append('\\udfff\\0')",
            late=True,
        ),
    ),
)

SERVED = {
    "/deep-enough": page("<main><h1>Deep</h1><div>word</div></main>"),
    "/unknown-language": GOOD.replace('lang="en"', f'lang="{"x" * 40}"'),
}
