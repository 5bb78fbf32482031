"""`luiska serve`: what it prints, and how it begins and ends."""

import re
import socket

import httpx
import pytest
from program import Running, serve, still_running


def test_the_owners_token_is_printed_once_ever_and_a_fresh_link_each_time(tmp_path):
    first = serve(tmp_path)
    with first.running:
        assert first.address.startswith("http://127.0.0.1:")
        answer = httpx.get(
            f"{first.address}/api/v1/projects", headers={"Authorization": f"Bearer {first.token}"}
        )
        assert [project["slug"] for project in answer.json()["items"]] == ["default"]
        parts = httpx.get(f"{first.address}/readyz").json()["parts"]
        assert {name: part["ok"] for name, part in parts.items()} == {
            "database": True,
            "migrations": True,
            "browser": True,
            "queue": True,
        }
        started = first.running.descendants()
        ended = first.running.stop()
    assert (ended.code, ended.out) == (0, "")
    assert "Traceback" not in ended.err
    assert still_running(started) == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(first.address)

    with Running("serve", "--port", "0", folder=tmp_path) as running:
        link = running.wait_for(r"http://[^/\s]+/sign-in/(\S+)")
        assert link[1] not in first.link
        assert "luiska_" not in running.err


def test_a_taken_port_is_one_line_and_nothing_is_made(here, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = here("serve", "--port", str(port))
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        f"luiska: Cannot listen on 127.0.0.1:{port}: Address already in use. "
        "Choose another --host or --port.\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        ("LUISKA_AXE_PATH", "/nowhere/axe.js", "axe-core is not at /nowhere/axe.js"),
        ("LUISKA_CHROMIUM", "/nowhere/chromium", "Chromium is not at '/nowhere/chromium'"),
        ("LUISKA_DATABASE_URL", "sqlite:///no/l.db", "The database cannot be used: unable"),
        ("LUISKA_DATABASE_URL", "l.db", "LUISKA_DATABASE_URL (or --store) is not a database URL"),
    ],
)
def test_what_keeps_it_from_starting_is_told_without_a_traceback_or_a_token(
    here, monkeypatch, variable, value, line
):
    monkeypatch.setenv(variable, value)
    ended = here("serve", "--port", "0")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines()[-1].startswith(f"luiska: {line}")
    assert "Traceback" not in ended.err
    assert not re.search(r"luiska_|sign-in", ended.err)


def test_a_second_service_on_one_store_is_refused_with_a_word_on_the_first(
    here, served, monkeypatch
):
    monkeypatch.chdir(served.folder)
    ended = here("serve", "--port", "0")
    assert ended.code == 1
    assert ended.err.splitlines()[-1].startswith("luiska: Another process is running jobs on ")
    assert "--server" in ended.err
    assert "Traceback" not in ended.err
