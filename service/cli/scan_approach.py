"""How pages are approached, as the options of the command line say it."""

from typing import Annotated

import typer

from service.cli.words import CannotRun
from service.scans import Approach, Cookie, ScanRequest

MustContain = Annotated[
    str | None,
    typer.Option(help="CSS selector that only the page that is meant matches."),
]
Actions = Annotated[
    list[str] | None,
    typer.Option(
        "--action",
        help="Done on each page first, in pa11y's words: 'click element #menu'; repeatable. "
        "'${LUISKA_SECRET_X}' in a value is taken from the environment.",
    ),
]
Headers = Annotated[
    list[str] | None,
    typer.Option("--header", metavar="NAME:VALUE", help="Sent with each request; repeatable."),
]
Cookies = Annotated[
    list[str] | None,
    typer.Option("--cookie", metavar="NAME=VALUE", help="Set for each page's host; repeatable."),
]


def requested_approach(
    must_contain: str | None,
    actions: list[str] | None,
    headers: list[str] | None,
    cookies: list[str] | None,
) -> Approach:
    """The approach asked for. Raises `CannotRun` on what is no header or cookie."""
    pairs = [_pair("--cookie", "=", each) for each in cookies or []]
    return Approach(
        must_contain=must_contain,
        actions=tuple(actions or ()),
        headers=tuple(_pair("--header", ":", each) for each in headers or []),
        cookies=tuple(Cookie(name=name, value=value) for name, value in pairs),
    )


def approach_option(pointer: str, request: ScanRequest) -> str | None:
    """What the API calls `/actions/0`, as it stands on the command line; None for other fields."""
    field, _, rest = pointer.removeprefix("/").partition("/")
    index = rest.partition("/")[0]
    if field == "actions" and index.isdecimal():
        return f"--action {request.approach.actions[int(index)]!r}"
    if field == "headers":
        return f"--header {rest}"
    if field == "cookies" and index.isdecimal():
        return f"--cookie {request.approach.cookies[int(index)].name}"
    return None


def _pair(option: str, separator: str, text: str) -> tuple[str, str]:
    name, found, value = text.partition(separator)
    if not found or not name.strip():
        # The text may be a secret that was meant to follow the name.
        raise CannotRun(f"{option}: write it like NAME{separator}VALUE.")
    return name.strip(), value.strip()
