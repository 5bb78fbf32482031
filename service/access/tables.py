"""Tables: token, sign_in_code, web_session, audit_entry, idempotency_key, vault_entry."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from service.db.columns import json_column, new_id


class Token(SQLModel, table=True):
    """A bearer token; only the hash of its secret is kept."""

    __tablename__ = "token"

    id: str = Field(default_factory=new_id, primary_key=True)
    name: str
    secret_hash: str = Field(unique=True)
    role: str
    project_id: str | None = Field(
        default=None, foreign_key="project.id", ondelete="CASCADE", index=True
    )
    created_at: datetime
    revoked_at: datetime | None = None


class SignInCode(SQLModel, table=True):
    """A single-use link that exchanges itself for a browser session."""

    __tablename__ = "sign_in_code"

    code_hash: str = Field(primary_key=True)
    token_id: str = Field(foreign_key="token.id", ondelete="CASCADE")
    expires_at: datetime
    used_at: datetime | None = None


class WebSession(SQLModel, table=True):
    """A browser's session; the cookie's value is kept hashed."""

    __tablename__ = "web_session"

    cookie_hash: str = Field(primary_key=True)
    token_id: str = Field(foreign_key="token.id", ondelete="CASCADE")
    created_at: datetime
    expires_at: datetime


class AuditEntry(SQLModel, table=True):
    """Who did what to which thing. Holds ids and counts only, nothing personal."""

    __tablename__ = "audit_entry"

    id: str = Field(default_factory=new_id, primary_key=True)
    at: datetime
    actor: str
    token_id: str | None = None
    action: str
    subject: str
    subject_id: str
    project_id: str | None = Field(default=None, index=True)
    detail: dict[str, str | int | bool | None] = json_column(dict)


class IdempotencyKey(SQLModel, table=True):
    """An `Idempotency-Key` already honoured: what it made, by id; never a body."""

    __tablename__ = "idempotency_key"

    token_id: str = Field(primary_key=True)
    route: str = Field(primary_key=True)
    key: str = Field(primary_key=True, max_length=255)
    request_hash: str
    made_id: str
    created_at: datetime


class VaultEntry(SQLModel, table=True):
    """Who a participant is and how to reach them, sealed with a key that the database lacks."""

    __tablename__ = "vault_entry"

    participant_id: str = Field(foreign_key="participant.id", ondelete="CASCADE", primary_key=True)
    sealed: bytes
    changed_by: str
    changed_at: datetime
