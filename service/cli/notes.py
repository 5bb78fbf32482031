"""`luiska notes`: add a file of session notes to a session."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import col, select

from service.access import Work
from service.barriers import verify_after
from service.cli.client import ServerClient
from service.cli.console import (
    CannotRun,
    Server,
    ServerToken,
    give_json,
    local_work,
    opened_store,
    say,
)
from service.config import Settings
from service.research.submissions import append_notes
from service.research.tables import ResearchSession


def notes(
    session: Annotated[str, typer.Argument(help="The session's id, or its label such as S-014.")],
    file: Annotated[Path, typer.Argument(help="Notes in the note grammar; - is stdin.")],
    server: Server = None,
    token: ServerToken = None,
) -> None:
    """Add notes to a session. Every line is kept; doubts about lines are told on stderr."""
    text = _read(file)
    if server is not None:
        with ServerClient(server, token) as client:
            answer = client.post_text(f"/sessions/{session}/notes", text)
        observations, warnings = len(answer["observations"]), answer["warnings"]
    else:
        observations, warnings = _append(session, text)
    for each in warnings:
        say(f"{file}:{each.get('line', '?')}: {each['detail']}")
    give_json({"session": session, "observations": observations, "warnings": len(warnings)})


def _read(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise CannotRun(f"{file}: {error.strerror}") from error


def _append(session: str, text: bytes) -> tuple[int, list[dict[str, Any]]]:
    with opened_store(Settings()) as engine, local_work(engine) as work:
        made = append_notes(work, _session_id(work, session), text)
        verify_after(work, made)
        observations = sum(entry.kind == "observation" for entry, _ in made.entries)
        return observations, list(made.submission.warnings)


def _session_id(work: Work, name: str) -> str:
    found = work.session.exec(
        select(ResearchSession.id).where(
            (ResearchSession.id == name) | (ResearchSession.label == name)
        )
    ).all()
    if len(found) > 1:
        raise CannotRun(f"{len(found)} studies have a session {name}; name it by its id.")
    if not found:
        labels = work.session.exec(select(ResearchSession.label).order_by(col(ResearchSession.id)))
        known = ", ".join(labels.all()[:20]) or "none"
        raise CannotRun(f"There is no session {name} in this store. It has: {known}.")
    return found[0]
