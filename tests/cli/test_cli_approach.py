"""`luiska scan` with actions, headers, cookies and secrets: here, in a store and on a server."""

import json

import pytest
from program import luiska

from service.cli.client import ServerClient
from service.cli.progress import Lines
from service.cli.scan_on_server import pictures_on_server, scan_made_now
from service.scans import Approach, ScanRequest

MENU = """<!doctype html><html lang="en"><head><title>Menu</title></head><body><main><h1>Menu</h1>
<button id="open" onclick="document.getElementById('more').hidden = false">More</button>
<div id="more" hidden><button id="item"></button><label>Q <input id="q"></label></div>
</main></body></html>"""
OPEN = ("--action", "click element #open", "--action", "wait for element #item to be visible")


@pytest.fixture
def menu(site):
    site.pages["/menu"] = MENU
    return site.url("/menu")


def _rules(ended) -> list[str]:
    assert ended.code == 0, ended.err
    (page,) = json.loads(ended.out)["pages"]
    return [finding["rule"] for finding in page["findings"]]


def test_actions_bring_the_page_into_the_state_that_is_examined_alike_everywhere(
    here, served, site, menu, tmp_path
):
    allowed = ("--allow-host", site.host)
    server = ("--server", served.address, "--token", served.token)
    kept = luiska("scan", menu, *allowed, *OPEN, "--store", "sqlite:///kept.db", folder=tmp_path)
    assert _rules(kept) == ["button-name"]
    for where in ((), server):
        assert _rules(here("scan", menu, *allowed, *OPEN, *where)) == ["button-name"]
        assert _rules(here("scan", menu, *allowed, "--must-contain", "#open", *where)) == []


def test_pictures_of_a_servers_scan_come_with_their_places(served, menu):
    request = ScanRequest(
        urls=(menu,),
        approach=Approach(actions=("click element #open",), pictures=3),
        page_state="menu open",
    )
    with ServerClient(served.address, served.token) as client:
        scan = scan_made_now(client, "default", request, Lines(1))
        pictures = pictures_on_server(client, scan)
    assert list(pictures) == [(menu, (1280, 1024), "menu open", "#item")]
    assert pictures[menu, (1280, 1024), "menu open", "#item"][8:12] == b"WEBP"


def test_an_action_that_fails_is_told_for_its_page(here, site, menu):
    ended = here("scan", menu, "--allow-host", site.host, "--must-contain", "#cart")
    assert ended.code == 3
    (page,) = json.loads(ended.out)["pages"]
    assert (page["state"], page["error"], page["error_detail"]) == (
        "error", "navigation_failed",
        "the page shown is not the one meant: nothing matches #cart",
    )  # fmt: skip


def test_a_secret_is_used_and_never_shown(here, site, menu, monkeypatch):
    monkeypatch.setenv("LUISKA_SECRET_WORD", "kesäyö 1952")
    site.pages["/echo"] = MENU.replace(
        "</main>",
        "<script>document.getElementById('q').addEventListener('input', (event) => {"
        "document.title = event.target.value; });</script></main>",
    )
    ended = here(
        "scan", site.url("/echo"), "--allow-host", site.host,
        "--action", "set field #q to ${LUISKA_SECRET_WORD}",
        "--header", "X-Word: ${LUISKA_SECRET_WORD}", "--cookie", "look=new",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    (page,) = json.loads(ended.out)["pages"]
    assert page["title"] == "${LUISKA_SECRET_WORD}"
    assert "kes" not in ended.out + ended.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--action", "tap #x"), "luiska: --action 'tap #x': 'tap #x' is no action. There are: "),
        (("--header", "secret-without-name"), "luiska: --header: write it like NAME:VALUE.\n"),
        (("--cookie", "=x"), "luiska: --cookie: write it like NAME=VALUE.\n"),
        (("--header", "Host: x"), "luiska: --header Host: The browser alone sends this header"),
        (("--cookie", "a=b;c"), "luiska: --cookie a: A cookie's value has no spaces"),
        (
            ("--action", "set field #q to ${LUISKA_SECRET_NONE}"),
            "luiska: --action 'set field #q to ${LUISKA_SECRET_NONE}': LUISKA_SECRET_NONE is not "
            "set in the environment of what visits pages.\n",
        ),
        (("--must-contain", " "), "luiska: --must-contain: Give a CSS selector"),
    ],
)
def test_what_cannot_be_followed_is_told_as_it_stands_on_the_command_line(
    here, site, menu, options, words
):
    ended = here("scan", menu, "--allow-host", site.host, *options)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(words)
