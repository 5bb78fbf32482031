"""Reading a policy: the file `luiska.toml`, and the same words over HTTP.

What is unknown, missing or mistaken is an error that names the line. Nothing is guessed.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from checks import Impact
from service.barriers.gate.lines import line_of
from service.barriers.gate.selecting import BadSelector, read_selector
from service.barriers.gate.values import Policy, Suppress
from service.browser.actions import BadAction, parse_action


class BadPolicy(ValueError):
    """The policy cannot be followed; names the file, the line and the way out, a line each."""


def _css(text: str) -> str:
    try:
        read_selector(text)
    except BadSelector as error:
        raise ValueError(f"is not a CSS selector: {error}") from error
    return text


def _action(text: str) -> str:
    try:
        parse_action(text)
    except BadAction as error:
        raise ValueError(str(error)) from error
    return text


def _sides(text: str) -> str:
    if not all(200 <= int(side) <= 8000 for side in text.split("x")):
        raise ValueError("each side is 200 to 8000")
    return text


def _no_number(value: object) -> object:
    # Pydantic would take one for seconds since 1970.
    if isinstance(value, int | float):
        raise ValueError("write a date like 2027-01-31")
    return value


Words = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]
Selector = Annotated[Words, AfterValidator(_css)]
Viewport = Annotated[str, Field(pattern=r"^[0-9]{3,4}x[0-9]{3,4}$"), AfterValidator(_sides)]
Step = Annotated[Words, AfterValidator(_action)]
Elements = Annotated[int, Field(ge=0, strict=True)]
Day = Annotated[date, BeforeValidator(_no_number)]
Steps = Annotated[list[Step], Field(max_length=100)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class GateWords(_Part):
    """What breaks the gate. Every word left out has the default of `Policy`."""

    fail_on: Literal["new", "any", "none"] = "new"
    impact: Literal["minor", "moderate", "serious", "critical"] = "serious"
    budget: dict[str, Elements] = Field(default_factory=dict)
    witnessed: bool = False
    incomplete: Literal["fail", "allow"] = "fail"


class SuppressWords(_Part):
    """A decision to live with some findings until a date."""

    rule: Words | None = None
    selector: Selector | None = None
    url: Words | None = None
    reason: Words
    owner: Words
    expires: Day

    @model_validator(mode="after")
    def _names_something(self) -> "SuppressWords":
        if self.rule is None and self.selector is None and self.url is None:
            raise ValueError("name at least one of rule, selector and url")
        return self


class PolicyWords(_Part):
    """A policy as it is told over HTTP and kept with a project."""

    gate: GateWords = Field(default_factory=GateWords)
    suppress: list[SuppressWords] = Field(default_factory=list, max_length=1000)

    def to_policy(self) -> Policy:
        words = self.gate
        return Policy(
            fail_on=words.fail_on,
            impact=Impact(words.impact),
            budget=dict(words.budget),
            witnessed=words.witnessed,
            incomplete=words.incomplete,
            suppress=tuple(Suppress(**each.model_dump()) for each in self.suppress),
        )


class CrawlWords(_Part):
    """Pages found by following links."""

    start: Words
    max_pages: int | None = Field(default=None, ge=1, le=50_000)
    max_depth: int | None = Field(default=None, ge=0, le=100)
    include: list[Words] = Field(default_factory=list)
    exclude: list[Words] = Field(default_factory=list)


class CookieWords(_Part):
    """A cookie that each page is asked for with."""

    name: Words
    value: str = Field(max_length=4096)


class PageWords(_Part):
    """A page with more to say than its address, or a state that steps bring it into."""

    url: Words
    state: Words | None = None
    final_url: Words | None = None
    must_contain: Selector | None = None
    wait_for: Selector | None = None
    actions: Steps = Field(default_factory=list)
    login: Words | None = None


class LoginWords(_Part):
    """How to sign in; secrets stand as `${LUISKA_SECRET_NAME}`."""

    url: Words
    actions: Steps
    must_contain: Selector | None = None


class SarifWords(_Part):
    """Which file of the repository a page is made from."""

    files: dict[str, Words] = Field(default_factory=dict)


class PolicyFile(PolicyWords):
    """The whole of `luiska.toml`."""

    standard: Words | None = None
    base_url: Words | None = None
    urls: list[Words] = Field(default_factory=list, max_length=50_000)
    sitemap: Words | None = None
    crawl: CrawlWords | None = None
    viewports: list[Viewport] = Field(default_factory=list, max_length=8)
    wait_for: Selector | None = None
    must_contain: Selector | None = None
    actions: Steps = Field(default_factory=list)
    timeout_s: float | None = Field(default=None, gt=0, le=600)
    headers: dict[str, str] = Field(default_factory=dict)
    cookie: list[CookieWords] = Field(default_factory=list, max_length=50)
    page: list[PageWords] = Field(default_factory=list, max_length=10_000)
    login: dict[str, LoginWords] = Field(default_factory=dict)
    sarif: SarifWords = Field(default_factory=SarifWords)

    @model_validator(mode="after")
    def _states_are_told_apart(self) -> "PolicyFile":
        seen: set[tuple[str, str | None]] = set()
        for page in self.page:
            if (page.url, page.state) in seen:
                raise ValueError(
                    f"the [[page]] of {page.url} need a state each, to tell them apart"
                )
            seen.add((page.url, page.state))
        return self

    @model_validator(mode="after")
    def _logins_are_there(self) -> "PolicyFile":
        unknown = sorted({each.login for each in self.page if each.login} - set(self.login))
        if unknown:
            raise ValueError(f"there is no [login.{unknown[0]}], which a [[page]] names")
        return self


def read_policy(text: str, *, name: str) -> PolicyFile:
    """The policy of a file called `name`. Raises `BadPolicy`."""
    try:
        values = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy(f"{name}: {error}.") from error
    try:
        return PolicyFile.model_validate(values)
    except ValidationError as error:
        lines = [
            f"{name}, line {line_of(text, each['loc'])}: {_told(each)}" for each in error.errors()
        ]
        raise BadPolicy("\n".join(dict.fromkeys(lines))) from error


def _told(error: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in error["loc"] if part != "[key]")
    kind = error["type"]
    if kind == "extra_forbidden":
        return f"{where}: there is no such key."
    if kind == "missing":
        return f"{where}: is missing."
    message = str(error["msg"]).removeprefix("Value error, ").removesuffix(".")
    return f"{where}: {message}." if where else f"{message}."
