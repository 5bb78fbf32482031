"""`luiska doctor --farm` before a real Grid and PostgreSQL."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import Site
from program import luiska
from selenium_grid import SeleniumGrid

from service import db

LEASE = sa.text(
    "INSERT INTO executor (id, name, started_at_ms, expires_at_ms) VALUES (:id, :id, 0,"
    " CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) + :left_ms)"
)


@pytest.fixture
def leases(postgres_url: str) -> sa.Engine:
    """Writes to the database whose executors hold leases."""
    engine = db.make_engine(postgres_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE IF NOT EXISTS executor (id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL,"
            " started_at_ms BIGINT NOT NULL, expires_at_ms BIGINT NOT NULL)"
        )
    yield engine
    engine.dispose()


def test_every_part_of_a_farm_is_told_and_a_missing_guard_is_one_that_does_not_work(
    tmp_path: Path, postgres_url: str, leases: sa.Engine, grid: SeleniumGrid, site: Site
) -> None:
    with leases.begin() as connection:
        connection.execute(LEASE, {"id": "first", "left_ms": 30_000})
    settings = {
        "LUISKA_DATABASE_URL": postgres_url,
        "LUISKA_GRID_URL": grid.url,
        "LUISKA_ALLOW_HOSTS": site.host,
    }
    ended = luiska(
        "doctor", "--farm", "--page", site.url("/faulty"), "--json",
        folder=tmp_path, settings=settings,
    )  # fmt: skip
    parts = {part["part"]: part for part in json.loads(ended.out)}
    nodes = [f"node {address}" for address in sorted(grid.nodes)]
    assert sorted(parts) == sorted(
        ["database", "clock", "workers", "queue", "grid", *nodes, "guard", "a visit"]
    )
    # These browsers have no guard beside them, and that is found out by trying.
    assert [name for name, part in parts.items() if not part["works"]] == ["guard"]
    assert parts["guard"]["detail"].startswith("A page could reach 127.0.0.1:5555 (refused): run")
    assert ended.code == 1
    told = {name: part["detail"] for name, part in parts.items()}
    assert told["database"].startswith("PostgreSQL 18, schema current, ")
    assert told["workers"].startswith("first for ")
    assert told["queue"] == "0 pages asked for and not ended"
    assert told["grid"] == "2 nodes up, 0 of 2 slots taken"
    assert told[nodes[0]] == "up, Selenium 4.48.0 (revision 27f5213), 0 of 1 slots taken"
    assert told["a visit"].startswith(f"{site.url('/faulty')} was examined in ")


def test_what_is_gone_is_named_with_what_to_do(
    tmp_path: Path, postgres_url: str, leases: sa.Engine
) -> None:
    with leases.begin() as connection:
        connection.execute(LEASE, {"id": "second", "left_ms": -5_000})
    settings = {"LUISKA_DATABASE_URL": postgres_url, "LUISKA_GRID_URL": "http://127.0.0.1:9"}
    ended = luiska("doctor", "--farm", "--json", folder=tmp_path, settings=settings)
    broken = {p["part"]: p["detail"] for p in json.loads(ended.out) if not p["works"]}
    assert ended.code == 1
    assert set(broken) == {"workers", "grid", "guard"}
    assert broken["workers"].startswith(
        "Without a live lease, so others take their pages: second (since "
    )
    assert broken["grid"] == "no Selenium Grid answers at http://127.0.0.1:9."


def test_a_laptop_is_no_farm(tmp_path: Path) -> None:
    ended = luiska("doctor", "--farm", "--json", folder=tmp_path)
    told = [(part["part"], part["works"], part["detail"]) for part in json.loads(ended.out)]
    needs = "A farm needs PostgreSQL: set LUISKA_DATABASE_URL."
    here = "LUISKA_GRID_URL is not set: pages are examined on this machine only."
    assert told == [
        ("database", False, needs),
        ("clock", False, needs),
        ("workers", False, needs),
        ("queue", False, needs),
        ("grid", False, here),
        ("guard", False, here),
    ]
    assert luiska("doctor", "--page", "http://x/", folder=tmp_path).code == 1
