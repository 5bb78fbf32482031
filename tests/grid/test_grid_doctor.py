"""`luiska doctor --farm` before a real Grid and PostgreSQL."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from conftest import Site
from program import Running
from selenium_grid import SeleniumGrid

from service import db
from service.cli.main import run

LEASE = sa.text(
    "INSERT INTO executor (id, name, started_at_ms, expires_at_ms) VALUES (:id, :id, 0,"
    " CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) + :left_ms)"
)


@pytest.fixture
def leases(postgres_url: str) -> Iterator[sa.Engine]:
    """Where leases are written."""
    engine = db.make_engine(postgres_url)
    yield engine
    engine.dispose()


Doctor = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def doctor(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Doctor:
    """Runs `luiska doctor --farm`: its exit code and the parts it tells of."""

    def go(*arguments: str, **settings: str) -> tuple[int, list[dict[str, Any]]]:
        for name, value in settings.items():
            monkeypatch.setenv(f"LUISKA_{name.upper()}", value)
        capsys.readouterr()
        code = run(["doctor", "--farm", "--json", *arguments])
        return code, json.loads(capsys.readouterr().out)

    return go


def test_every_part_of_a_farm_is_told_and_a_missing_guard_is_one_that_does_not_work(
    doctor: Doctor, postgres_url: str, leases: sa.Engine, grid: SeleniumGrid, site: Site
) -> None:
    with leases.begin() as connection:
        connection.execute(LEASE, {"id": "first", "left_ms": 600_000})
    code, told_parts = doctor(
        "--page", site.url("/faulty"),
        database_url=postgres_url, grid_url=grid.url, allow_hosts=site.host,
    )  # fmt: skip
    parts = {part["part"]: part for part in told_parts}
    nodes = [f"node {address}" for address in sorted(grid.nodes)]
    assert sorted(parts) == sorted(
        ["database", "clock", "workers", "queue", "grid", *nodes, "guard", "a visit"]
    )
    # These browsers have no guard beside them.
    assert [name for name, part in parts.items() if not part["works"]] == ["guard"]
    assert parts["guard"]["detail"].startswith("LUISKA_GRID_PROXY is not set, so the nodes have no")
    assert code == 1
    told = {name: part["detail"] for name, part in parts.items()}
    assert told["database"].startswith("PostgreSQL ")
    assert ", schema current, " in told["database"]
    assert told["workers"].startswith("first for ")
    assert told["queue"] == "0 pages asked for and not ended"
    assert told["grid"] == "2 nodes up, 0 of 2 slots taken"
    assert told[nodes[0]] == "up, Selenium 4.48.0, 0 of 1 slots taken"
    assert told["a visit"].startswith(f"{site.url('/faulty')} was examined in ")


def test_what_is_gone_is_named_with_what_to_do(
    doctor: Doctor, postgres_url: str, leases: sa.Engine
) -> None:
    with leases.begin() as connection:
        connection.execute(LEASE, {"id": "second", "left_ms": -5_000})
    code, parts = doctor(database_url=postgres_url, grid_url="http://127.0.0.1:9")
    broken = {part["part"]: part["detail"] for part in parts if not part["works"]}
    assert (code, set(broken)) == (1, {"workers", "grid", "guard"})
    assert broken["workers"].startswith(
        "Without a live lease, so others take their pages: second (since "
    )
    assert broken["grid"] == "no Selenium Grid answers at http://127.0.0.1:9."


def test_a_laptop_is_no_farm(doctor: Doctor) -> None:
    code, parts = doctor()
    needs = "A farm needs PostgreSQL: set LUISKA_DATABASE_URL."
    here = "LUISKA_GRID_URL is not set: pages are examined on this machine only."
    assert code == 1
    assert [(part["part"], part["works"], part["detail"]) for part in parts] == [
        ("database", False, needs),
        ("clock", False, needs),
        ("workers", False, needs),
        ("queue", False, needs),
        ("grid", False, here),
        ("guard", False, here),
    ]


def test_a_page_is_visited_for_a_farm_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--page", "http://a.example/"]) == 1
    assert "--page goes with --farm" in capsys.readouterr().err


@pytest.mark.parametrize(
    "allowed", [False, True], ids=["a guard that refuses", "one that does not"]
)
def test_a_guard_beside_the_nodes_is_asked_itself(
    doctor: Doctor,
    grid: SeleniumGrid,
    site: Site,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    allowed: bool,
) -> None:
    monkeypatch.setattr("service.cli.farm.DENIED", site.host)
    options = ("--allow-host", site.host) if allowed else ()
    with Running("guard", "--listen", "127.0.0.1:0", *options, folder=tmp_path) as guard:
        address = guard.wait_for(r"Guarding at (\S+)\.")[1]
        _, told = doctor(grid_url=grid.url, grid_proxy=address, deny_hosts="127.0.0.0/8")
    (part,) = (each for each in told if each["part"] == "guard")
    assert part["works"] is not allowed, part
    assert part["detail"].startswith("A page could reach" if allowed else f"refuses {site.host}")
