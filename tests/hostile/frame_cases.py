"""Frames without number, depth or rest, and frames that forge or leave."""

from hostile_case import EXAMINED, PARTIAL, Case
from hostile_site import FORGERY, Handler, Site, page, send_html

FRAME = '<iframe title="f" src="/good"></iframe>'
FRAMED = page(f"<main><h1>Frames</h1>{FRAME}</main>")


def framing(frames: str, script: str = "") -> str:
    return FRAMED.replace(FRAME, frames + f"<script>{script}</script>")


def _nest(handler: Handler, _: Site) -> None:
    """As many frames in each other as the query says; `on` counts upwards for ever."""
    depth = int(handler.path.partition("?")[2])
    further = depth + 1 if handler.path.startswith("/nest-on") else depth - 1
    path = handler.path.partition("?")[0]
    inner = f'<iframe title="n" src="{path}?{further}"></iframe>' if depth else "<img src=x>"
    send_html(handler, page(inner))


CASES = (
    Case(path="/forging", twin="/framed", answer=FRAMED.replace("<head>", "<head>" + FORGERY)),
    Case(
        path="/nested",
        twin="",
        answer=page('<main><h1>N</h1><iframe title="n" src="/nest?9"></iframe></main>'),
    ),
    Case(
        path="/nested-for-ever",
        long=True,
        twin="",
        answer=page('<main><h1>N</h1><iframe title="n" src="/nest-on?1"></iframe></main>'),
        ends=(PARTIAL, "check_timeout", "render_timeout"),
        deadline_s=20,
    ),
    Case(
        path="/200-frames",
        long=True,
        twin="",
        ends=(PARTIAL, "check_timeout", "render_timeout"),
        answer=framing(
            "".join(f'<iframe title="f{n}" srcdoc="<p>word</p>"></iframe>' for n in range(200))
        ),
    ),
    Case(
        path="/odd-frames",
        twin="",
        answer=framing(
            '<iframe title="a" src="about:blank"></iframe>'
            '<iframe title="b" src="data:text/html,<html lang=en><title>t</title><p>x"></iframe>'
            '<iframe title="c" src="javascript:document.body.append(1)"></iframe>'
        ),
    ),
    Case(
        path="/frames-moving",
        long=True,
        twin="",
        ends=(EXAMINED, PARTIAL),
        deadline_s=15,
        answer=framing(
            FRAME, "setInterval(() => { frames[0].location = '/good?' + Math.random() }, 30)"
        ),
    ),
    Case(
        path="/frames-leaving",
        long=True,
        twin="",
        ends=(EXAMINED, PARTIAL),
        deadline_s=15,
        answer=framing(
            FRAME * 5,
            "setInterval(() => { const f = document.createElement('iframe'); f.title = 'f';"
            " f.src = '/good'; const old = document.querySelector('iframe'); old.after(f);"
            " old.remove() }, 40)",
        ),
    ),
    Case(
        path="/frames-rewritten",
        twin="",
        ends=(EXAMINED, PARTIAL),
        deadline_s=15,
        answer=framing(
            FRAME,
            "setInterval(() => { const d = frames[0].document; d.open(); d.write('<p>x');"
            " d.close() }, 20)",
        ),
        long=True,
    ),
    Case(
        path="/frame-endless",
        long=True,
        twin="",
        ends=("render_timeout", "check_timeout"),
        deadline_s=6,
        answer=framing('<iframe title="f" src="/endless-script"></iframe>'),
    ),
    Case(
        path="/frame-alerting",
        twin="/framed",
        answer=framing('<iframe title="f" src="/alert"></iframe>'),
    ),
    Case(
        path="/frame-to-top",
        twin="/good",
        answer=framing(
            '<iframe title="f" srcdoc="<script>top.location = \'/good\'</script>"></iframe>'
        ),
        ends=(EXAMINED, "navigation_failed"),
    ),
    Case(
        path="/frame-hanging",
        long=True,
        twin="/frame-not-there",
        answer=framing('<iframe title="f" src="/silence"></iframe>'),
        ends=(PARTIAL,),
        deadline_s=8,
    ),
    Case(
        path="/frame-bomb",
        long=True,
        twin="",
        ends=("browser_crash", "render_timeout"),
        deadline_s=15,
        answer=framing('<iframe title="f" src="/heap-bomb"></iframe>'),
    ),
    Case(
        path="/frame-zip",
        long=True,
        twin="",
        answer=framing('<iframe title="f" src="/zip"></iframe>'),
    ),
    Case(
        path="/frame-pdf",
        long=True,
        twin="",
        answer=framing('<iframe title="f" src="/pdf"></iframe>'),
    ),
    Case(path="/frame-password", twin="", answer=framing('<iframe title="f" src="/401"></iframe>')),
)

SERVED = {
    "/framed": FRAMED,
    "/nest": _nest,
    "/nest-on": _nest,
    "/frame-not-there": framing('<iframe title="f" src="http://127.0.0.1:1/"></iframe>'),
}
