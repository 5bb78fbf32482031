"""What the command line has in common: where words go, exit codes, who acts, which store."""

import getpass
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import sqlalchemy as sa
import typer

from service.access import Actor, Permission, Role, Work, projects
from service.cli.words import COULD_NOT_RUN, GATE_FAILED, INCOMPLETE, CannotRun, complain, say
from service.config import Settings
from service.db import close_engine, make_engine, transaction
from service.errors import NotFound
from service.projects import Project as ProjectRow
from service.store import prepare_store, utc_now

__all__ = [
    "COULD_NOT_RUN",
    "GATE_FAILED",
    "INCOMPLETE",
    "CannotRun",
    "Output",
    "Project",
    "Server",
    "ServerToken",
    "complain",
    "find_project",
    "give",
    "give_json",
    "give_table",
    "host_and_port",
    "local_actor",
    "local_work",
    "opened_store",
    "refuse_bad_output",
    "say",
    "shown",
]

if TYPE_CHECKING:
    from rich.table import Table

_WIDTH_WITHOUT_TERMINAL = 140

Server = Annotated[
    str | None,
    typer.Option(
        envvar="LUISKA_SERVER", help="Address of a running service, instead of this machine."
    ),
]
ServerToken = Annotated[
    str | None,
    typer.Option("--token", envvar="LUISKA_TOKEN", help="Token for --server.", show_envvar=True),
]
Project = Annotated[str, typer.Option(help="Project in the store or on the server.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write here instead of to stdout.")
]


def host_and_port(option: str, text: str, *, least: int = 1) -> tuple[str, int]:
    """Both parts of HOST:PORT, IPv6 without its brackets. Raises `CannotRun` naming the option."""
    match = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[^\s:/\[\]]+):([0-9]{1,5})", text)
    if match is None or not least <= int(match[2]) < 65536:
        raise CannotRun(f"{option} {text}: write it like 127.0.0.1:3000.")
    return match[1].strip("[]"), int(match[2])


def give(text: str, output: Path | None = None) -> None:
    """The result: stdout, or the file asked for."""
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        _write_whole(output, text)
    except OSError as error:
        raise CannotRun(f"--output {output}: {error.strerror}") from error


def _write_whole(output: Path, text: str) -> None:
    """All of it or nothing: what stood in the file before stays when the disk is full."""
    file = output.resolve()
    if (file.exists() and not file.is_file()) or not os.access(file.parent, os.W_OK):
        # A pipe, a device, or a file in a folder that takes no other.
        file.write_text(text, encoding="utf-8")
        return
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        if file.exists():
            shutil.copymode(file, part)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def refuse_bad_output(output: Path | None, *, option: str = "--output") -> None:
    """Raise `CannotRun` when a file cannot be written there; asked before the work is done."""
    if output is not None and (output.is_dir() or not output.absolute().parent.is_dir()):
        reason = "is a folder" if output.is_dir() else "its folder is not there"
        raise CannotRun(f"{option} {output}: {reason}.")


def give_json(value: Any, output: Path | None = None) -> None:
    give(json.dumps(value, ensure_ascii=False, indent=2) + "\n", output)


def give_table(table: "Table", output: Path | None = None) -> None:
    """A table, as wide as the terminal; plain and of one width where there is none."""
    from rich.console import Console

    on_terminal = output is None and sys.stdout.isatty()
    console = Console(
        width=None if on_terminal else _WIDTH_WITHOUT_TERMINAL, force_terminal=on_terminal
    )
    with console.capture() as captured:
        console.print(table)
    give(captured.get(), output)


@contextmanager
def opened_store(settings: Settings) -> Iterator[sa.Engine]:
    """The store of this machine, migrated; it may be in use by a running service.

    Raises `CannotRun` when it cannot be opened.
    """
    with closing_engine(settings) as engine:
        prepare(engine, settings)
        yield engine


@contextmanager
def closing_engine(settings: Settings) -> Iterator[sa.Engine]:
    """Connections to the store of this machine, which may have to be prepared yet."""
    engine = make_engine(settings.database_url)
    try:
        yield engine
    finally:
        close_engine(engine)


def prepare(engine: sa.Engine, settings: Settings) -> None:
    """Migrate the store. Raises `CannotRun` when it cannot be opened."""
    try:
        prepare_store(engine, utc_now())
    except sa.exc.DatabaseError as error:
        reason = str(error.orig).partition("\n")[0]
        raise CannotRun(f"{shown(settings.database_url)}: {reason}") from error


@contextmanager
def local_work(engine: sa.Engine) -> Iterator[Work]:
    """One transaction by whoever sits at this machine, who may do everything here."""
    with transaction(engine) as session:
        yield Work(session=session, actor=local_actor(), now=utc_now())


def find_project(work: Work, name: str, permission: Permission) -> ProjectRow:
    """The project of the store with that id or slug. Raises `CannotRun`."""
    try:
        return projects.find_project(work, name, permission)
    except NotFound as error:
        raise CannotRun(f"--project {name}: there is no such project in this store.") from error


def shown(url: str) -> str:
    """A database URL without its password."""
    return sa.make_url(url).render_as_string(hide_password=True)


def local_actor() -> Actor:
    return Actor(name=f"{_user()} on this machine", role=Role.OWNER)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number that no account has.
        return f"user {os.getuid()}"
