"""`luiska doctor`: every part, and which one is missing."""

import json

import pytest

PARTS = [
    "luiska", "python", "database", "axe-core", "chromium", "chromedriver", "sandbox", "a visit",
]  # fmt: skip


def test_every_part_is_told_with_its_version_and_nothing_is_made(here, tmp_path):
    ended = here("doctor", "--json")
    assert (ended.code, ended.err) == (0, "")
    parts = json.loads(ended.out)
    assert [part["part"] for part in parts] == PARTS
    assert {part["works"] for part in parts} == {True}
    told = {part["part"]: part["detail"] for part in parts}
    assert told["luiska"] == "0.1.0"
    assert told["axe-core"].startswith("4.14.1 (")
    assert told["database"] == (
        "sqlite:///./luiska.db, schema not migrated yet: `luiska db upgrade` or `luiska serve`"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("variable", "value", "broken", "detail"),
    [
        (
            "LUISKA_AXE_PATH",
            "/nowhere/axe.min.js",
            {"axe-core", "a visit"},
            "axe-core is not at /nowhere/axe.min.js (No such file or directory); "
            "run `npm ci` or name its place",
        ),
        (
            "LUISKA_CHROMIUM",
            "/nowhere/chromium",
            {"chromium", "chromedriver", "sandbox", "a visit"},
            "Chromium is not at '/nowhere/chromium', or is no program; correct the path",
        ),
    ],
)
def test_a_missing_part_is_told_and_the_exit_code_is_1(
    here, monkeypatch, variable, value, broken, detail
):
    monkeypatch.setenv(variable, value)
    ended = here("doctor", "--json")
    assert (ended.code, ended.err) == (1, "")
    parts = json.loads(ended.out)
    assert [part["part"] for part in parts] == PARTS
    assert {part["part"] for part in parts if not part["works"]} == broken
    assert {part["detail"] for part in parts if not part["works"]} == {detail}


def test_a_database_that_cannot_be_used_is_one_broken_part_among_others(
    here, monkeypatch, tmp_path
):
    monkeypatch.setenv("LUISKA_AXE_PATH", "/nowhere/axe.min.js")
    (tmp_path / "junk.db").write_bytes(b"no database" * 500)
    for url, detail in (
        ("sqlite:///junk.db", "sqlite:///junk.db: file is not a database"),
        ("junk.db", "LUISKA_DATABASE_URL is not a database URL."),
    ):
        monkeypatch.setenv("LUISKA_DATABASE_URL", url)
        ended = here("doctor", "--json")
        assert (ended.code, ended.err) == (1, "")
        told = {part["part"]: part for part in json.loads(ended.out)}
        assert told["database"] == {"part": "database", "works": False, "detail": detail}
        assert told["chromium"]["works"] is True


def test_the_table_shows_the_broken_part_in_one_row(here, monkeypatch):
    monkeypatch.setenv("LUISKA_AXE_PATH", "/nowhere/axe.min.js")
    ended = here("doctor")
    assert ended.code == 1
    (row,) = [line for line in ended.out.splitlines() if line.startswith("│ axe-core")]
    assert "│ NO    │ axe-core is not at /nowhere/axe.min.js (No such file" in row
