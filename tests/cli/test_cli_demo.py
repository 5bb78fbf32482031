"""`luiska demo` without a terminal: the main job, and then it ends."""

import re
import socket

from program import luiska


def demo(folder, temporary):
    settings = {"LUISKA_LANES": "2", "TMPDIR": str(temporary)}
    ended = luiska("demo", folder=folder, settings=settings)
    assert ended.code == 0, ended.err
    assert "Traceback" not in ended.err
    rows = re.findall(r"^│ +(\d+) +│ (\w+)", ended.out, re.MULTILINE)
    address = re.search(r"The ledger as a page: (http://127\.0\.0\.1:(\d+)/\S+)", ended.out)
    assert address is not None
    return ended, rows, address


def test_it_prints_the_ranked_barriers_twice_in_a_row_also_when_its_port_is_taken(
    tmp_path, tmp_path_factory
):
    temporary = tmp_path_factory.mktemp("t")
    ended, rows, address = demo(tmp_path, temporary)
    assert rows[0] == ("1", "corroborated")
    assert [int(rank) for rank, _ in rows] == list(range(1, len(rows) + 1))
    assert {kind for _, kind in rows} == {"corroborated", "human", "machine"}
    assert address[1].endswith("/projects/suvanto/barriers")
    assert "/sign-in/" in ended.out
    assert "Examined 10 of 10 pages" in ended.err

    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", int(address[2])))
        taken.listen()
        again, rows_again, other_address = demo(tmp_path, temporary)
    assert other_address[2] != address[2]
    assert rows_again == rows
    assert len(again.out) == len(ended.out) + len(other_address[2]) * 2 - len(address[2]) * 2
    assert list(tmp_path.iterdir()) == []
    assert list(temporary.glob("luiska-*")) == []


def test_without_chromium_it_is_told_in_one_line(here, monkeypatch):
    monkeypatch.setenv("LUISKA_CHROMIUM", "/nowhere/chromium")
    ended = here("demo")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines()[-1].startswith("luiska: Chromium is not at '/nowhere/chromium'")
    assert "Traceback" not in ended.err
