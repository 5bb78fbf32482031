"""Bearer tokens: made for people and pipelines, recognised by the hash of their secret."""

import hashlib
import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from service.access.audit import record
from service.access.roles import Permission, Role
from service.access.tables import Token
from service.access.work import Actor, Work
from service.errors import NotFound, NotSignedIn

SECRET_PREFIX = "luiska_"


def hash_secret(secret: str) -> str:
    """SHA-256 in hex. Secrets carry 256 bits of chance, so no salt and no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def create_token(work: Work, name: str, role: Role, project_id: str | None) -> tuple[Token, str]:
    """A new token and its secret, which is told this once and kept only as a hash.

    `project_id` None makes a token for all projects, which an owner of one project may not make.
    Raises `NotAllowed` and `NotFound`.
    """
    work.require(Permission.ADMINISTER, project_id)
    secret = SECRET_PREFIX + secrets.token_urlsafe(32)
    token = Token(
        name=name,
        secret_hash=hash_secret(secret),
        role=role.value,
        project_id=project_id,
        created_at=work.now,
    )
    work.session.add(token)
    work.session.flush()
    record(
        work,
        "token created",
        subject="token",
        subject_id=token.id,
        project_id=project_id,
        role=role.value,
    )
    return token, secret


def list_tokens(work: Work, project_id: str | None) -> SelectOfScalar[Token]:
    """The tokens of one project, or with None those for all projects; revoked ones too."""
    work.require(Permission.ADMINISTER, project_id)
    return select(Token).where(col(Token.project_id) == project_id)


def find_token(work: Work, token_id: str, project_id: str | None) -> Token:
    """The token of that project, a revoked one too. Raises `NotFound`."""
    work.require(Permission.ADMINISTER, project_id)
    token = work.session.get(Token, token_id)
    if token is None or token.project_id != project_id:
        raise NotFound("There is no such token.")
    return token


def find_valid_token(work: Work, token_id: str, project_id: str | None) -> Token:
    """The token of that project, unless it was revoked. Raises `NotFound`."""
    token = find_token(work, token_id, project_id)
    if token.revoked_at is not None:
        raise NotFound("This token was revoked; the list of tokens says when.")
    return token


def revoke_token(work: Work, token_id: str, project_id: str | None) -> None:
    """End a token at once, with every browser session made from it; doing it again is fine."""
    token = find_token(work, token_id, project_id)
    if token.revoked_at is not None:
        return
    token.revoked_at = work.now
    record(work, "token revoked", subject="token", subject_id=token.id, project_id=token.project_id)


_BY_SECRET = select(Token).where(
    Token.secret_hash == sa.bindparam("secret_hash", type_=sa.String())
)


def authenticate(session: Session, secret: str, now: datetime) -> Actor:
    """Who holds `secret`. Raises `NotSignedIn` when nobody does or the token was revoked."""
    token = session.exec(_BY_SECRET, params={"secret_hash": hash_secret(secret)}).first()
    if token is None:
        raise NotSignedIn("This token is not known here. Ask an owner of the project for one.")
    return actor_of(token, now)


def actor_of(token: Token, now: datetime) -> Actor:
    """The actor that a token stands for. Raises `NotSignedIn` once it is revoked."""
    if token.revoked_at is not None and token.revoked_at <= now:
        raise NotSignedIn("This token was revoked. Ask an owner of the project for a new one.")
    return Actor(
        name=token.name, role=Role(token.role), token_id=token.id, project_id=token.project_id
    )
