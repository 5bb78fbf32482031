"""What a failure is told as. Imported when something failed: errors bring their libraries along."""

from alembic.util import CommandError
from pydantic import ValidationError
from sqlalchemy.exc import DatabaseError

from service.browser import MissingPart
from service.cli.words import CannotRun
from service.db import UnusableUrl
from service.errors import ServiceError
from service.jobs import ExecutorIsTaken

_PARTS = "LUISKA_CHROMIUM, LUISKA_CHROMEDRIVER and LUISKA_AXE_PATH name such parts"


def lines_of(error: Exception) -> list[str] | None:
    """One line for each thing that went wrong; None for an error that nobody expects."""
    match error:
        case CannotRun() | ExecutorIsTaken():
            return [str(error)]
        case MissingPart():
            return [f"{error} ({_PARTS})."]
        case ServiceError():
            fields = [f"{each.pointer}: {each.detail}" for each in error.errors]
            return fields or [error.detail]
        case ValidationError():
            return [_setting(each["loc"], each["msg"]) for each in error.errors()]
        case UnusableUrl():
            return [f"LUISKA_DATABASE_URL (or --store) {error}; try sqlite:///./luiska.db"]
        case DatabaseError():
            return [f"The database cannot be used: {_first_line(error.orig)}"]
        case CommandError():
            return [f"The database is of another version of Luiska: {_first_line(error)}"]
    return None


def _first_line(error: object) -> str:
    return str(error).partition("\n")[0]


def _setting(location: tuple[int | str, ...], message: str) -> str:
    return f"LUISKA_{'.'.join(str(part) for part in location).upper()}: {message}"
