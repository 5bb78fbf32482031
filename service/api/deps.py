"""What routes depend on: the transaction, who is asking, and the unit of work.

The transaction has the scope `function`: it is committed before the answer is sent, so that no
answer promises what a failed commit took back.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import Session

from service import db
from service.access import Actor, Work, signin, tokens
from service.errors import NotSignedIn

Result = TypeVar("Result")
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

_bearer = HTTPBearer(
    scheme_name="token", description="A token of Luiska: `luiska_…`", auto_error=False
)
_cookie = APIKeyCookie(
    name=signin.COOKIE,
    scheme_name="session",
    description="The session of a signed-in browser; writes must come from Luiska's own pages.",
    auto_error=False,
)


async def _seat(request: Request) -> AsyncIterator[None]:
    """Wait here, without a thread, until a database connection is certain to be free.

    Requests that hold a connection while they wait for a thread, and others that hold a thread
    while they wait for a connection, would otherwise block each other.
    """
    async with request.app.state.seats:
        yield


def transaction(
    request: Request, _seat: Annotated[None, Depends(_seat, scope="function")]
) -> Iterator[Session]:
    """One session in one transaction, committed before the answer is sent."""
    writes = request.method not in _SAFE_METHODS
    with db.transaction(request.app.state.engine, writes=writes) as session:
        yield session


CurrentSession = Annotated[Session, Depends(transaction, scope="function")]


def unit_of_work(
    request: Request,
    session: CurrentSession,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    cookie: Annotated[str | None, Security(_cookie)],
) -> Work:
    """The authenticated unit of work; operations ask it for their permissions themselves.

    Raises `NotSignedIn`, and `NotAllowed` on a write by cookie that came from another site.
    """
    return _work(request, session, bearer, cookie)


def _work(
    request: Request,
    session: Session,
    bearer: HTTPAuthorizationCredentials | None,
    cookie: str | None,
) -> Work:
    now = request.app.state.clock()
    if request.headers.get("authorization") is not None:
        actor = _by_token(session, bearer, now)
    elif cookie:
        if request.method not in _SAFE_METHODS:
            signin.require_same_origin(request.headers)
        actor = signin.authenticate_cookie(session, cookie, now)
    else:
        raise NotSignedIn("Send a token: `Authorization: Bearer luiska_…`.")
    return Work(session=session, actor=actor, now=now)


def _by_token(
    session: Session, bearer: HTTPAuthorizationCredentials | None, now: datetime
) -> Actor:
    if bearer is None:
        raise NotSignedIn("Send the token like this: `Authorization: Bearer luiska_…`.")
    return tokens.authenticate(session, bearer.credentials, now)


CurrentWork = Annotated[Work, Depends(unit_of_work)]


class WorkOpener:
    """Opens units of work for a route that must not hold one to its end, such as a stream."""

    def __init__(
        self,
        request: Request,
        bearer: HTTPAuthorizationCredentials | None,
        cookie: str | None,
    ) -> None:
        self._request = request
        self._bearer = bearer
        self._cookie = cookie

    def together(self, task: Callable[[Work], Result]) -> Result:
        """The result of a short write, in one transaction with those that others ask for now.

        On SQLite, where one writes at a time; elsewhere each has its own.
        """
        state = self._request.app.state
        if state.engine.dialect.name != "sqlite":
            with self() as work:
                return task(work)
        together: db.Together = state.together
        return together.write(
            lambda session: task(_work(self._request, session, self._bearer, self._cookie))
        )

    @contextmanager
    def __call__(self, *, only_reads: bool = False) -> Iterator[Work]:
        """One authenticated transaction, committed when the block ends."""
        writes = self._request.method not in _SAFE_METHODS and not only_reads
        with db.transaction(self._request.app.state.engine, writes=writes) as session:
            yield _work(self._request, session, self._bearer, self._cookie)


async def work_opener(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    cookie: Annotated[str | None, Security(_cookie)],
) -> WorkOpener:
    """Async, as all that only puts values together: each sync dependency waits for a thread."""
    return WorkOpener(request, bearer, cookie)


ShortWork = Annotated[WorkOpener, Depends(work_opener)]

ASK_AGAIN_S = 5.0
"""How often a stream asks again whether its caller may read on."""
