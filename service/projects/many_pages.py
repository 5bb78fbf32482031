"""Finding or adding many pages at once: a plan of thousands takes a few statements."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urldefrag

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select, update

from service.db.columns import new_id
from service.projects.pages import page_key, without_host
from service.projects.tables import Page, Project

AT_ONCE = 500
"""How many pages one statement may name; databases bound the parameters of one."""


def find_or_add_pages(
    session: Session, project: Project, urls: Sequence[str], now: datetime
) -> list[str]:
    """The id of the page that each of the absolute `urls` means, added where it is new.

    No more than `AT_ONCE` of them. Pages keep the latest address that they were asked for by, as
    with `find_or_add_page`.
    """
    keys = [page_key(project, url) for url in urls]
    addresses = {
        key: url if "#" in key else urldefrag(url).url for key, url in zip(keys, urls, strict=True)
    }
    known = _known(session, project, list(addresses))
    missing = [key for key in addresses if key not in known]
    if missing:
        known |= _met_with_a_host(session, project, missing)
        _add(session, project, {key: addresses[key] for key in missing if key not in known}, now)
        known |= _known(session, project, [key for key in missing if key not in known])
    _refresh(session, known, addresses)
    return [known[key][0] for key in keys]


def _known(session: Session, project: Project, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Id and address of each of these pages that is there, by its key."""
    rows = session.exec(
        select(Page.key, Page.id, Page.url).where(
            Page.project_id == project.id, col(Page.key).in_(keys)
        )
    ).all()
    return {key: (page_id, url) for key, page_id, url in rows}


def _met_with_a_host(
    session: Session, project: Project, keys: Sequence[str]
) -> dict[str, tuple[str, str]]:
    """The only page with that path, of before the project had origins."""
    if all(key.startswith("//") for key in keys):
        return {}
    rows = session.exec(
        select(Page.key, Page.id, Page.url).where(
            Page.project_id == project.id, col(Page.key).startswith("//")
        )
    ).all()
    wanted = {key for key in keys if not key.startswith("//")}
    met: dict[str, list[tuple[str, str]]] = {}
    for key, page_id, url in rows:
        if (local := without_host(key)) in wanted:
            met.setdefault(local, []).append((page_id, url))
    return {key: pages[0] for key, pages in met.items() if len(pages) == 1}


def _add(session: Session, project: Project, urls: dict[str, str], now: datetime) -> None:
    """Whoever added one of them meanwhile keeps it."""
    if not urls:
        return
    rows = [
        {"id": new_id(), "project_id": project.id, "key": key, "url": url, "first_seen_at": now}
        for key, url in urls.items()
    ]
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert(Page) if dialect == "sqlite" else postgresql.insert(Page)
    session.connection().execute(insert.on_conflict_do_nothing(), rows)


def _refresh(
    session: Session, known: dict[str, tuple[str, str]], addresses: dict[str, str]
) -> None:
    changed = [
        {"id": page_id, "url": addresses[key]}
        for key, (page_id, url) in known.items()
        if url != addresses[key]
    ]
    if changed:
        session.execute(update(Page), changed)
