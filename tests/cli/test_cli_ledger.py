"""`luiska scan --store` and `--server`, `luiska notes` and `luiska barriers`: one ledger."""

import json

import httpx
import pytest
from local_site import SAMPLES
from program import luiska

STUDY_NOTES = SAMPLES.parent / "notes" / "S-01.txt"
PATHS = ["/nameless", "/fi/ohje.html", "/gone"]
OPTIONS = ["--viewport", "1280x1024", "--viewport", "320x640"]
MADE_HERE = {}


def without_times(document):
    return {
        **document,
        "pages": [{**page, "timings_ms": None} for page in document["pages"]],
    }


@pytest.fixture
def to_server(served):
    return ["--server", served.address, "--token", served.token]


@pytest.fixture
def urls(site):
    return [site.url(path) for path in PATHS]


@pytest.fixture
def embedded(here, site, urls):
    """What a scan without a store said of the pages; made once."""
    if not MADE_HERE:
        ended = here("scan", *urls, *OPTIONS, "--allow-host", site.host)
        assert ended.code == 3, ended.err
        MADE_HERE["ended"] = ended
    return MADE_HERE["ended"]


@pytest.mark.long
def test_a_scan_on_a_server_gives_the_same_document_as_one_made_here(
    here, urls, embedded, to_server
):
    on_server = here("scan", *urls, *OPTIONS, *to_server)
    assert on_server.code == 3, on_server.err
    assert without_times(json.loads(on_server.out)) == without_times(json.loads(embedded.out))
    assert told(on_server.err) == told(embedded.err)


def told(text: str) -> list[str]:
    """What was said of the pages, without their order and the time it took."""
    lines = (line for line in text.splitlines() if not line.startswith("Time:"))
    return sorted(line.partition(" ")[2] for line in lines)


def test_what_a_server_refuses_is_told_as_it_stands_on_the_command_line(here, to_server):
    for arguments, line in (
        (["nothing"], "nothing: Give an absolute URL that begins with http:// or https://."),
        (
            ["https://a.example/", "--checks", "magic"],
            "--checks: There are no checks called 'magic' here; there are: axe.",
        ),
    ):
        ended = here("scan", *arguments, *to_server)
        assert (ended.code, ended.out, ended.err) == (1, "", f"luiska: {line}\n")


def test_a_wrong_token_or_project_is_told_in_the_servers_own_words(here, served, to_server):
    ended = here("barriers", "--server", served.address, "--token", "luiska_wrong")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        f"luiska: {served.address}: This token is not known here. "
        "Ask an owner of the project for one.\n"
    )
    ended = here("barriers", "--project", "nope", *to_server)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        f"luiska: {served.address}: Nothing with this id can be reached with your token.\n"
    )


def test_a_stored_scan_is_kept_and_its_barriers_are_listed(site, urls, embedded, tmp_path):
    store = f"sqlite:///{tmp_path}/kept.db"
    ended = luiska(
        "scan", *urls, *OPTIONS, "--allow-host", site.host, "--store", store, "--lanes", "1",
        folder=tmp_path,
    )  # fmt: skip
    assert ended.code == 3, ended.err
    assert without_times(json.loads(ended.out)) == without_times(json.loads(embedded.out))
    assert "Traceback" not in ended.err
    listed = luiska(
        "barriers", "--format", "json", folder=tmp_path, settings={"LUISKA_DATABASE_URL": store}
    )
    assert (listed.code, listed.err) == (0, "")
    barriers = json.loads(listed.out)
    found = {
        finding["rule"]
        for page in json.loads(ended.out)["pages"]
        for finding in page["findings"]
        if finding["outcome"] == "failed"
    }
    assert {barrier["rule"] for barrier in barriers} == found
    assert [barrier["rank"] for barrier in barriers] == list(range(1, len(barriers) + 1))
    assert {barrier["evidence"] for barrier in barriers} == {"machine"}


def test_storing_beside_a_running_service_is_refused_and_names_server(here, served, site):
    store = f"sqlite:///{served.folder}/luiska.db"
    ended = here("scan", site.url("/clean"), "--allow-host", site.host, "--store", store)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        f"luiska: Another process is running jobs on {served.folder}/luiska.db. Use that one "
        "(--server, with the address that it serves on), or stop it, or name another database.\n"
    )


@pytest.fixture
def session(served):
    """The id of a session in a study of its own, on the running service."""
    with httpx.Client(
        base_url=f"{served.address}/api/v1", headers={"Authorization": f"Bearer {served.token}"}
    ) as api:

        def made(path, **body):
            answer = api.post(path, json=body)
            assert answer.status_code == 201, answer.text
            return answer.json()["id"]

        study = made("/projects/default/studies", name="Study", goal="See who gets through")
        for number in range(1, 5):
            made(f"/studies/{study}/tasks", number=number, title=f"Task {number}")
        participant = made(
            f"/studies/{study}/participants",
            pseudonym="P01",
            technology="screen_reader",
            consent={
                "notes": True,
                "quotes": True,
                "recording": False,
                "text_version": "1",
                "language": "fi",
                "given_at": "2026-11-01T09:00:00Z",
                "channel": "paper",
            },
        )
        yield made(f"/studies/{study}/sessions", participant_id=participant, moderator="Aino")


def test_notes_go_to_a_session_here_beside_the_service_and_on_the_server(
    here, served, session, to_server, monkeypatch, tmp_path
):
    notes = tmp_path / "notes.txt"
    told = "00:10 ! finds no button =button #4.1.2\n00:20 ?? \n00:30 C soittaa 040 123 4567\n"
    notes.write_text(told, encoding="utf-8")
    on_server = here("notes", session, str(notes), *to_server)
    assert on_server.code == 0, on_server.err
    monkeypatch.chdir(served.folder)
    beside = here("notes", session, str(notes))
    assert beside.code == 0, beside.err
    answers = [json.loads(ended.out) for ended in (on_server, beside)]
    assert answers[0] == answers[1]
    assert answers[0]["session"] == session
    assert answers[0]["warnings"] == len(on_server.err.splitlines())
    assert on_server.err == beside.err
    assert f"{notes}:3: This looks like a phone number." in beside.err
    assert "040 123" not in beside.err
    assert all(line.startswith(f"{notes}:") for line in on_server.err.splitlines())


def test_files_are_previewed_and_imported_here_and_on_the_server(
    here, served, session, to_server, monkeypatch, tmp_path
):
    transcript = tmp_path / "session.vtt"
    transcript.write_text(
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v P01>Ei löydy\n\nNOTE x\n", encoding="utf-8"
    )
    table = tmp_path / "notes.csv"
    table.write_text("aika;teksti\n00:10;Ei löydy\n", encoding="cp1252")
    shown = here("notes", session, str(transcript), "--preview", *to_server)
    assert shown.code == 0, shown.err
    monkeypatch.chdir(served.folder)
    beside = here("notes", session, str(transcript), "--preview")
    previews = [json.loads(ended.out) for ended in (shown, beside)]
    assert previews[0]["taken"] == previews[1]["taken"]
    told = [[(w["line"], w["detail"]) for w in each["warnings"]] for each in previews]
    assert told == [[(6, "A block NOTE is not taken over.")]] * 2
    assert [each["observations"][0]["quotes"] for each in previews] == [["Ei löydy"]] * 2
    on_server = here("notes", session, str(transcript), *to_server)
    assert json.loads(on_server.out) == {"session": session, "observations": 1, "warnings": 1}
    assert on_server.err == f"{transcript}:6: A block NOTE is not taken over.\n"
    stored = here("notes", session, str(table))
    assert json.loads(stored.out) == {"session": session, "observations": 1, "warnings": 1}
    assert "read as Windows-1252" in stored.err
    again = here("notes", session, str(table), *to_server)
    assert (again.code, again.out) == (1, "")
    assert "This file is in the session already" in again.err


def test_notes_in_the_grammar_have_no_preview(here, tmp_path):
    notes = tmp_path / "notes.txt"
    notes.write_text("X jotain\n", encoding="utf-8")
    ended = here("notes", "S-01", str(notes), "--preview")
    assert ended.code == 1
    assert "--preview is for files that are imported; say --format as well." in ended.err


def test_notes_for_nobody_are_refused(here, to_server, tmp_path):
    notes = tmp_path / "notes.txt"
    notes.write_text("00:10 ! something\n", encoding="utf-8")
    ended = here("notes", "S-404", str(notes))
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "luiska: There is no session S-404 in this store. It has: none.\n"
    ended = here("notes", "S-404", str(notes), *to_server)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.count("\n") == 1


def test_barriers_are_the_same_here_beside_the_service_and_on_the_server(
    here, site, served, to_server, monkeypatch, tmp_path
):
    assert here("scan", site.url("/nameless"), *to_server).code == 0
    on_server = here("barriers", "--format", "json", *to_server)
    table = here("barriers", *to_server)
    monkeypatch.chdir(served.folder)
    beside = here("barriers", "--format", "json")
    assert json.loads(on_server.out) == json.loads(beside.out)
    assert table.out == here("barriers").out
    assert "Buttons must have" in table.out
    assert "\x1b" not in table.out
    assert here("barriers", "--output", str(tmp_path / "table.txt")).out == ""
    assert (tmp_path / "table.txt").read_text(encoding="utf-8") == table.out
