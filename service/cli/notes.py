"""`luiska notes`: add a file of session notes to a session."""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import col, select

from service.access import Work
from service.access.vault import open_vault
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
from service.cli.note_files import (
    Encoding,
    Format,
    ModeratorName,
    NoteFile,
    Part,
    ParticipantName,
    Preview,
    Separator,
    Spoken,
)
from service.config import Settings
from service.research.personal import warn_of_personal
from service.research.submissions import append_notes
from service.research.tables import ResearchSession


def notes(
    session: Annotated[str, typer.Argument(help="The session's id, or its label such as S-014.")],
    file: Annotated[
        Path, typer.Argument(help="Notes in the note grammar, or a file to import; - is stdin.")
    ],
    format_: Format = None,
    encoding: Encoding = None,
    separator: Separator = None,
    part: Part = None,
    spoken: Spoken = None,
    participant: ParticipantName = None,
    moderator: ModeratorName = None,
    preview: Preview = False,
    server: Server = None,
    token: ServerToken = None,
) -> None:
    """Add notes to a session. Every line is kept; doubts about lines are told on stderr.

    Transcripts, tables and documents of other programs are imported by their own format.
    """
    given = NoteFile(
        path=file,
        content=_read(file),
        format=format_,
        encoding=encoding,
        separator=separator,
        part=part,
        spoken=spoken,
        participant=tuple(participant or ()),
        moderator=tuple(moderator or ()),
    )
    if preview and not given.is_import():
        raise CannotRun(f"{file}: --preview is for files that are imported; say --format as well.")
    if server is not None:
        with ServerClient(server, token) as client:
            if given.is_import():
                answer = given.on_server(client, session, preview=preview)
            else:
                answer = client.post_text(f"/sessions/{session}/notes", given.content)
        if preview:
            give_json(answer)
            return
        observations, warnings = len(answer["observations"]), answer["warnings"]
    elif preview:
        give_json(_preview(session, given))
        return
    else:
        observations, warnings = _add(session, given)
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


def _preview(session: str, given: NoteFile) -> dict[str, Any]:
    with opened_store(Settings()) as engine, local_work(engine) as work:
        return given.previewed(work, _session_id(work, session))


def _add(session: str, given: NoteFile) -> tuple[int, list[dict[str, Any]]]:
    with opened_store(Settings()) as engine, local_work(engine) as work:
        if given.is_import():
            return given.imported(work, _session_id(work, session))
        warn = partial(warn_of_personal, work, open_vault(Settings()))
        made = append_notes(work, _session_id(work, session), given.content, warn=warn)
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
