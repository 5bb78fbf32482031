"""The options that every verb which scans has, and how they are read."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated, Any

import typer

from service import scans
from service.cli.console import host_and_port
from service.cli.scan_targets import option_of
from service.cli.words import CannotRun, Refused
from service.config import Settings
from service.errors import Malformed
from service.projects import Project as ProjectRow
from service.scans import ScanRequest
from service.scans.targets import refuse_bad_targets
from service.store import utc_now

ViewportOption = Annotated[
    list[str] | None, typer.Option(help="WIDTHxHEIGHT in CSS pixels; may be repeated.")
]
AllowHost = Annotated[
    list[str] | None,
    typer.Option(help="HOST:PORT that may be private, such as 127.0.0.1:3000; repeatable."),
]
Lanes = Annotated[int | None, typer.Option(min=1, max=64, help="How many browsers at once.")]
Store = Annotated[
    str | None,
    typer.Option(envvar="LUISKA_DATABASE_URL", help="Keep the scan in this database (a URL)."),
]


def viewports_of(given: list[str] | None) -> tuple[tuple[int, int], ...]:
    """The sizes asked for, each once; none where none was. Raises `CannotRun`."""
    return tuple(dict.fromkeys(_viewport(each) for each in given or ()))


@contextmanager
def naming_options(request: ScanRequest) -> Iterator[None]:
    """What the API calls `/urls/0` or `/standard` is told as it stands on the command line."""
    try:
        yield
    except Malformed as error:
        errors = [(each.pointer, each.detail) for each in error.errors]
        if not errors:
            raise
        raise CannotRun(
            "; ".join(f"{option_of(at, request)}: {detail}" for at, detail in errors)
        ) from error
    except Refused as error:
        if not error.errors:
            raise
        fields = "; ".join(f"{option_of(at, request)}: {detail}" for at, detail in error.errors)
        raise CannotRun(fields) from error


def _viewport(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{3,4})x([0-9]{3,4})", text)
    if match is None or not all(200 <= int(side) <= 8000 for side in match.groups()):
        raise CannotRun(f"--viewport {text}: write it like 1280x1024, each side 200 to 8000.")
    return int(match[1]), int(match[2])


def scan_settings(allow_host: list[str], lanes: int | None, store: str | None) -> Settings:
    """The settings of the environment as these options change them. Raises `CannotRun`."""
    settings = Settings()
    for host in allow_host:
        host_and_port("--allow-host", host)
    change: dict[str, Any] = {"allow_hosts": (*settings.allow_hosts, *allow_host)}
    if lanes is not None:
        change["lanes"] = lanes
    if store is not None:
        change["database_url"] = store
    return settings.model_copy(update=change)


def refuse_bad_request(request: ScanRequest) -> None:
    """Raise `Malformed` for what no scan can be asked for, before anything is started.

    Whether the site is the project's own, the project alone can tell.
    """
    scans.refuse_unavailable(request)
    scans.refuse_bad_approach(None, request)
    scans.refuse_missing_secrets(request.approach)
    crawl = request.crawl and replace(request.crawl, ignore_robots=False)
    anywhere = ProjectRow(slug="", name="", created_at=utc_now())
    refuse_bad_targets(anywhere, replace(request, crawl=crawl))
