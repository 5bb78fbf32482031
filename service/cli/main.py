"""`luiska`: every verb, and what a failure looks like: one line on stderr and an exit code."""

import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from types import FrameType

import typer
from alembic.util import CommandError
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, DatabaseError
from typer.exceptions import Abort, TyperException

from service.browser import MissingPart
from service.cli.console import COULD_NOT_RUN, CannotRun, complain, say
from service.errors import ServiceError
from service.jobs import ExecutorIsTaken

_PARTS = "LUISKA_CHROMIUM, LUISKA_CHROMEDRIVER and LUISKA_AXE_PATH name such parts"
# What Typer answers in place of a KeyboardInterrupt.
_INTERRUPTED = 130

# Only the module of the verb that is called is imported: a scan should not wait for a web server.
_VERBS = (
    "serve",
    "worker",
    "guard",
    "scan",
    "notes",
    "barriers",
    "doctor",
    "demo",
)
_GROUPS = ("token", "db")


def command_line(arguments: Sequence[str]) -> typer.Typer:
    """The program for these arguments: with the verb they name, or else with all of them."""
    app = typer.Typer(
        name="luiska",
        help="Accessibility and usability testing in one ledger.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_nothing)
    known = (*_VERBS, *_GROUPS)
    named = arguments[:1] if arguments and arguments[0] in known else known
    for name in named:
        module = import_module(f"service.cli.{name}")
        if name in _GROUPS:
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(getattr(module, name))
    return app


def _nothing() -> None:
    """Accessibility and usability testing in one ledger."""


def main() -> None:
    """Run and exit: 0 done, 1 could not run (usage too), 3 a page was not examined in full."""
    # A CI job that is called off gets SIGTERM: it ends its browsers as Ctrl-C does. A shell that
    # starts something in the background has it ignore SIGINT, which would leave them as well.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    # Tables have lines and JSON is UTF-8, whatever the terminal's locale says.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line; answers its exit code."""
    try:
        code = command_line(arguments)(arguments, standalone_mode=False)
    except TyperException as error:
        message = error.format_message()
        say(message) if message.startswith("Usage:") else complain(message)
    except (CannotRun, ExecutorIsTaken) as error:
        complain(str(error))
    except MissingPart as error:
        complain(f"{error} ({_PARTS}).")
    except ServiceError as error:
        fields = [f"{each.pointer}: {each.detail}" for each in error.errors]
        complain(*(fields or [error.detail]))
    except ValidationError as error:
        complain(*(_setting(each["loc"], each["msg"]) for each in error.errors()))
    except ArgumentError:
        complain(
            "LUISKA_DATABASE_URL (or --store) is not a database URL; try sqlite:///./luiska.db"
        )
    except DatabaseError as error:
        complain(f"The database cannot be used: {_first_line(error.orig)}")
    except CommandError as error:
        complain(f"The database is of another version of Luiska: {_first_line(error)}")
    except (KeyboardInterrupt, Abort):
        complain("Interrupted.")
    else:
        if code == _INTERRUPTED:
            complain("Interrupted.")
            return COULD_NOT_RUN
        return code if isinstance(code, int) else 0
    return COULD_NOT_RUN


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _first_line(error: object) -> str:
    return str(error).partition("\n")[0]


def _setting(location: tuple[int | str, ...], message: str) -> str:
    return f"LUISKA_{'.'.join(str(part) for part in location).upper()}: {message}"
