"""`luiska doctor --farm`: the parts that a laptop does not have, seen from this machine."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from checks import standard
from service.browser import (
    Fleet,
    GridAway,
    GridNode,
    PageErrorCode,
    Viewport,
    VisitOutcome,
    VisitRequest,
    read_nodes,
)
from service.cli.console import shown
from service.config import Settings
from service.db import UnusableUrl, is_current, make_engine
from service.scans import browser_options

Look = Callable[[], str]

OLDEST_POSTGRESQL = 15
SKEW_S = 2.0
VISIT_S = 30.0
# Every node's own loopback: there is none that a guard may let a page reach, and no harm in asking.
DENIED = "127.0.0.1:5555"
_NOW_MS = sa.text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)")
_LEASES = sa.text("SELECT id, expires_at_ms FROM executor ORDER BY id")
_WAITING = sa.text(
    "SELECT count(*) FROM page_visit JOIN scan ON scan.id = page_visit.scan_id"
    " WHERE scan.state IN ('queued', 'running') AND page_visit.state IN ('queued', 'running')"
)
_CONNECTIONS = sa.text(
    "SELECT count(*), current_setting('max_connections') FROM pg_stat_activity"
    " WHERE backend_type = 'client backend'"
)


class FarmIsBroken(Exception):
    """A part of the farm does not work; says what to do."""


def farm_parts(settings: Settings, page: str | None) -> dict[str, Look]:
    """Each part's name and how to look at it; a look raises FarmIsBroken or MissingPart."""
    parts: dict[str, Look] = {
        "database": partial(_on_database, settings, _database),
        "clock": partial(_on_database, settings, _clock),
        "workers": partial(_on_database, settings, _workers),
        "queue": partial(_on_database, settings, _queue),
        "grid": partial(_grid, settings),
    }
    try:
        nodes = read_nodes(_grid_url(settings))
    except (GridAway, FarmIsBroken):
        nodes = ()
    parts |= {f"node {node.address}": partial(_node, node) for node in nodes}
    parts["guard"] = partial(_guard, settings)
    if page is not None:
        parts["a visit"] = partial(_page, settings, page)
    return parts


def _on_database(settings: Settings, look: Callable[[sa.Connection], str]) -> str:
    if settings.is_sqlite:
        raise FarmIsBroken("A farm needs PostgreSQL: set LUISKA_DATABASE_URL.")
    try:
        engine = make_engine(settings.database_url)
    except UnusableUrl as error:
        raise FarmIsBroken(f"LUISKA_DATABASE_URL {error}.") from error
    try:
        with engine.connect() as connection:
            return look(connection)
    except DBAPIError as error:
        reason = str(error.orig).partition("\n")[0]
        raise FarmIsBroken(f"{shown(settings.database_url)}: {reason}") from error
    finally:
        engine.dispose()


def _database(connection: sa.Connection) -> str:
    version = int((connection.dialect.server_version_info or (0,))[0])
    if version < OLDEST_POSTGRESQL:
        raise FarmIsBroken(f"PostgreSQL {version} is too old; {OLDEST_POSTGRESQL} is needed.")
    if not is_current(connection.engine):
        raise FarmIsBroken("The schema is another version's: run `luiska db upgrade`.")
    used, allowed = connection.execute(_CONNECTIONS).one()
    return f"PostgreSQL {version}, schema current, {used} of {allowed} connections"


def _clock(connection: sa.Connection) -> str:
    asked = datetime.now(UTC)
    theirs_ms: int = connection.execute(_NOW_MS).scalar_one()
    answered = datetime.now(UTC)
    ours_s = (asked.timestamp() + answered.timestamp()) / 2
    skew_s = theirs_ms / 1000 - ours_s
    if abs(skew_s) > SKEW_S:
        raise FarmIsBroken(
            f"The database's clock is {skew_s:+.1f} s from this machine's: set both by NTP."
        )
    return f"{skew_s:+.3f} s from this machine's"


def _workers(connection: sa.Connection) -> str:
    now_ms: int = connection.execute(_NOW_MS).scalar_one()
    leases = {str(id_): (until_ms - now_ms) / 1000 for id_, until_ms in connection.execute(_LEASES)}
    lost = [f"{id_} (since {-left_s:.0f} s)" for id_, left_s in leases.items() if left_s <= 0]
    if lost:
        raise FarmIsBroken(f"Without a live lease, so others take their pages: {', '.join(lost)}.")
    if not leases:
        raise FarmIsBroken("Nobody holds a lease: start `luiska worker`.")
    return ", ".join(f"{id_} for {left_s:.0f} s more" for id_, left_s in leases.items())


def _queue(connection: sa.Connection) -> str:
    waiting: int = connection.execute(_WAITING).scalar_one()
    return f"{waiting} page{'' if waiting == 1 else 's'} asked for and not ended"


def _grid_url(settings: Settings) -> str:
    if settings.grid_url is None:
        raise FarmIsBroken("LUISKA_GRID_URL is not set: pages are examined on this machine only.")
    return settings.grid_url


def _grid(settings: Settings) -> str:
    try:
        nodes = read_nodes(_grid_url(settings))
    except GridAway as error:
        raise FarmIsBroken(f"{error}.") from error
    up = [node for node in nodes if node.is_up]
    if not up:
        raise FarmIsBroken(f"The Selenium Grid at {settings.grid_url} has no node that is up.")
    slots = sum(node.slots for node in up)
    return f"{len(up)} nodes up, {sum(node.taken for node in up)} of {slots} slots taken"


def _node(node: GridNode) -> str:
    if not node.is_up:
        raise FarmIsBroken("The hub hears nothing of it: its pages go to other nodes.")
    return f"up, Selenium {node.version}, {node.taken} of {node.slots} slots taken"


def _guard(settings: Settings) -> str:
    """A browser that is let go to its own machine has no guard beside it.

    It is the node's guard that is asked: neither this machine's nor the operator's list here may
    answer in its place.
    """
    how = "run `luiska guard` beside each node and set LUISKA_GRID_PROXY."
    _grid_url(settings)
    if settings.grid_proxy is None:
        raise FarmIsBroken(f"LUISKA_GRID_PROXY is not set, so the nodes have no guard: {how}")
    outcome = _visited(
        settings.model_copy(update={"deny_hosts": ()}), f"http://{DENIED}/", frozenset({DENIED})
    )
    error = outcome.error
    if error is not None and error.code is PageErrorCode.INFRASTRUCTURE:
        raise FarmIsBroken(error.detail)
    # What Chromium says where its proxy answered that it may not go there.
    if error is None or "SOCKS" not in error.detail:
        raise FarmIsBroken(
            f"A page could reach {DENIED} ({error.code if error else outcome.state}): {how}"
        )
    return f"refuses {DENIED} (asked by Chromium {outcome.browser_version})"


def _page(settings: Settings, url: str) -> str:
    outcome = _visited(settings, url, frozenset(settings.allow_hosts))
    if outcome.error is not None:
        raise FarmIsBroken(f"{url}: {outcome.error.code}, {outcome.error.detail}")
    total_ms = outcome.timings_ms["total"]
    return f"{url} was examined in {total_ms} ms by Chromium {outcome.browser_version}"


def _visited(settings: Settings, url: str, allowed: frozenset[str]) -> VisitOutcome:
    _grid_url(settings)
    with Fleet(browser_options(settings)) as fleet:
        fleet.check()
        return fleet.visit(
            VisitRequest(
                url=url,
                viewport=Viewport(width=1280, height=1024),
                axe_tags=standard("wcag22aa").axe_tags,
                allowed_hosts=allowed,
                deadline_s=VISIT_S,
            )
        )
