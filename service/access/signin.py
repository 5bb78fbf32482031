"""How a browser signs in: a single-use code, or a token, becomes a session's cookie.

Codes live 15 minutes and sessions 12 hours; both are kept hashed. A session ends earlier when
its token is revoked or somebody signs out.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlmodel import Session, col, delete, select

from service.access.audit import record
from service.access.roles import Permission, Role
from service.access.tables import SignInCode, Token, WebSession
from service.access.tokens import actor_of, authenticate, create_token, hash_secret
from service.access.work import Actor, Work
from service.errors import NotAllowed, NotFound, NotSignedIn

COOKIE = "luiska_session"
CODE_LIVES = timedelta(minutes=15)
SESSION_LIVES = timedelta(hours=12)
OPERATOR = "operator of this machine"

_CODE_IS_NO_GOOD = (
    "This sign-in link was used already or is older than 15 minutes. Make a new one "
    "(`luiska serve` prints one), or enter a token."
)


def create_code(work: Work, token_id: str) -> str:
    """A code that signs one browser in, once, with the rights of that token.

    Anybody may make one for their own token; for another's one must administer its project.
    Raises `NotFound` and `NotAllowed`.
    """
    token = work.session.get(Token, token_id)
    if token is None:
        raise NotFound("There is no such token.")
    if token.id != work.actor.token_id:
        work.require(Permission.ADMINISTER, token.project_id)
    code = secrets.token_urlsafe(32)
    work.session.add(
        SignInCode(code_hash=hash_secret(code), token_id=token.id, expires_at=work.now + CODE_LIVES)
    )
    record(
        work,
        "sign-in code created",
        subject="token",
        subject_id=token.id,
        project_id=token.project_id,
    )
    return code


def create_operator_code(work: Work) -> str:
    """A code for whoever runs the process: an owner of everything, whose secret nobody knows."""
    work.require(Permission.ADMINISTER, None)
    token = work.session.exec(
        select(Token).where(
            Token.name == OPERATOR,
            Token.role == Role.OWNER.value,
            col(Token.project_id).is_(None),
            col(Token.revoked_at).is_(None),
        )
    ).first()
    if token is None:
        token, _ = create_token(work, OPERATOR, Role.OWNER, None)
    return create_code(work, token.id)


def sign_in_with_code(session: Session, code: str, now: datetime) -> str:
    """Use a code up and answer the cookie's value. Raises `NotSignedIn`.

    The use mark is one conditional update, so that of two at once only one gets in.
    """
    code_hash = hash_secret(code)
    used = session.connection().execute(
        sa.update(SignInCode)
        .where(
            col(SignInCode.code_hash) == code_hash,
            col(SignInCode.used_at).is_(None),
            col(SignInCode.expires_at) > now,
        )
        .values(used_at=now)
    )
    if used.rowcount != 1:
        raise NotSignedIn(_CODE_IS_NO_GOOD)
    token_id = session.exec(
        select(SignInCode.token_id).where(SignInCode.code_hash == code_hash)
    ).one()
    token = session.get_one(Token, token_id)
    return _open(session, actor_of(token, now), now)


def sign_in_with_token(session: Session, secret: str, now: datetime) -> str:
    """Exchange a token's secret for the cookie's value. Raises `NotSignedIn`."""
    return _open(session, authenticate(session, secret.strip(), now), now)


def authenticate_cookie(session: Session, cookie: str, now: datetime) -> Actor:
    """Who holds the cookie. Raises `NotSignedIn` when the session is unknown or over."""
    web_session = session.get(WebSession, hash_secret(cookie))
    if web_session is None or web_session.expires_at <= now:
        raise NotSignedIn("Your session is over. Sign in again.")
    return actor_of(session.get_one(Token, web_session.token_id), now)


def sign_out(session: Session, cookie: str, now: datetime) -> None:
    """End the session of this cookie, and forget every session that is over anyway."""
    session.exec(
        delete(WebSession).where(
            sa.or_(
                col(WebSession.cookie_hash) == hash_secret(cookie),
                col(WebSession.expires_at) <= now,
            )
        )
    )


def require_same_origin(headers: Mapping[str, str]) -> None:
    """Refuse a write that another site made this browser send. Raises `NotAllowed`.

    The cookie alone proves nothing about who wrote the request, so the browser's own word is
    asked for: `Sec-Fetch-Site`, or `Origin` where the former is not sent (plain http). Both are
    set by the browser and out of any page's reach, and every browser in support sends one of
    them with each write; a form token would tell nothing more. `headers` are lower-case.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        allowed = site == "same-origin"
    else:
        origin = headers.get("origin")
        allowed = origin is not None and urlsplit(origin).netloc == headers.get("host")
    if not allowed:
        raise NotAllowed(
            "This came from another site. Send it from Luiska's own pages, or use a bearer token.",
            slug="cross-site",
        )


def _open(session: Session, actor: Actor, now: datetime) -> str:
    assert actor.token_id is not None
    cookie = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            cookie_hash=hash_secret(cookie),
            token_id=actor.token_id,
            created_at=now,
            expires_at=now + SESSION_LIVES,
        )
    )
    record(
        Work(session=session, actor=actor, now=now),
        "signed in",
        subject="token",
        subject_id=actor.token_id,
        project_id=actor.project_id,
    )
    session.flush()
    return cookie
