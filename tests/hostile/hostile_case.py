"""What one hostile page is: how it is served, how its visit may end, and by when."""

from dataclasses import dataclass

from hostile_site import GOOD, Answer, Handler, Site, send_html

EXAMINED = "examined"
PARTIAL = "partial"
# Work that a fast machine gets done and a slow one does not.
HEAVY = (EXAMINED, PARTIAL, "render_timeout", "check_timeout", "browser_crash")
# Named by its size as soon as it answers at all; half of it there is examined while time is left.
MANY = ("too_large", "render_timeout", "check_timeout", "browser_crash")
# Of a visit that has no reason to be slow; reached only on a machine that is busy with others.
UNHURRIED_S = 45.0


@dataclass(frozen=True, kw_only=True)
class Case:
    """A page of the corpus.

    `ends` are the outcomes that are right: error codes, EXAMINED or PARTIAL. Most have one; where
    what gives way first depends on the machine, there are more, and none is a verdict on a
    non-page. `twin` is the page whose verdicts an examined one must have. `long` ones, which take
    their time or are another's variation, are left to the long form.
    """

    path: str
    answer: Answer
    ends: tuple[str, ...] = (EXAMINED,)
    twin: str = "/good"
    deadline_s: float = UNHURRIED_S
    long: bool = False


def scripted(script: str, *, late: bool = False) -> str:
    """The good page with a script before everything else, or at its end."""
    tag = f"<script>{script}</script>"
    return (
        GOOD.replace("</main>", f"</main>{tag}") if late else GOOD.replace("<head>", "<head>" + tag)
    )


def with_head(markup: str) -> str:
    return GOOD.replace("<head>", "<head>" + markup)


def with_body(markup: str) -> str:
    """The good page with more in its main part, which must break no rule of its own."""
    return GOOD.replace("</main>", f"{markup}</main>")


def raw(*parts: bytes, pause_s: float = 0.0) -> Answer:
    """Bytes straight to the socket: what else is no HTTP at all."""

    def answer(handler: Handler, site: Site) -> None:
        for part in parts:
            handler.wfile.write(part)
            handler.wfile.flush()
            if pause_s and site.released.wait(pause_s):
                return

    return answer


def endless(head: bytes, part: bytes, *, pause_s: float) -> Answer:
    """A response that never stops."""

    def answer(handler: Handler, site: Site) -> None:
        handler.wfile.write(head)
        while not site.released.wait(pause_s):
            handler.wfile.write(part)
            handler.wfile.flush()

    return answer


def headed(text: str, **headers: str) -> Answer:
    """A page with further headers; an underscore in a name stands for a hyphen."""
    return lambda handler, _: send_html(handler, text, **headers)
