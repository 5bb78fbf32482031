"""`luiska scan` of an unchanged site, with the real browser: which the second scan never starts."""

import json
from pathlib import Path

import pytest
from local_site import LocalSite
from program import luiska

from service.browser import find_browser

STYLE = "h1 { color: #ddd; background: #fff }"
PAGE = """<!doctype html><html lang="en"><title>Opening hours</title>
<link rel="stylesheet" href="/style.css"><h1>Opening hours</h1><p><a href="/more"></a></p>"""


@pytest.fixture
def chromium(tmp_path: Path) -> Path:
    """Chromium, which keeps a line of every time that it was really started."""
    program = tmp_path / "chromium"
    real = find_browser().chromium
    program.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] || echo started >> {tmp_path}/starts\nexec {real} "$@"\n'
    )
    program.chmod(0o755)
    return program


def test_an_unchanged_page_is_told_without_starting_a_browser(tmp_path, chromium):
    starts = tmp_path / "starts"

    def scan(site: LocalSite) -> dict:
        starts.write_text("")
        ended = luiska(
            "scan", site.url("/"), "--allow-host", site.host,
            "--store", f"sqlite:///{tmp_path}/luiska.db", "--format", "json",
            folder=tmp_path,
            settings={"LUISKA_CHROMIUM": str(chromium)},
        )  # fmt: skip
        assert ended.code == 0, ended.err
        (page,) = json.loads(ended.out)["pages"]
        return page

    with LocalSite({"/": PAGE, "/style.css": STYLE}) as site:
        first = scan(site)
        assert starts.read_text() != ""
        again = scan(site)
        assert starts.read_text() == ""
        assert again["reused_from"] is not None
        assert again["timings_ms"].keys() == {"ask", "total"}
        assert again["findings"] == first["findings"] != []
        site.pages["/"] = PAGE.replace("<h1>", "<h1 class=x>")
        changed = scan(site)
        assert starts.read_text() != ""
        assert changed["reused_from"] is None
