"""`luiska demo` without a terminal: the main job, and then it ends."""

import re
import socket

from program import luiska


def test_it_prints_the_ranked_barriers_and_leaves_nothing_also_when_its_port_is_taken(
    tmp_path, tmp_path_factory
):
    temporary = tmp_path_factory.mktemp("t")
    settings = {"LUISKA_LANES": "2", "TMPDIR": str(temporary)}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = luiska("demo", "--port", port, folder=tmp_path, settings=settings)
    assert ended.code == 0, ended.err
    assert "Traceback" not in ended.err
    rows = re.findall(r"^│ +(\d+) +│ (\w+)", ended.out, re.MULTILINE)
    assert rows[0] == ("1", "corroborated")
    assert [int(rank) for rank, _ in rows] == list(range(1, len(rows) + 1))
    assert {kind for _, kind in rows} == {"corroborated", "human", "machine"}
    address = re.search(r"The ledger as a page: (http://127\.0\.0\.1:(\d+)/\S+)", ended.out)
    assert address is not None
    assert address[1].endswith("/projects/suvanto/barriers")
    assert address[2] != port
    assert "/sign-in/" in ended.out
    assert "Examined 10 of 10 pages" in ended.err
    # So a second time begins as the first.
    assert list(tmp_path.iterdir()) == []
    assert list(temporary.glob("luiska-*")) == []


def test_without_chromium_it_is_told_in_one_line(here, monkeypatch):
    monkeypatch.setenv("LUISKA_CHROMIUM", "/nowhere/chromium")
    ended = here("demo")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines()[-1].startswith("luiska: Chromium is not at '/nowhere/chromium'")
    assert "Traceback" not in ended.err
