"""Images, styles, fonts and media that never come, never end or unpack to far too much."""

import struct
import zlib

from hostile_case import EXAMINED, HEAVY, PARTIAL, Case, endless, scripted, with_body, with_head
from hostile_site import Handler, Site, send


def _png_bomb(handler: Handler, _: Site) -> None:
    """20 000 x 20 000 pixels, 1.6 GB when they are unpacked."""
    side = 20_000

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    rows = b"".join(packer.compress(row * 500) for _ in range(side // 500)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    body = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )
    send(handler, 200, "image/png", body)


def _style_after_style(handler: Handler, _: Site) -> None:
    send(handler, 200, "text/css", f"@import '{handler.path}1'; p {{color: #000}}".encode())


LAUGHS = "".join(f'<g id="l{n}">' + f'<use href="#l{n - 1}"/>' * 10 + "</g>" for n in range(1, 9))

CASES = (
    Case(
        path="/styles-without-end",
        long=True,
        answer=with_head('<link rel="stylesheet" href="/style?1">'),
        ends=(PARTIAL,),
        deadline_s=8,
    ),
    Case(
        path="/has-bomb",
        answer=with_head(
            "<style>"
            + "".join(f"main:has(* {'* ' * 8} .x{n}) p {{color: #000}}" for n in range(300))
            + "</style>"
        ),
    ),
    Case(
        path="/svg-laughs",
        long=True,
        answer=with_body(
            '<svg aria-hidden="true" width="9" height="9"><defs>'
            '<rect id="l0" width="1" height="1"/>'
            f'{LAUGHS}</defs><use href="#l8"/></svg>'
        ),
        ends=HEAVY,
        deadline_s=12,
    ),
    Case(path="/png-bomb", answer=with_body('<img alt="" src="/bomb.png">'), twin="/with-image"),
    Case(
        path="/canvas-bomb",
        long=True,
        answer=scripted(
            "for (let i = 0; i < 40; i++) { const c = document.createElement('canvas');"
            " c.width = c.height = 8000; const d = c.getContext('2d');"
            " if (d) { d.fillRect(0, 0, 8000, 8000); d.getImageData(0, 0, 1, 1) } }"
        ),
        ends=HEAVY,
        deadline_s=12,
    ),
    Case(
        path="/endless-media",
        long=True,
        answer=with_body('<video muted autoplay src="/media"></video><audio src="/media"></audio>'),
        ends=(EXAMINED, PARTIAL),
        twin="/media-twin",
        deadline_s=12,
    ),
    Case(
        path="/hanging-image",
        long=True,
        answer=with_body('<img alt="" src="/silence">'),
        ends=(PARTIAL,),
        twin="/with-image",
        deadline_s=8,
    ),
    Case(
        path="/hanging-style",
        long=True,
        answer=with_head('<link rel="stylesheet" href="/silence">'),
        ends=(PARTIAL, "navigation_timeout"),
        deadline_s=8,
    ),
    Case(
        path="/hanging-script",
        long=True,
        answer=with_head('<script src="/silence"></script>'),
        ends=("navigation_timeout",),
        deadline_s=5,
    ),
    Case(
        path="/broken-font",
        answer=with_head(
            "<style>@font-face {font-family: x; src: url(/bomb.png)} body {font-family: x}</style>"
        ),
    ),
    Case(
        path="/asks-for-a-password", answer=with_body('<img alt="" src="/401">'), twin="/with-image"
    ),
)

SERVED = {
    "/style": _style_after_style,
    "/bomb.png": _png_bomb,
    "/silence": lambda _, site: site.released.wait(60) and None,
    "/media": endless(
        b"HTTP/1.1 200 OK\r\nContent-Type: video/webm\r\n\r\n", b"\x1aE\xdf\xa3" * 4, pause_s=0.1
    ),
    "/with-image": with_body('<img alt="" src="data:,">'),
    "/media-twin": with_body('<video muted src="data:,"></video><audio src="data:,"></audio>'),
}
