"""`luiska token`: make, list and revoke bearer tokens."""

from typing import Annotated

import typer
from sqlmodel import col, select

from service.access import Permission, Role, signin, tokens
from service.access.tables import Token
from service.cli.console import (
    find_project,
    give,
    give_json,
    local_work,
    opened_store,
    say,
)
from service.config import Settings

app = typer.Typer(help="Bearer tokens.", no_args_is_help=True)
Project = Annotated[
    str | None, typer.Option(help="Reach only this project (id or slug); left out: all.")
]


@app.command("create")
def create(
    role: Annotated[Role, typer.Option(help="What it may do.")] = Role.OWNER,
    name: Annotated[str, typer.Option(help="Whose it is; stands in the audit trail.")] = "owner",
    project: Project = None,
    sign_in: Annotated[
        bool, typer.Option(help="Also make a single-use sign-in link for a browser.")
    ] = True,
) -> None:
    """Make a token. It is printed on stdout, once, and is kept only as a hash."""
    settings = Settings()
    with opened_store(settings) as engine, local_work(engine) as work:
        scope = None
        if project is not None:
            scope = find_project(work, project, Permission.ADMINISTER).id
        token, secret = tokens.create_token(work, name, role, scope)
        code = signin.create_code(work, token.id) if sign_in else None
    give(f"{secret}\n")
    if code is not None:
        say(f"Sign-in link, single use: http://{settings.host}:{settings.port}/sign-in/{code}")


@app.command("list")
def list_all(project: Project = None) -> None:
    """List the tokens, also revoked ones, without their secrets, as JSON."""
    with opened_store(Settings()) as engine, local_work(engine) as work:
        statement = select(Token)
        if project is not None:
            found = find_project(work, project, Permission.ADMINISTER)
            statement = tokens.list_tokens(work, found.id)
        rows = work.session.exec(statement.order_by(col(Token.id))).all()
        give_json(
            [
                {
                    "id": row.id,
                    "name": row.name,
                    "role": row.role,
                    "project_id": row.project_id,
                    "created_at": row.created_at.isoformat().replace("+00:00", "Z"),
                    "revoked": row.revoked_at is not None,
                }
                for row in rows
            ]
        )


@app.command("revoke")
def revoke(token_id: str) -> None:
    """End a token at once, and the browser sessions it opened."""
    with opened_store(Settings()) as engine, local_work(engine) as work:
        token = work.session.get(Token, token_id)
        scope = None if token is None else token.project_id
        tokens.revoke_token(work, token_id, scope)
