"""What is wrong on a command line is told in one line, with exit code 1."""

import os

import pytest

URL = "https://library.example/"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nope"], "No such command 'nope'. Did you mean 'notes'?"),
        (
            ["scan", "--nope"],
            "No such option: --nope (Possible options: --lanes, --store, --token)",
        ),
        (["scan"], "Name at least one URL, a file of them with --urls-file, --sitemap or --crawl."),
        (
            ["scan", "library.example"],
            "library.example: Give an absolute URL that begins with http:// or https://.",
        ),
        (
            ["scan", "file:///etc/passwd"],
            "file:///etc/passwd: Give an absolute URL that begins with http:// or https://.",
        ),
        (["scan", ""], "'': Give an absolute URL that begins with http:// or https://."),
        (
            ["scan", "http://library.example:0/"],
            "http://library.example:0/: No server answers at port 0; name another, or none.",
        ),
        (["scan", "http://library example/"], "http://library example/: A host has no spaces."),
        (
            ["scan", "http://library.example/a b"],
            "http://library.example/a b: A URL has no spaces; write them as %20.",
        ),
        (
            ["scan", URL, "https://me:secret@library.example/"],
            "https://me:secret@library.example/: A user name or password in a URL would be stored "
            "with the page; leave it out.",
        ),
        (
            ["scan", URL, "--standard", "wcag30"],
            "--standard: unknown standard 'wcag30': use one of wcag21aa, wcag22aa, "
            "en301549-3.2.1, en301549-4.1.1",
        ),
        (
            ["scan", URL, "--viewport", "wide"],
            "--viewport wide: write it like 1280x1024, each side 200 to 8000.",
        ),
        (
            ["scan", URL, "--viewport", "1280x100"],
            "--viewport 1280x100: write it like 1280x1024, each side 200 to 8000.",
        ),
        (
            ["scan", URL, "--checks", "axe,magic"],
            "--checks: There are no checks called 'magic' here; there are: axe.",
        ),
        (["scan", URL, "--checks", ","], "--checks: name at least one, such as axe."),
        (
            ["scan", URL, "--allow-host", "127.0.0.1"],
            "--allow-host 127.0.0.1: write it like 127.0.0.1:3000.",
        ),
        (
            ["scan", URL, "--allow-host", "http://127.0.0.1:3000"],
            "--allow-host http://127.0.0.1:3000: write it like 127.0.0.1:3000.",
        ),
        (
            ["scan", URL, "--allow-host", "127.0.0.1:70000"],
            "--allow-host 127.0.0.1:70000: write it like 127.0.0.1:3000.",
        ),
        (
            ["scan", URL, "--format", "docx"],
            "--format docx: choose one of json, csv, html, sarif, junit, codequality, gitlab-a11y, "
            "md.",
        ),
        (
            ["scan", URL, "--output", "missing/report.json"],
            "--output missing/report.json: its folder is not there.",
        ),
        (["scan", URL, "--output", "."], "--output .: is a folder."),
        (
            ["scan", URL, "--lanes", "0"],
            "Invalid value for '--lanes': Input should be greater than or equal to 1",
        ),
        (
            ["scan", URL, "--store", "luiska.db"],
            "LUISKA_DATABASE_URL (or --store) is not a database URL; try sqlite:///./luiska.db",
        ),
        (
            ["scan", URL, "--store", "mysql://somewhere/luiska"],
            "LUISKA_DATABASE_URL (or --store) names mysql, which is neither sqlite nor postgresql; "
            "try sqlite:///./luiska.db",
        ),
        (
            ["scan", URL, "--store", "postgresql+psycopg2://somewhere/luiska"],
            "LUISKA_DATABASE_URL (or --store) names another driver than psycopg; leave it out; "
            "try sqlite:///./luiska.db",
        ),
        (
            ["scan", URL, "--store", "sqlite://"],
            "LUISKA_DATABASE_URL (or --store) names no file; try sqlite:///./luiska.db",
        ),
        (
            ["scan", URL, "--store", "sqlite:///luiska.db?mode=ro"],
            "LUISKA_DATABASE_URL (or --store) has a ? that SQLite reads only in "
            "sqlite:///file:…?…&uri=true; try sqlite:///./luiska.db",
        ),
        (
            ["scan", URL, "--store", "sqlite:///missing/luiska.db"],
            "sqlite:///missing/luiska.db: unable to open database file",
        ),
        (
            ["scan", "--urls-file", "missing.txt"],
            "--urls-file missing.txt: No such file or directory",
        ),
        (["gate", URL, "--urls-file", os.devnull], f"--urls-file {os.devnull}: names no URL."),
        (
            ["barriers", "--project", "nope"],
            "--project nope: there is no such project in this store.",
        ),
        (["notes", "S-01", "missing.txt"], "missing.txt: No such file or directory"),
        (
            ["token", "create", "--role", "king"],
            "Invalid value for '--role': Value error, 'king' is not one of 'owner', 'researcher', "
            "'viewer', 'ci'.",
        ),
        (["token", "revoke", "nobody"], "There is no such token."),
        (
            ["barriers", "--server", "http://127.0.0.1:1"],
            "--server needs a token: --token or LUISKA_TOKEN.",
        ),
        (
            ["barriers", "--server", "http://127.0.0.1:1", "--token", "x"],
            "http://127.0.0.1:1 cannot be reached: [Errno 111] Connection refused",
        ),
        (
            ["barriers", "--server", "127.0.0.1:8000", "--token", "x"],
            "127.0.0.1:8000 cannot be reached: "
            "Request URL is missing an 'http://' or 'https://' protocol.",
        ),
        (
            ["barriers", "--server", "http://[::1", "--token", "x"],
            "--server http://[::1: Invalid port: ':1'",
        ),
        (
            ["barriers", "--server", "http://127.0.0.1:1", "--token", "ä"],
            "--token: this is no token of Luiska.",
        ),
        (["db", "backup", "missing/b.db"], "There is no database at luiska.db."),
        (
            ["db", "restore", "missing.db"],
            "missing.db is no backup of Luiska: unable to open database file",
        ),
    ],
)
def test_a_wrong_command_line_ends_with_1_and_one_line_that_names_what_is_wrong(
    here, arguments, line
):
    ended = here(*arguments)
    assert (ended.code, ended.out, ended.err) == (1, "", f"luiska: {line}\n")


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("LUISKA_PORT", "abc", "LUISKA_PORT: Input should be a valid integer, "
         "unable to parse string as an integer"),
        ("LUISKA_PORT", "99999", "LUISKA_PORT: Input should be less than or equal to 65535"),
        ("LUISKA_GRID_URL", "hub:4444", "LUISKA_GRID_URL: Value error, write it like "
         "http://hub:4444."),
        ("LUISKA_LANES", "0", "LUISKA_LANES: Input should be greater than or equal to 1"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named_by_its_variable(here, monkeypatch, name, value, line):
    monkeypatch.setenv(name, value)
    ended = here("serve")
    assert (ended.code, ended.out, ended.err) == (1, "", f"luiska: {line}\n")


def test_without_arguments_it_tells_its_verbs_on_stderr_and_ends_with_1(here):
    ended = here()
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("Usage: ")
    for verb in ("serve", "scan", "notes", "barriers", "doctor", "demo", "token", "db"):
        assert f"\n  {verb} " in ended.err


def test_help_is_asked_for_so_it_goes_to_stdout_with_0(here):
    ended = here("scan", "--help")
    assert (ended.code, ended.err) == (0, "")
    assert "--allow-host" in ended.out


def test_a_file_that_is_no_database_is_told_in_one_line(here, tmp_path, monkeypatch):
    (tmp_path / "notes.db").write_bytes(b"these are notes" * 100)
    monkeypatch.setenv("LUISKA_DATABASE_URL", "sqlite:///notes.db")
    for arguments in (["barriers"], ["db", "upgrade"], ["token", "list"]):
        ended = here(*arguments)
        assert (ended.code, ended.out) == (1, "")
        assert ended.err == "luiska: sqlite:///notes.db: file is not a database\n"


def test_a_server_that_is_not_luiska_is_told_so(here, site):
    ended = here("barriers", "--server", site.origin, "--token", "x")
    assert ended.code == 1
    assert ended.err == f"luiska: {site.origin} answered 404, and not like Luiska does.\n"


def test_a_server_that_answers_everything_with_a_page_is_told_so(here, site):
    site.pages["/api/v1/projects/default/barriers"] = "<p>Welcome"
    ended = here("barriers", "--server", site.origin, "--token", "x")
    assert ended.code == 1
    assert ended.err == f"luiska: {site.origin} answered 200, and not like Luiska does.\n"
