"""Files imported into a session: seen first, stored once, and taken back."""

import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import Workbook
from sqlmodel import Session

from service import db
from service.research import imports
from service.research.following import happened_after
from service.research.personal import PersonalSearch
from service.research.telling import last_number

VTT = """\
WEBVTT

00:00:12.500 --> 00:00:15.000
<v P03>En löydä hakunappia

00:00:16.000 --> 00:00:18.000
<v MK>Mitä etsit?
"""
CSV = """\
aika;teksti;koodi;vakavuus;tunniste;tehtävä
02:15;Nappi ei löydy;X;3;haku;2
;sama taas;D;;haku;2
"""


@pytest.fixture
def send(client, researcher, session) -> Callable[..., Any]:
    """Sends a file to S-014 as the body itself; answers the response."""

    def post(content: str | bytes, media_type: str, to: str = session, **query: Any) -> Any:
        headers = {**researcher, "Content-Type": media_type, **query.pop("headers", {})}
        return client.post(
            f"/api/v1/sessions/{to}/import",
            headers=headers,
            content=content.encode() if isinstance(content, str) else content,
            params=query,
        )

    return post


@pytest.fixture
def undo(client, researcher) -> Callable[..., Any]:
    """Takes an import back; answers the response."""

    def post(imported: dict[str, Any], **query: Any) -> Any:
        address = f"/api/v1/imports/{imported['id']}/undo"
        return client.post(address, headers=researcher, params=query)

    return post


@pytest.fixture
def session_without_quotes(make, study, consent) -> str:
    """The id of a session with P04, who agreed to notes and not to quotes."""
    made = make(
        f"/studies/{study}/participants",
        pseudonym="P04",
        technology="none",
        consent={**consent, "quotes": False},
    )
    return str(make(f"/studies/{study}/sessions", participant_id=made["id"], moderator="MK")["id"])


def test_a_preview_shows_what_each_piece_becomes_and_stores_nothing(
    client, researcher, session, send, observations
):
    answer = send(VTT, "text/vtt", preview=True)
    assert answer.status_code == 200
    shown = answer.json()
    assert shown["taken"] == {
        "format": "vtt",
        "encoding": "utf-8",
        "separator": None,
        "part": None,
        "spoken": True,
        "because": [
            "It was sent as text/vtt.",
            "Its letters beyond ASCII are valid UTF-8, which text in Windows-1252 hardly ever is "
            "(the first would read Ã¶ there).",
            "Where a cue ends, its name and its settings are not kept.",
        ],
    }
    first, second = shown["observations"]
    assert first == {
        "source": {"line": 3, "place": "line 3"},
        "kind": "observation",
        "raw": "00:00:12.500 --> 00:00:15.000\n<v P03>En löydä hakunappia\n",
        "text": '"En löydä hakunappia"',
        "quotes": ["En löydä hakunappia"],
        "code": "note",
        "severity": None,
        "actor": "participant",
        "offset_ms": 12_500,
        "time_inherited": False,
        "task": None,
        "url": None,
        "selector": None,
        "criterion": None,
        "rule": None,
        "tags": [],
        "warnings": [],
    }
    assert (second["text"], second["quotes"], second["actor"]) == ("Mitä etsit?", [], "moderator")
    assert shown["stored"] == {"observation": 2}
    assert shown["refusals"] == []
    assert observations() == []
    listed = client.get(f"/api/v1/sessions/{session}/imports", headers=researcher)
    assert listed.json()["items"] == []


def test_an_import_stores_what_its_preview_showed(client, researcher, session, send, observations):
    shown = send(CSV, "text/csv", preview=True).json()["observations"]
    answer = send(CSV, "text/csv")
    assert answer.status_code == 201
    made = answer.json()
    assert answer.headers["Location"] == f"/api/v1/imports/{made['id']}"
    assert (made["format"], made["encoding"], made["entries"]) == ("csv", "utf-8", 2)
    assert (made["session_id"], made["undone_at"]) == (session, None)
    stored = observations()
    assert made["observations"] == stored
    shared = shown[0].keys() & stored[0].keys()
    assert [{n: each[n] for n in shared} for each in stored] == [
        {n: each[n] for n in shared} for each in shown
    ]
    first, second = stored
    assert (first["line"], first["code"], first["severity"]) == (2, "problem", "major")
    assert (first["tags"], first["task"], first["offset_ms"]) == (["haku"], 2, 135_000)
    assert (second["code"], second["refers_to_id"]) == ("same_problem", first["id"])
    assert (second["offset_ms"], second["time_inherited"]) == (135_000, True)
    read = client.get(f"/api/v1/imports/{made['id']}", headers=researcher).json()
    assert read == {name: made[name] for name in read}


def test_a_form_names_its_file(client, researcher, session):
    book = Workbook()
    book.active.append(["Aika", "Teksti", "Koodi"])
    book.active.append(["00:30", "Etsii hakua", "C"])
    content = io.BytesIO()
    book.save(content)
    answer = client.post(
        f"/api/v1/sessions/{session}/import",
        headers=researcher,
        files={"file": ("muistiinpanot.xlsx", content.getvalue(), "application/octet-stream")},
    )
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["format"], made["name"]) == ("xlsx", "muistiinpanot.xlsx")
    [only] = made["observations"]
    assert (only["text"], only["code"], only["offset_ms"]) == ("Etsii hakua", "comment", 30_000)


def test_a_form_without_a_file_is_refused(client, researcher, session):
    answer = client.post(
        f"/api/v1/sessions/{session}/import",
        headers=researcher,
        files={"other": ("a.csv", b"x", "text/csv")},
    )
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/file"]


def test_a_file_that_cannot_be_read_is_refused_with_its_place(send, observations):
    answer = send('teksti\n"auki\n', "text/csv")
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:luiska:problem:unreadable-file"
    assert answer.json()["errors"][0]["detail"].startswith("Line 2: A quotation mark is opened")
    untold = send("x", "application/octet-stream")
    assert [each["pointer"] for each in untold.json()["errors"]] == ["/query/format"]
    assert observations() == []


def test_the_same_file_is_imported_once(client, send, observations):
    headers = {"Idempotency-Key": "file-1"}
    first = send(CSV, "text/csv", headers=headers)
    again = send(CSV, "text/csv", headers=headers)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    other = send(CSV, "text/csv")
    assert other.status_code == 409
    assert other.json()["type"] == "urn:luiska:problem:already-imported"
    assert first.json()["id"] in other.json()["detail"]
    shown = send(CSV, "text/csv", preview=True).json()
    assert [each["type"] for each in shown["refusals"]] == ["urn:luiska:problem:already-imported"]
    assert len(observations()) == 2


def test_spoken_words_need_consent_to_quotes(send, session_without_quotes):
    refused = send(VTT, "text/vtt", to=session_without_quotes)
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:luiska:problem:consent-missing"
    assert "line 3." in refused.json()["detail"]
    shown = send(VTT, "text/vtt", to=session_without_quotes, preview=True)
    assert shown.status_code == 200
    assert [each["detail"] for each in shown.json()["refusals"]] == [refused.json()["detail"]]
    only_moderator = VTT.replace("<v P03>", "<v MK>")
    assert send(only_moderator, "text/vtt", to=session_without_quotes).status_code == 201


def test_words_of_nobody_known_count_as_the_participants(send, session_without_quotes):
    unnamed = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Speaker 1>Hei\n"
    assert send(unnamed, "text/vtt", to=session_without_quotes).status_code == 409
    told = send(unnamed, "text/vtt", to=session_without_quotes, moderator="Speaker 1")
    assert told.status_code == 201
    assert [each["actor"] for each in told.json()["observations"]] == ["moderator"]


def test_an_undone_import_leaves_nothing_of_itself(
    client, researcher, session, send, undo, observations, notes
):
    notes("C ennen")
    tasks = "kind,task,outcome,seq,time,text\ntask_start,1,,,01:00,\n,1,assisted,5,03:00,valmis\n"
    made = send(tasks, "text/csv").json()
    assert made["stored"] == {"task_start": 1, "task_end": 1}
    before = client.get(f"/api/v1/sessions/{session}", headers=researcher).json()["attempts"]
    assert [(a["task"], a["outcome"], a["seq"]) for a in before] == [(1, "assisted", 5)]
    answer = undo(made)
    assert answer.status_code == 200
    assert answer.json()["undone_by"] == made["made_by"]
    assert answer.json()["submission_id"] is None
    assert [each["text"] for each in observations(kinds="all")] == ["ennen"]
    read = client.get(f"/api/v1/sessions/{session}", headers=researcher).json()
    assert read["attempts"] == []
    assert undo(made).json() == answer.json()
    assert send(tasks, "text/csv").status_code == 201
    listed = client.get(f"/api/v1/sessions/{session}/imports", headers=researcher).json()["items"]
    assert [each["undone_at"] is None for each in listed] == [False, True]


def test_an_import_leaves_attempts_that_were_noted_already(
    client, researcher, session, send, undo, notes
):
    notes("01:00 T1 >\n02:00 T1 = failed")
    before = client.get(f"/api/v1/sessions/{session}", headers=researcher).json()["attempts"]
    made = send("task,outcome,text\n1,unassisted,meni\n", "text/csv").json()
    assert [each["code"] for each in made["warnings"]] == ["attempt-kept"]
    assert undo(made).status_code == 200
    after = client.get(f"/api/v1/sessions/{session}", headers=researcher).json()["attempts"]
    assert after == before


def test_what_was_linked_or_corrected_since_is_not_undone_in_passing(
    client, researcher, session, send, undo, observations, notes
):
    made = send(CSV, "text/csv").json()
    first, second = (each["id"] for each in made["observations"])
    linked = client.post(
        f"/api/v1/observations/{first}/links",
        headers=researcher,
        json={"new": {"title": "Hakunappia ei löydy"}},
    )
    assert linked.status_code == 201, linked.text
    client.patch(f"/api/v1/observations/{second}", headers=researcher, json={"severity": 4})
    notes("D taas #haku")
    refused = undo(made)
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:luiska:problem:import-in-use"
    assert (
        "1 linked to barriers, 1 corrected or without their words, 1 repeated by later ones"
        in refused.json()["detail"]
    )
    assert len(observations()) == 3
    assert undo(made, force=True).status_code == 200
    [left] = observations()
    assert (left["text"], left["refers_to_id"]) == ("taas", None)


def test_later_notes_go_on_where_earlier_notes_ended_not_where_a_file_did(
    send, notes, observations
):
    notes("01:00 C alku @/haku")
    send(VTT, "text/vtt")
    notes("C jatkuu")
    assert [(each["offset_ms"], each["url"]) for each in observations()][-1] == (60_000, "/haku")


def test_the_audit_trail_tells_of_imports_without_words(client, owner, send, undo):
    made = send(CSV, "text/csv").json()
    undo(made)
    entries = client.get("/api/v1/audit", headers=owner).json()["items"]
    told = {each["action"]: each["detail"] for each in entries}
    assert told["file imported"] == {
        "import_id": made["id"],
        "submission_id": made["submission_id"],
        "format": "csv",
        "entries": 2,
        "warnings": 0,
    }
    assert told["import undone"] == {
        "import_id": made["id"],
        "entries": 2,
        "links": 0,
        "corrections": 0,
    }


def test_a_file_for_another_session_is_refused(send):
    answer = send("# S-099 P03 obs=MK\nX jotain\n", "text/markdown")
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:luiska:problem:header-contradicts"


def test_words_in_a_file_go_when_consent_to_quotes_is_taken_back(
    client, researcher, participant, send, observations
):
    marked = VTT.replace("En löydä hakunappia", "En <b>löydä</b>\nhakunappia")
    send(marked.replace("</b>\nhakunappia\n\n", "</b>\nhakunappia\n<v MK>Vai niin\n\n"), "text/vtt")
    taken_back = client.post(
        f"/api/v1/participants/{participant}/withdrawals",
        headers=researcher,
        json={"agreements": ["quotes"], "channel": "phone"},
    )
    assert taken_back.status_code in {200, 201}, taken_back.text
    told = [(each["text"], each["raw"], each["actor"]) for each in observations()]
    assert told == [
        ('"…"', "…", "participant"),
        ("Vai niin", "00:00:12.500 --> 00:00:15.000\nVai niin\n", "moderator"),
        ("Mitä etsit?", "00:00:16.000 --> 00:00:18.000\n<v MK>Mitä etsit?\n", "moderator"),
    ]


def test_personal_data_in_a_file_is_warned_of_before_it_is_stored(send):
    csv = "time,text\n00:10,Soita numeroon 040 123 4567\n"
    shown = send(csv, "text/csv", preview=True).json()
    assert [(each["line"], each["code"]) for each in shown["warnings"]] == [(2, "personal-data")]
    made = send(csv, "text/csv").json()
    assert made["warnings"] == shown["warnings"]
    assert made["observations"][0]["warnings"] == shown["warnings"]


def test_a_codebook_of_taguette_is_taken_into_the_studys_own(client, researcher, study, make):
    make(f"/studies/{study}/codes", name="Haku", tag="haku", definition="Oma")
    csv = "tag,description\nnav.menu,Valikot\nnav,Suunnistus\nhaku,Toinen\n"
    headers = {**researcher, "Content-Type": "text/csv"}
    address = f"/api/v1/studies/{study}/codebook"
    answer = client.post(address, headers=headers, content=csv)
    assert answer.status_code == 200, answer.text
    nav, menu = answer.json()["added"]
    assert (nav["name"], nav["tag"], nav["definition"]) == ("nav", "nav", "Suunnistus")
    assert (menu["name"], menu["tag"], menu["parent_id"]) == ("menu", "nav.menu", nav["id"])
    assert answer.json()["kept"] == 1
    assert client.post(address, headers=headers, content=csv).json() == {"added": [], "kept": 3}
    listed = client.get(f"/api/v1/studies/{study}/codes", headers=researcher).json()["items"]
    assert [(each["tag"], each["definition"]) for each in listed] == [
        ("haku", "Oma"),
        ("nav", "Suunnistus"),
        ("nav.menu", "Valikot"),
    ]
    refused = client.post(address, headers=headers, content="a;b\n1;2\n")
    assert refused.status_code == 422
    assert refused.json()["type"] == "urn:luiska:problem:unreadable-file"


def test_whoever_follows_a_session_is_told_of_an_undone_import(app, session, send, undo, notes):
    notes("C ennen")
    made = send(CSV, "text/csv").json()
    with Session(app.state.engine) as store:
        before = last_number(store, session)
    undo(made)
    with Session(app.state.engine) as store:
        assert before == 3
        assert [
            (each.number, each.kind) for each in happened_after(store, session, 0, at_most=9)
        ] == [
            (1, "noted"),
            (4, "forgotten"),
        ]


def test_a_file_is_read_and_looked_through_while_others_write(app, send, monkeypatch):
    wrote = []

    def beside_a_write(real):
        def call(*told):
            # Waits for half a minute, and fails, where the import holds the write lock already.
            with db.transaction(app.state.engine) as store:
                store.execute(sa.text("UPDATE project SET name = name"))
            wrote.append(real.__name__)
            return real(*told)

        return call

    monkeypatch.setattr(imports, "read_file", beside_a_write(imports.read_file))
    look_through = beside_a_write(PersonalSearch.look_through)
    monkeypatch.setattr(PersonalSearch, "look_through", look_through)
    assert send("text;code\nei löydy;X\n", "text/csv").status_code == 201
    assert wrote == ["read_file", "look_through"]
