"""What every verb says, where it says it, and how it ends."""

import sys

COULD_NOT_RUN = 1
GATE_FAILED = 2
INCOMPLETE = 3

JOINED = (
    "The same scan was asked for before and has not ended: it goes on, and what it has examined by "
    "now is not examined again. --fresh asks for a scan of its own."
)


class CannotRun(Exception):
    """The command cannot do its work; says why and what to do."""


class Refused(CannotRun):
    """The server refused; `errors` are its (pointer, detail) for each wrong field."""

    def __init__(self, text: str, errors: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(text)
        self.errors = errors


def complain(*lines: str) -> None:
    """Say on stderr what went wrong, a line for each thing."""
    for line in lines:
        print(f"luiska: {line}", file=sys.stderr)  # noqa: T201


def say(text: str = "") -> None:
    """Tell something that is not the result: stderr."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201
