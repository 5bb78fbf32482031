"""The language of actions: every sentence that pa11y 9 takes, and what it means.

Where pa11y reads a word in capitals in another way than the same word in small letters (`Uncheck`
checks, `to be Visible` never comes true), it is read here as what it says.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from service.browser.secrets import placeholders

ElementState = Literal["added", "removed", "visible", "hidden"]
AddressPart = Literal["hash", "host", "pathname", "href"]

LONGEST_ACTION = 4000
FORMS = (
    "navigate to <url>",
    "click element <selector>",
    "set field <selector> to <value>",
    "clear field <selector>",
    "check field <selector>",
    "uncheck field <selector>",
    "screen capture <file>",
    "wait for url|host|path|fragment to be <value>",
    "wait for url|host|path|fragment to not be <value>",
    "wait for element <selector> to be added|removed|visible|hidden",
    "wait for element <selector> to emit <event>",
)
_PARTS: dict[str, AddressPart] = {
    "fragment": "hash",
    "hash": "hash",
    "host": "host",
    "path": "pathname",
    "url": "href",
}
# As JavaScript, pa11y's language, has them.
_ANY = r"[^\n\r\u2028\u2029]"
_BLACK = r"[^\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]"


@dataclass(frozen=True, kw_only=True)
class NavigateTo:
    """An absolute address, or one relative to the page shown."""

    url: str


@dataclass(frozen=True, kw_only=True)
class Click:
    selector: str


@dataclass(frozen=True, kw_only=True)
class SetField:
    """`value` may name secrets; an empty one clears the field."""

    selector: str
    value: str


@dataclass(frozen=True, kw_only=True)
class SetChecked:
    selector: str
    checked: bool


@dataclass(frozen=True, kw_only=True)
class CaptureScreen:
    """Accepted and not done: no request of a scan names a file to be written."""

    file: str


@dataclass(frozen=True, kw_only=True)
class WaitForAddress:
    part: AddressPart
    value: str
    negated: bool = False


@dataclass(frozen=True, kw_only=True)
class WaitForElement:
    selector: str
    state: ElementState


@dataclass(frozen=True, kw_only=True)
class WaitForEvent:
    selector: str
    event: str


Action = (
    NavigateTo
    | Click
    | SetField
    | SetChecked
    | CaptureScreen
    | WaitForAddress
    | WaitForElement
    | WaitForEvent
)


class BadAction(ValueError):
    """The text is no action; says what is wrong with it and which forms there are."""


def parse_action(text: str) -> Action:
    """The action that `text` asks for. Raises BadAction."""
    if len(text) > LONGEST_ACTION:
        raise BadAction(f"An action has {LONGEST_ACTION} characters at the most.")
    for pattern, read in _SENTENCES:
        match = pattern.fullmatch(text)
        if match is not None:
            action = read(match)
            _refuse_misplaced_secrets(text, action)
            return action
    raise BadAction(f"{text!r} is no action. There are: {'; '.join(FORMS)}.")


def _refuse_misplaced_secrets(text: str, action: Action) -> None:
    if not isinstance(action, SetField):
        named = placeholders(text)
    else:
        named = placeholders(action.selector)
    if named:
        raise BadAction(
            f"{text!r} names {', '.join(sorted(named))}: in an action, a secret can only be the "
            "value of `set field <selector> to <value>`."
        )


def _navigate(match: re.Match[str]) -> Action:
    url = match["url"]
    try:
        scheme = urlsplit(url).scheme
    except ValueError as error:
        raise BadAction(f"`navigate to {url}` names no address: {error}.") from error
    if scheme not in {"", "http", "https"}:
        raise BadAction(f"`navigate to {url}`: only http and https addresses are visited.")
    return NavigateTo(url=url)


def _wait_for_element(match: re.Match[str]) -> Action:
    state: ElementState = match["state"].lower()  # type: ignore[assignment]
    return WaitForElement(selector=match["selector"], state=state)


def _wait_for_address(match: re.Match[str]) -> Action:
    return WaitForAddress(
        part=_PARTS[match["part"].lower()],
        value=match["value"],
        negated=match["negated"] is not None or match["before"] is not None,
    )


def _sentence(pattern: str) -> re.Pattern[str]:
    words = pattern.replace("ANY", _ANY).replace("BLACK", _BLACK)
    return re.compile(words, re.IGNORECASE | re.ASCII)


# In pa11y's order: the first that fits is meant.
_SENTENCES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Action]], ...] = (
    (_sentence(r"navigate to( url)? (?P<url>ANY+)"), _navigate),
    (
        _sentence(r"click( element)? (?P<selector>ANY+)"),
        lambda match: Click(selector=match["selector"]),
    ),
    (
        _sentence(r"set( field)? (?P<selector>ANY+?) to (?P<value>ANY+)"),
        lambda match: SetField(selector=match["selector"], value=match["value"]),
    ),
    (
        _sentence(r"clear( field)? (?P<selector>ANY+)"),
        lambda match: SetField(selector=match["selector"], value=""),
    ),
    (
        _sentence(r"(?P<verb>check|uncheck)( field)? (?P<selector>ANY+)"),
        lambda match: SetChecked(
            selector=match["selector"], checked=match["verb"].lower() == "check"
        ),
    ),
    (
        _sentence(r"(screen[ -]?capture|capture[ -]?screen)( to)? (?P<file>ANY+)"),
        lambda match: CaptureScreen(file=match["file"]),
    ),
    (
        _sentence(
            r"wait for (?P<part>fragment|hash|host|path|url)"
            r"( to (?P<negated>not )?be| (?P<before>not) to be)? (?P<value>BLACK+)"
        ),
        _wait_for_address,
    ),
    (
        _sentence(
            r"wait for( element)? (?P<selector>ANY+) to be (?P<state>added|removed|visible|hidden)"
        ),
        _wait_for_element,
    ),
    (
        _sentence(r"wait for( element)? (?P<selector>ANY+) to emit (?P<event>ANY+)"),
        lambda match: WaitForEvent(selector=match["selector"], event=match["event"]),
    ),
)
