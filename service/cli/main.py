"""`luiska`: every verb, and what a failure looks like: one line on stderr and an exit code."""

import gc
import signal
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import version as version_of
from types import FrameType, ModuleType
from typing import Annotated

import typer
from typer.exceptions import Abort, TyperException

from service.cli.words import COULD_NOT_RUN, complain, say

# What Typer answers in place of a KeyboardInterrupt.
_INTERRUPTED = 130

# Only the module of the verb that is called is imported: a scan should not wait for a web server,
# and help for nothing. So the first words of each verb's help stand here too.
VERBS: Mapping[str, str] = {
    "serve": "Serve the API and its pages, and examine pages with the browsers of this machine.",
    "worker": "Examine pages that others ask for, until a signal; needs PostgreSQL.",
    "guard": "Guard what browsers elsewhere reach, by one set of rules, until a signal.",
    "scan": "Examine pages with axe-core in a real browser and print what was found.",
    "gate": "Fail on what is new, or on what people met; never pass for work that was not done.",
    "notes": "Add notes to a session.",
    "barriers": "Print the barriers of a project, ranked by both kinds of evidence.",
    "doctor": "Show every part with its version and whether it works.",
    "demo": "Scan the sample site, log the sample sessions, link the evident ones",
}
GROUPS: Mapping[str, str] = {
    "token": "Bearer tokens.",
    "db": "The database.",
    "study": "Studies.",
    "vault": "Who participants are, sealed.",
}


def command_line(arguments: Sequence[str]) -> typer.Typer:
    """The program for these arguments: with the verb they name, or else with a word on each."""
    app = typer.Typer(
        name="luiska",
        help="Accessibility and usability testing in one ledger.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)
    named = next((word for word in arguments if not word.startswith("-")), "")
    if named in VERBS:
        app.command(named)(getattr(_module_of(named), named))
    elif named in GROUPS:
        app.add_typer(_module_of(named).app, name=named)
    else:
        for name, summary in {**VERBS, **GROUPS}.items():
            app.command(name, help=summary)(_nothing)
    return app


@cache
def _module_of(verb: str) -> ModuleType:
    """What an import makes stays: to look for garbage in it took a third of every start."""
    gc.disable()
    try:
        return import_module(f"service.cli.{verb}")
    finally:
        gc.freeze()
        gc.enable()


def _print_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"luiska {version_of('luiska')}\n")
        raise typer.Exit


def _options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and end."
        ),
    ] = False,
) -> None:
    """Accessibility and usability testing in one ledger."""


def _nothing() -> None:
    """Stands for a verb where verbs are only listed."""


def main() -> None:
    """Run and exit: 0 done, 1 could not run (usage too), 2 gate failed, 3 too little is known."""
    # A CI job that is called off gets SIGTERM: it ends its browsers as Ctrl-C does. A shell that
    # starts something in the background has it ignore SIGINT, which would leave them as well.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    # As does one whose terminal is closed, unless it was begun to outlive that (nohup).
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
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
    except (KeyboardInterrupt, Abort):
        complain("Interrupted.")
    except Exception as error:
        from service.cli.failures import lines_of

        lines = lines_of(error)
        if lines is None:
            raise
        complain(*lines)
    else:
        if code == _INTERRUPTED:
            complain("Interrupted.")
            return COULD_NOT_RUN
        return code if isinstance(code, int) else 0
    return COULD_NOT_RUN


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
