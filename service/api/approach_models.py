"""How pages are approached, in bodies and answers of `/scans`."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from service.api.target_models import Url
from service.api.values import Answer, Body
from service.browser import Approach, Cookie, Login
from service.browser.approach import MAX_PICTURES

ActionText = Annotated[
    str, Field(min_length=1, max_length=4000, examples=["click element #show-menu"])
]
Selector = Annotated[str, Field(min_length=1, max_length=1000)]
_SECRET = (
    "May name a secret of the service's environment, `${LUISKA_SECRET_NAME}`, in a project that "
    "has origins."
)


class CookieBody(Body):
    """Set for the page's own host before the page is asked for."""

    name: str = Field(min_length=1, max_length=200)
    value: str = Field(max_length=8000, description=_SECRET)


class LoginBody(Body):
    """How one signs in: once in a browser for all pages of the scan.

    `must_contain` matches what is there only for who is signed in.
    """

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(min_length=1, max_length=100, description="Errors say which login failed.")
    url: Url
    actions: list[ActionText] = Field(min_length=1, max_length=100)
    must_contain: Selector | None = None

    def to_login(self) -> Login:
        return Login(
            name=self.name,
            url=self.url,
            actions=tuple(self.actions),
            must_contain=self.must_contain,
        )


class ApproachBody(Body):
    """What is done with every page before it is examined."""

    must_contain: Selector | None = Field(
        default=None,
        description="A CSS selector that only the page that is meant matches; one without it is "
        "an error and gets no verdict.",
    )
    actions: list[ActionText] = Field(
        default_factory=list,
        max_length=100,
        description="What is done on every page first, in pa11y's words, such as `set field #q to "
        "books`, `click element #go`, `wait for element #results to be visible`. " + _SECRET,
    )
    login: LoginBody | None = None
    headers: dict[str, str] = Field(
        default_factory=dict,
        max_length=50,
        description="Sent with every request of a page. With a secret in one, a page reaches "
        "nothing but the project's origins. " + _SECRET,
    )
    cookies: list[CookieBody] = Field(default_factory=list, max_length=50)
    page_state: str = Field(
        default="",
        max_length=100,
        description="A name for the state that this brings pages into, such as `menu open`: the "
        "same page in another state has findings of its own.",
    )
    frozen: bool = Field(
        default=False, description="Hold animations still, so that findings do not depend on them."
    )
    pictures: int = Field(
        default=0, ge=0, le=MAX_PICTURES, description="How many failed elements to picture a page."
    )

    page_picture: bool = Field(
        default=False,
        description="Picture each page as a whole; not with a login or a secret.",
    )

    def to_approach(self) -> Approach:
        return Approach(
            must_contain=self.must_contain,
            actions=tuple(self.actions),
            login=None if self.login is None else self.login.to_login(),
            headers=tuple(self.headers.items()),
            cookies=tuple(Cookie(**cookie.model_dump()) for cookie in self.cookies),
            frozen=self.frozen,
            pictures=self.pictures,
            page_picture=self.page_picture,
        )


class LoginAnswer(Answer):
    name: str
    url: str
    actions: list[str]
    must_contain: str | None


class ApproachAnswer(Answer):
    """What was asked for; of headers and cookies, the names."""

    must_contain: str | None
    actions: list[str]
    login: LoginAnswer | None
    headers: list[str]
    cookies: list[str]
    frozen: bool
    pictures: int
    page_picture: bool


def told(approach: Approach) -> dict[str, Any]:
    """The fields of an `ApproachAnswer`."""
    login = approach.login
    return {
        "must_contain": approach.must_contain,
        "actions": list(approach.actions),
        "login": None if login is None else LoginAnswer.model_validate(login),
        "headers": [name for name, _ in approach.headers],
        "cookies": [cookie.name for cookie in approach.cookies],
        "frozen": approach.frozen,
        "pictures": approach.pictures,
        "page_picture": approach.page_picture,
    }


class PicturesAnswer(Answer):
    """Selectors of the elements that have a picture, as findings spell them."""

    selectors: list[str]
