"""`luiska scan` without a store: its document, its exit codes, where its words go."""

import json
import re
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
from program import Running, still_running

from service.config import Settings

PAGE_KEYS = {
    "url", "final_url", "viewport", "state", "partial", "partial_reasons", "error",
    "error_detail", "status", "title", "findings", "timings_ms", "refused",
    "reused_from", "page_state",
}  # fmt: skip
FINDING_KEYS = {
    "rule", "outcome", "impact", "criteria", "advisory", "selector", "html", "message", "help",
    "help_url", "fingerprint", "engine", "instance_key", "path",
}  # fmt: skip


@pytest.fixture
def scan(here, site):
    """Scan paths of the site, its host allowed."""

    def go(*paths, options=()):
        urls = [site.url(path) if path.startswith("/") else path for path in paths]
        return here("scan", *urls, "--allow-host", site.host, *options)

    return go


def test_the_document_has_exactly_the_promised_shape(scan, site):
    ended = scan("/nameless")
    assert ended.code == 0
    assert re.fullmatch(
        rf"1/1 {site.url('/nameless')} examined\nPages: 1 of 1 examined\.\n"
        r"Findings: 1 failed \(critical 1\), 0 to review\.\n"
        r"Time: \d+\.\d s, \d+\.\d pages per minute\.\n",
        ended.err,
    )
    document = json.loads(ended.out)
    assert document.keys() == {"engine", "standard", "pages", "summary"}
    assert document["engine"].keys() == {"axe", "browser", "luiska"}
    assert (document["engine"]["axe"], document["engine"]["luiska"]) == ("4.14.1", "0.1.0")
    assert document["standard"] == "wcag22aa"
    (page,) = document["pages"]
    assert page.keys() == PAGE_KEYS
    assert page["timings_ms"].keys() == {"queue", "navigate", "axe", "elements", "total"}
    assert {name: page[name] for name in PAGE_KEYS - {"findings", "timings_ms"}} == {
        "url": site.url("/nameless"),
        "final_url": site.url("/nameless"),
        "viewport": {"width": 1280, "height": 1024},
        "state": "examined",
        "partial": False,
        "partial_reasons": [],
        "refused": [],
        "error": None,
        "error_detail": None,
        "status": 200,
        "title": "Nameless",
        "reused_from": None,
        "page_state": "",
    }
    (finding,) = page["findings"]
    assert finding.keys() == FINDING_KEYS
    assert {
        name: finding[name] for name in FINDING_KEYS - {"message", "fingerprint", "instance_key"}
    } == {
        "rule": "button-name",
        "outcome": "failed",
        "impact": "critical",
        "criteria": ["4.1.2"],
        "advisory": False,
        "selector": "button",
        "html": "<button></button>",
        "path": "html>body>main",
        "help": "Buttons must have discernible text",
        "help_url": "https://dequeuniversity.com/rules/axe/4.14/button-name?application=axeAPI",
        "engine": "axe",
    }
    assert document["summary"] == {
        "pages": {"requested": 1, "examined": 1, "partial": 0, "failed": 0},
        "counts": {"failed": 1, "cantTell": 0, "advisory": 0},
        "failed_by_impact": {"critical": 1},
        "left_out": {},
        "notices": [],
    }


def test_pages_come_in_the_order_asked_for_each_once_in_every_viewport(here, site, tmp_path):
    listed = tmp_path / "urls.txt"
    listed.write_text(
        f"# pages\n\n  # more of them\n{site.url('/clean')}\n  {site.url('/nameless')}  \n",
        encoding="utf-8-sig",
    )
    ended = here(
        "scan", site.url("/nameless"), site.url("/nameless#top"), site.url("/fi/ohje.html"),
        "--urls-file", str(listed), "--allow-host", site.host,
        "--viewport", "1280x1024", "--viewport", "320x640", "--viewport", "1280x1024",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    pages = json.loads(ended.out)["pages"]
    assert [(page["url"], page["viewport"]["width"]) for page in pages] == [
        (site.url(path), width)
        for path in ("/nameless", "/fi/ohje.html", "/clean")
        for width in (1280, 320)
    ]
    assert [page["state"] for page in pages] == ["examined"] * 6


def test_findings_alone_are_no_failure(scan):
    assert scan("/nameless").code == 0
    assert scan("/clean").code == 0


def test_a_page_that_could_not_be_examined_makes_it_incomplete(scan, site):
    ended = scan("/clean", "/gone")
    assert ended.code == 3
    clean, gone = json.loads(ended.out)["pages"]
    assert (clean["state"], clean["error"]) == ("examined", None)
    assert (gone["state"], gone["error"], gone["status"], gone["findings"]) == (
        "error", "http_error", None, [],
    )  # fmt: skip
    assert sorted(ended.err.splitlines()[:2]) == [
        f"1/2 {site.url('/clean')} examined",
        f"2/2 {site.url('/gone')} http_error",
    ]


def test_a_page_that_was_examined_in_part_makes_it_incomplete(scan, site, monkeypatch):
    monkeypatch.setenv("LUISKA_PAGE_DEADLINE_S", "6")
    ended = scan("/hanging")
    assert ended.code == 3
    assert ended.err.splitlines()[:2] == [
        f"1/1 {site.url('/hanging')} examined in part",
        "Pages: 1 of 1 examined, 1 of them in part.",
    ]
    document = json.loads(ended.out)
    assert (document["pages"][0]["partial"], document["pages"][0]["error"]) == (True, None)
    assert document["summary"]["pages"] == {
        "requested": 1, "examined": 1, "partial": 1, "failed": 0,
    }  # fmt: skip


@pytest.mark.parametrize("allowed", [[], ["--allow-host", "127.0.0.1:9"]])
def test_a_private_address_is_blocked_unless_it_was_allowed_by_host_and_port(here, site, allowed):
    ended = here("scan", site.url("/clean"), *allowed)
    assert ended.code == 3
    (page,) = json.loads(ended.out)["pages"]
    assert (page["state"], page["error"]) == ("error", "blocked_address")
    assert page["error_detail"] == (
        f"127.0.0.1 is 127.0.0.1, a loopback address; allow {site.host} to visit it"
    )


def test_the_result_goes_to_the_file_asked_for_and_stdout_stays_empty(scan, tmp_path):
    ended = scan("/clean", options=["--output", "report.json"])
    assert (ended.code, ended.out) == (0, "")
    document = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert document["pages"][0]["title"] == "Clean"


def test_another_standard_is_another_set_of_rules(scan):
    def rules(standard):
        ended = scan("/fi/etusivu.html", options=["--standard", standard])
        findings = json.loads(ended.out)["pages"][0]["findings"]
        return {finding["rule"] for finding in findings if not finding["advisory"]}

    assert rules("wcag22aa") - rules("wcag21aa") == {"target-size"}


def test_nothing_is_kept_without_a_store(scan, tmp_path):
    assert scan("/clean").code == 0
    assert list(tmp_path.iterdir()) == []


def test_a_missing_axe_core_or_chromium_is_one_line_that_names_the_setting(scan, monkeypatch):
    monkeypatch.setenv("LUISKA_AXE_PATH", "/nowhere/axe.min.js")
    ended = scan("/clean")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("luiska: axe-core is not at /nowhere/axe.min.js (")
    assert "LUISKA_AXE_PATH" in ended.err
    assert ended.err.count("\n") == 1
    monkeypatch.setenv("LUISKA_AXE_PATH", str(Settings.model_fields["axe_path"].default))
    monkeypatch.setenv("LUISKA_CHROMIUM", "/nowhere/chromium")
    ended = scan("/clean")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("luiska: Chromium is not at '/nowhere/chromium'")
    assert "LUISKA_CHROMIUM" in ended.err
    assert ended.err.count("\n") == 1


@pytest.fixture
def hangups_count() -> Iterator[None]:
    """Also where these tests were begun by nohup, whose children ignore them as well."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(
    "number", [pytest.param(signal.SIGINT, marks=pytest.mark.long), signal.SIGTERM, signal.SIGHUP]
)
def test_an_interrupted_scan_ends_at_once_and_leaves_no_browser_behind(
    site, tmp_path, number, hangups_count
):
    with Running(
        "scan", site.url("/clean"), site.url("/hanging"), "--allow-host", site.host,
        "--lanes", "1", folder=tmp_path,
    ) as scan:  # fmt: skip
        scan.wait_for("/clean examined")
        started = scan.descendants()
        assert {"chromedriver", "chromium"} & {process.name() for process in started}
        ended = scan.stop(number)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines()[-1] == "luiska: Interrupted."
    assert still_running(started) == []


def test_who_is_interrupted_ends_no_scan_that_somebody_else_asked_for(served, site, tmp_path):
    asked = ("scan", site.url("/hanging?both"), "--server", served.address, "--token", served.token)
    scans = f"{served.address}/api/v1/projects/default/scans"
    bearer = {"Authorization": f"Bearer {served.token}"}

    def states():
        return [scan["state"] for scan in httpx.get(scans, headers=bearer).json()["items"]]

    before = len(states())
    with Running(*asked, folder=tmp_path) as first:
        end = time.monotonic() + 60
        while states()[: len(states()) - before] != ["running"]:
            assert time.monotonic() < end, first.err
            time.sleep(0.1)
        with Running(*asked, folder=tmp_path) as second:
            time.sleep(2.5)
            assert second.stop(signal.SIGTERM).code == 1
        assert states()[: len(states()) - before] == ["running"]
        assert first.stop(signal.SIGTERM).code == 1
    assert states()[: len(states()) - before] == ["cancelled"]


@pytest.mark.long
def test_a_scan_whose_store_cannot_be_written_any_more_ends(here, site, tmp_path):
    pages = [site.url(f"/nameless?{number}") for number in range(6)]
    options = ["--allow-host", site.host, "--store", f"sqlite:///{tmp_path}/a.db"]
    with Running("scan", *pages, *options, "--lanes", "1", folder=tmp_path) as scan:
        scan.wait_for("/nameless.0 examined")
        with closing(sqlite3.connect(tmp_path / "a.db")) as store:
            store.execute("ALTER TABLE finding RENAME TO away")
            ended = scan.ended(120)
            assert (ended.code, ended.out) == (1, "")
            assert re.fullmatch(
                r"luiska: The database has not been usable for 3\d s: no such table: \S*finding\. "
                r"What is stored is kept; what next works on this store goes on with this scan\.",
                ended.err.splitlines()[-1],
            )
            assert "Traceback" not in ended.err
            store.execute("ALTER TABLE away RENAME TO finding")
            assert here("scan", *pages[:1], *options).code == 0


@pytest.mark.parametrize(
    ("name", "begins", "tells"),
    [
        ("csv", "\ufeffstanding,", "failed,,button-name,Buttons must have discernible text"),
        ("html", "<!doctype html>", "Buttons must have discernible text"),
        ("junit", "<?xml ", 'name="button-name">\n      <failure '),
    ],
)
def test_a_scan_is_written_in_the_format_asked_for_with_what_failed(
    scan, tmp_path, name, begins, tells
):
    report = tmp_path / "report"
    ended = scan("/nameless", options=("--format", name, "--output", str(report)))
    assert (ended.code, ended.out) == (0, "")
    text = report.read_text(encoding="utf-8")
    assert text.startswith(begins)
    assert tells in text
