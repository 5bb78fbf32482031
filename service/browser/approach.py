"""How a page is approached before it is examined: signed in, acted on, held still."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from service.browser.actions.grammar import BadAction, CaptureScreen, parse_action
from service.browser.secrets import misspelt, placeholders
from service.errors import pointer_token

MAX_PICTURES = 50
_LONGEST_SELECTOR = 1000
_LONGEST_VALUE = 8000
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110, section 5.6.2."""
_HEADER_VALUE = re.compile(r"[\x21-\x7e\x80-\xff]([\x20-\x7e\x80-\xff\t]*[\x21-\x7e\x80-\xff])?")
_COOKIE_VALUE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*")
"""RFC 6265, section 4.1.1."""
# What a connection is made of is Chromium's own; cookies have a place of their own.
_NOT_OURS = frozenset(
    {
        "connection", "content-length", "cookie", "expect", "host", "keep-alive", "origin",
        "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Cookie:
    """Set for the page's own host before the page is asked for."""

    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Login:
    """How one signs in: once in a browser for all pages, and again when a page asks for it.

    `must_contain` is a CSS selector of what is only there for who is signed in; without it, a page
    that still shows a password field tells that signing in failed.
    """

    name: str
    url: str
    actions: tuple[str, ...]
    must_contain: str | None = None


@dataclass(frozen=True, kw_only=True)
class Approach:
    """What is done with each page. Values may name secrets: `${LUISKA_SECRET_…}`.

    `must_contain` is a CSS selector that only the page that is meant matches. `frozen` holds
    animations still. `pictures` is how many failed elements are pictured at the most; with
    `page_picture` the page as a whole is, which nothing confidential may be on.
    """

    must_contain: str | None = None
    actions: tuple[str, ...] = ()
    login: Login | None = None
    headers: tuple[tuple[str, str], ...] = ()
    cookies: tuple[Cookie, ...] = ()
    frozen: bool = False
    pictures: int = 0
    page_picture: bool = False

    @property
    def is_repeatable(self) -> bool:
        """Whether the findings of the same page hold: nothing is done that changes or needs it."""
        return replace(self, must_contain=None) == PLAIN

    @property
    def changes_browser(self) -> bool:
        """Whether something is left in the tab that the next page must not meet."""
        return replace(self, must_contain=None, frozen=False) != PLAIN

    @property
    def private_texts(self) -> Iterator[tuple[str, str]]:
        """Every text that may name a secret, with a JSON Pointer to it."""
        yield from ((f"/actions/{index}", text) for index, text in enumerate(self.actions))
        if self.login is not None:
            own = enumerate(self.login.actions)
            yield from ((f"/login/actions/{index}", text) for index, text in own)
        yield from ((_header_at(name), value) for name, value in self.headers)
        cookies = enumerate(self.cookies)
        yield from ((f"/cookies/{index}/value", cookie.value) for index, cookie in cookies)

    @property
    def secrets(self) -> dict[str, str]:
        """The names of the secrets that it wants, each with a JSON Pointer to where it does."""
        return {name: at for at, text in self.private_texts for name in sorted(placeholders(text))}

    @property
    def has_secret_headers(self) -> bool:
        return any(placeholders(value) for _, value in self.headers)

    @property
    def is_confidential(self) -> bool:
        """Whether there is something in the browser that frames of other sites must not get at."""
        return self.login is not None or bool(self.secrets)

    @property
    def notices(self) -> tuple[str, ...]:
        """What it asks for and does not get, as sentences."""
        login_actions = () if self.login is None else self.login.actions
        return tuple(
            f"`{text}` kept no file: pictures of elements are in the HTML report."
            for text in dict.fromkeys((*self.actions, *login_actions))
            if isinstance(parse_action(text), CaptureScreen)
        )


PLAIN = Approach()
"""The page is asked for and examined, no more."""


def approach_faults(approach: Approach) -> Iterator[tuple[str, str]]:
    """What is wrong with it: a JSON Pointer (`/actions/0`) and a sentence for each."""
    yield from _selector_faults("/must_contain", approach.must_contain)
    yield from _action_faults("/actions", approach.actions)
    if approach.login is not None:
        yield from _login_faults(approach.login)
    seen: set[str] = set()
    for name, value in approach.headers:
        at = _header_at(name)
        yield from _header_faults(at, name, value)
        if name.lower() in seen:
            yield at, "This header is given twice; names differ in more than capitals."
        seen.add(name.lower())
    for index, cookie in enumerate(approach.cookies):
        yield from _cookie_faults(f"/cookies/{index}", cookie)
    if not 0 <= approach.pictures <= MAX_PICTURES:
        yield "/pictures", f"Between 0 and {MAX_PICTURES}."
    if approach.page_picture and approach.is_confidential:
        yield (
            "/page_picture",
            "A page behind a login, or one that is given a secret, is not pictured as a whole.",
        )


def _selector_faults(at: str, selector: str | None) -> Iterator[tuple[str, str]]:
    if selector is None:
        return
    if not selector.strip() or len(selector) > _LONGEST_SELECTOR:
        yield at, f"Give a CSS selector of up to {_LONGEST_SELECTOR} characters."


def _action_faults(at: str, actions: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for index, text in enumerate(actions):
        try:
            parse_action(text)
        except BadAction as error:
            yield f"{at}/{index}", str(error)
        yield from _spelling_faults(f"{at}/{index}", text)


def _login_faults(login: Login) -> Iterator[tuple[str, str]]:
    if not login.name.strip():
        yield "/login/name", "Name the login, so that errors can say which one failed."
    if not login.actions:
        yield "/login/actions", "A login takes actions, such as `click element #sign-in`."
    yield from _action_faults("/login/actions", login.actions)
    yield from _selector_faults("/login/must_contain", login.must_contain)
    if placeholders(login.url):
        yield "/login/url", "An address is stored and shown: it cannot hold a secret."


def _header_at(name: str) -> str:
    return f"/headers/{pointer_token(name)}"


def _header_faults(at: str, name: str, value: str) -> Iterator[tuple[str, str]]:
    lowered = name.lower()
    if _TOKEN.fullmatch(name) is None:
        yield at, "This is no name of a header."
    elif lowered in _NOT_OURS or lowered.startswith("sec-"):
        yield at, "The browser alone sends this header; for cookies there is `cookies`."
    if _HEADER_VALUE.fullmatch(value) is None or len(value) > _LONGEST_VALUE:
        yield at, "A header's value is one line of printable characters."
    yield from _spelling_faults(at, value)


def _cookie_faults(at: str, cookie: Cookie) -> Iterator[tuple[str, str]]:
    if _TOKEN.fullmatch(cookie.name) is None:
        yield f"{at}/name", "This is no name of a cookie."
    if _COOKIE_VALUE.fullmatch(cookie.value) is None or len(cookie.value) > _LONGEST_VALUE:
        yield f"{at}/value", "A cookie's value has no spaces, quotes, commas, semicolons."
    yield from _spelling_faults(f"{at}/value", cookie.value)


def _spelling_faults(at: str, text: str) -> Iterator[tuple[str, str]]:
    if misspelt(text):
        yield at, "Write a secret as ${LUISKA_SECRET_NAME}: capitals, digits and underscores."
