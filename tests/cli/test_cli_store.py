"""`luiska token` and `luiska db`: the store of this machine, alone and beside a running service."""

import json
import re
import shutil
import sqlite3
from contextlib import closing

import httpx
import pytest

SECRET = re.compile(r"luiska_[\w-]{40,}\n")


@pytest.fixture
def beside(served, monkeypatch):
    """This process works on the store of the running service."""
    monkeypatch.chdir(served.folder)
    return served


def can_read(served, secret):
    answer = httpx.get(
        f"{served.address}/api/v1/projects", headers={"Authorization": f"Bearer {secret}"}
    )
    return answer.status_code == 200


def test_a_tokens_secret_stands_alone_on_stdout_and_its_link_on_stderr(here):
    ended = here("token", "create", "--role", "ci", "--name", "pipeline")
    assert ended.code == 0
    assert SECRET.fullmatch(ended.out)
    assert re.fullmatch(
        r"Sign-in link, single use: http://127\.0\.0\.1:8000/sign-in/[\w-]{43}\n", ended.err
    )
    assert ended.out.strip() not in ended.err
    without_link = here("token", "create", "--no-sign-in", "--project", "default")
    assert SECRET.fullmatch(without_link.out)
    assert without_link.err == ""
    listed = here("token", "list")
    assert "luiska_" not in listed.out
    tokens = json.loads(listed.out)
    assert [(token["name"], token["role"], token["revoked"]) for token in tokens] == [
        ("pipeline", "ci", False),
        ("owner", "owner", False),
    ]


def test_tokens_are_made_and_revoked_beside_a_running_service(here, beside):
    secret = here("token", "create", "--role", "viewer", "--name", "guest").out.strip()
    assert can_read(beside, secret)
    tokens = json.loads(here("token", "list").out)
    (guest,) = [token["id"] for token in tokens if token["name"] == "guest"]
    ended = here("token", "revoke", guest)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert not can_read(beside, secret)


def test_upgrading_again_does_nothing_also_beside_a_running_service(here, beside):
    for _ in range(2):
        ended = here("db", "upgrade")
        assert (ended.code, ended.out) == (0, "")
        assert ended.err == "sqlite:///./luiska.db has the schema of this version.\n"


def test_a_backup_taken_while_serving_holds_what_was_stored_and_restores_elsewhere(
    here, beside, tmp_path, monkeypatch
):
    secret = here("token", "create", "--name", "kept").out.strip()
    backup = tmp_path / "a backup #1?.db"
    ended = here("db", "backup", str(backup))
    assert (ended.code, ended.out, ended.err) == (0, "", f"Copied luiska.db to {backup}.\n")
    again = here("db", "backup", str(backup))
    assert (again.code, again.err) == (
        1,
        f"luiska: {backup} is there already; name a file that is not.\n",
    )
    monkeypatch.chdir(tmp_path)
    ended = here("db", "restore", str(backup))
    assert (ended.code, ended.err) == (0, f"luiska.db is now what {backup} was.\n")
    assert "kept" in {token["name"] for token in json.loads(here("token", "list").out)}
    assert secret not in backup.read_bytes().decode("latin-1")


def test_restoring_is_refused_while_a_service_runs_on_the_store(here, beside, tmp_path):
    backup = tmp_path / "backup.db"
    here("db", "backup", str(backup))
    ended = here("db", "restore", str(backup))
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("luiska: Another process is running jobs on ")
    assert ended.err.count("\n") == 1
    assert can_read(beside, beside.token)


def test_what_is_no_sound_backup_is_refused_and_the_store_stays_as_it_was(here, tmp_path):
    here("token", "create", "--name", "before")
    here("db", "backup", "good.db")
    whole = (tmp_path / "good.db").read_bytes()
    (tmp_path / "torn.db").write_bytes(whole[: len(whole) // 2])
    half = len(whole) // 2
    (tmp_path / "overwritten.db").write_bytes(
        whole[:half] + b"\xff" * 20_000 + whole[half + 20_000 :]
    )
    (tmp_path / "text.db").write_text("no database at all\n" * 100)
    (tmp_path / "empty.db").write_bytes(b"")
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE somebody_elses (id INTEGER)")
        other.commit()
    for name in ("torn", "overwritten", "text", "empty", "other"):
        ended = here("db", "restore", f"{name}.db")
        assert (ended.code, ended.out) == (1, ""), name
        assert re.fullmatch(
            rf"luiska: {name}\.db is (damaged\.|no backup of Luiska: .+)\n", ended.err
        ), ended.err
    assert [token["name"] for token in json.loads(here("token", "list").out)] == ["before"]


def test_a_backup_of_a_newer_luiska_is_refused_in_one_line(here, tmp_path):
    here("db", "upgrade")
    here("db", "backup", "newer.db")
    with closing(sqlite3.connect(tmp_path / "newer.db")) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.commit()
    shutil.copy("newer.db", "luiska.db")
    for arguments in (["db", "upgrade"], ["barriers"]):
        ended = here(*arguments)
        assert (ended.code, ended.out) == (1, "")
        assert ended.err == (
            "luiska: The database is of another version of Luiska: "
            "Can't locate revision identified by '9999'\n"
        )


def test_on_postgresql_backups_are_left_to_its_own_tools(here, monkeypatch):
    monkeypatch.setenv("LUISKA_DATABASE_URL", "postgresql://somebody@nowhere.example/luiska")
    for arguments, tool in (
        (["db", "backup", "b.db"], "pg_dump --format=custom"),
        (["db", "restore", "b.db"], "pg_restore --clean"),
    ):
        ended = here(*arguments)
        assert ended.code == 1
        assert ended.err == f"luiska: This is for SQLite. For PostgreSQL use {tool}.\n"
