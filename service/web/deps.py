"""What pages depend on: the transaction, who is signed in, and the fields of a form.

The first lines mirror `service.api.deps`; the two transports know nothing of each other.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Depends, Request
from sqlmodel import Session

from service import db
from service.access import Work, signin
from service.errors import Malformed, NotSignedIn

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_MOST_FIELDS = 200


class SignInFirst(Exception):
    """The page needs somebody signed in; the application redirects to `address`."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


async def _seat(request: Request) -> AsyncIterator[None]:
    async with request.app.state.seats:
        yield


def transaction(
    request: Request, _seat: Annotated[None, Depends(_seat, scope="function")]
) -> Iterator[Session]:
    """One session in one transaction, committed before the page is sent."""
    writes = request.method not in _SAFE_METHODS
    with db.transaction(request.app.state.engine, writes=writes) as session:
        yield session


PageSession = Annotated[Session, Depends(transaction, scope="function")]


def page_work(request: Request, session: PageSession) -> Work:
    """The unit of work of whoever is signed in; anybody else is sent to the sign-in page.

    Raises `SignInFirst`, and `NotAllowed` on a form that another site sent.
    """
    now = request.app.state.clock()
    cookie = request.cookies.get(signin.COOKIE)
    if request.method not in _SAFE_METHODS:
        signin.require_same_origin(request.headers)
    try:
        if not cookie:
            raise NotSignedIn("Sign in first.")
        actor = signin.authenticate_cookie(session, cookie, now)
    except NotSignedIn:
        raise SignInFirst(sign_in_address(request)) from None
    return Work(session=session, actor=actor, now=now)


PageWork = Annotated[Work, Depends(page_work)]


def sign_in_address(request: Request) -> str:
    """The sign-in page that leads back here; after a form, to the front page."""
    if request.method not in _SAFE_METHODS:
        return "/sign-in"
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/sign-in?" + urlencode({"next": here})


def safe_next(address: str | None) -> str:
    """A path on this site, or `/`: nobody is sent elsewhere by a link to the sign-in page."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return "/"
    if any(character < " " or character in "\\\x7f" for character in address):
        return "/"
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else address


async def form_fields(request: Request) -> dict[str, str]:
    """The fields of an urlencoded form; of a repeated field the last. Raises `Malformed`."""
    body = (await request.body()).decode("utf-8", "replace")
    try:
        fields = parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Malformed(f"A form may have {_MOST_FIELDS} fields.") from None
    return {name: value.replace("\0", "") for name, value in fields}


FormFields = Annotated[dict[str, str], Depends(form_fields)]
