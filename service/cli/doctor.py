"""`luiska doctor`: every part with its version and whether it works."""

import platform
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from checks import standard
from service.browser import (
    BrowserFound,
    Fleet,
    MissingPart,
    Viewport,
    VisitRequest,
    find_browser,
    read_axe_version,
)
from service.cli.console import COULD_NOT_RUN, give_json, give_table, shown
from service.cli.farm import FarmIsBroken, farm_parts
from service.config import Settings
from service.db import UnusableUrl, is_current, make_engine
from service.scans import browser_options

_PAGE = b"<!doctype html><html lang=en><title>doctor</title><main><h1>doctor</h1><img src=x></main>"


class Broken(Exception):
    """A part does not work; says what to do."""


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    farm: Annotated[
        bool, typer.Option("--farm", help="Database, workers, Grid and guard instead.")
    ] = False,
    page: Annotated[
        str | None, typer.Option(help="A page to be visited through the Grid, with --farm.")
    ] = None,
) -> int:
    """Show every part with its version and whether it works. Exit code 1 when one does not."""
    if page is not None and not farm:
        raise typer.BadParameter("--page goes with --farm.")
    settings = Settings()
    parts: list[tuple[str, bool, str]] = []
    for name, look in (farm_parts(settings, page) if farm else _parts(settings)).items():
        try:
            parts.append((name, True, look()))
        except (Broken, FarmIsBroken, MissingPart) as error:
            parts.append((name, False, str(error)))
    if as_json:
        give_json([{"part": name, "works": ok, "detail": detail} for name, ok, detail in parts])
    else:
        table = Table("part", "works", "detail")
        for name, ok, detail in parts:
            table.add_row(name, "yes" if ok else "NO", detail)
        give_table(table)
    return 0 if all(ok for _, ok, _ in parts) else COULD_NOT_RUN


def _parts(settings: Settings) -> dict[str, Callable[[], str]]:
    return {
        "luiska": lambda: version("luiska"),
        "python": platform.python_version,
        "database": partial(_database, settings),
        "axe-core": lambda: f"{read_axe_version(settings.axe_path)} ({settings.axe_path})",
        "chromium": lambda: _browser(settings).chromium_version,
        "chromedriver": lambda: _chromedriver(settings),
        "sandbox": lambda: _browser(settings).sandbox_detail,
        "a visit": partial(_visit, settings),
    }


def _database(settings: Settings) -> str:
    try:
        engine = make_engine(settings.database_url)
    except UnusableUrl as error:
        raise Broken(f"LUISKA_DATABASE_URL {error}.") from error
    try:
        # Connecting would make the file of a new SQLite database.
        file = engine.url.database or ""
        current = not (settings.is_sqlite and not Path(file).exists()) and is_current(engine)
    except DBAPIError as error:
        reason = str(error.orig).partition("\n")[0]
        raise Broken(f"{shown(settings.database_url)}: {reason}") from error
    finally:
        engine.dispose()
    state = "current" if current else "not migrated yet: `luiska db upgrade` or `luiska serve`"
    return f"{shown(settings.database_url)}, schema {state}"


def _browser(settings: Settings) -> BrowserFound:
    return find_browser(settings.chromium, settings.chromedriver)


def _chromedriver(settings: Settings) -> str:
    found = _browser(settings)
    if not found.versions_match:
        raise Broken(
            f"{found.chromedriver_version} does not fit Chromium {found.chromium_version}; "
            "install the two from one source, or set LUISKA_CHROMIUM and LUISKA_CHROMEDRIVER."
        )
    return found.chromedriver_version


def _visit(settings: Settings) -> str:
    with _page_on_loopback() as host, Fleet(browser_options(settings)) as fleet:
        outcome = fleet.visit(
            VisitRequest(
                url=f"http://{host}/",
                viewport=Viewport(width=1280, height=1024),
                axe_tags=standard("wcag22aa").axe_tags,
                allowed_hosts=frozenset({host}),
                deadline_s=30,
            )
        )
    if outcome.error is not None or outcome.artifacts is None:
        raise Broken(
            "a page could not be examined" if outcome.error is None else str(outcome.error)
        )
    return f"a page was examined in {outcome.timings_ms['total']} ms"


@contextmanager
def _page_on_loopback() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(_PAGE)

        def log_message(self, *_: object) -> None:
            """Nothing: the doctor's own request is no news."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
