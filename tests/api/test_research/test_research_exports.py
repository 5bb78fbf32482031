"""What was noted, taken out again: tables, JSON that reads back, codebook, transcript."""

import csv
import io
import json
from pathlib import Path

import pytest
import xmlschema
from openpyxl import load_workbook

SCHEMA = Path(__file__).parents[2] / "unit" / "reports" / "schemas" / "refi-qda-codebook-1.0.xsd"
NOTES = """\
# S-014 P03 obs=MK build=1.4.2
@https://library.example/haku
T2 >
02:15 X !3 "En löydä hakunappia" #haku =#search-button ^2.4.7
02:40 ?? P: selaa alas, palaa
03:05 D M: =1+1 taas #haku
~ luulee logoa painikkeeksi
05:10 T2 = assisted SEQ 3
"""
SHARED = (
    "kind", "code", "severity", "actor", "offset_ms", "task", "url", "selector", "criterion",
    "rule", "tags", "text", "quotes",
)  # fmt: skip


@pytest.fixture
def get(client, researcher):
    """Gets a file as a researcher; answers the response."""

    def answered(path: str, headers: dict[str, str] = researcher):
        return client.get(f"/api/v1{path}", headers=headers)

    return answered


@pytest.fixture
def other_session(make, study, participant) -> str:
    """The id of a further, empty session of the same study."""
    made = make(f"/studies/{study}/sessions", participant_id=participant, moderator="MK")
    return str(made["id"])


def said(observations):
    return [{name: each[name] for name in SHARED} for each in observations]


def test_a_table_holds_every_entry_as_it_is_read_now(get, study, notes):
    notes(NOTES)
    answer = get(f"/studies/{study}/export.csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["kind"] for row in rows] == [
        "page", "task_start", *["observation"] * 4, "task_end",
    ]  # fmt: skip
    first, repeated = rows[2], rows[4]
    assert {name: first[name] for name in ("session", "participant", "time", "offset_ms")} == {
        "session": "S-014",
        "participant": "P03",
        "time": "0:02:15",
        "offset_ms": "135000",
    }
    assert (first["code"], first["severity"], first["task"]) == ("problem", "major", "2")
    assert (first["selector"], first["criterion"], first["tags"]) == (
        "#search-button",
        "2.4.7",
        "haku",
    )
    assert first["quotes"] == "En löydä hakunappia"
    assert first["raw"].startswith("02:15 X !3")
    assert (repeated["text"], repeated["refers_to"]) == ("'=1+1 taas", first["id"])
    assert (rows[-1]["outcome"], rows[-1]["seq"]) == ("assisted", "3")


def test_a_workbook_has_the_same_rows_and_no_formula(get, study, notes):
    notes(NOTES)
    table = get(f"/studies/{study}/export.csv").content.decode("utf-8-sig")
    answer = get(f"/studies/{study}/export.xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell.value or "" for cell in row] for row in sheet.iter_rows()]
    assert rows == [
        [cell.replace("\r\n", "\n") for cell in row] for row in csv.reader(io.StringIO(table))
    ]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_json_reads_back_as_the_same_observations(
    client, researcher, get, study, session, other_session, notes, observations
):
    notes(NOTES)
    exported = get(f"/studies/{study}/export.json")
    document = exported.json()
    assert (document["format"], document["version"]) == ("luiska-observations", 1)
    assert [each["session"] for each in document["observations"]] == ["S-014"] * 7
    answer = client.post(
        f"/api/v1/sessions/{other_session}/import",
        headers={**researcher, "Content-Type": "application/json"},
        content=exported.content,
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["format"] == "luiska"
    again = get(f"/sessions/{other_session}/observations?kinds=all").json()["items"]
    before = [each for each in observations(kinds="all") if each["kind"] != "header"]
    assert said(again) == said(before)
    attempts = get(f"/sessions/{other_session}").json()["attempts"]
    assert [(each["task"], each["outcome"], each["seq"]) for each in attempts] == [
        (2, "assisted", 3)
    ]


def test_a_transcript_in_the_note_grammar_reads_as_the_same_observations(
    get, client, researcher, session, make, study, participant, notes, observations
):
    notes(NOTES)
    said_first = '02:50.500 --> 02:52.000\n<v P03>No "Hae" sitten\n'
    vtt = f"WEBVTT\n\n{said_first}\n04:00.000 --> 04:01.000\n<v MK>Hyvä\n"
    imported = client.post(
        f"/api/v1/sessions/{session}/import",
        headers={**researcher, "Content-Type": "text/vtt"},
        content=vtt.encode(),
    )
    assert imported.status_code == 201, imported.text
    answer = get(f"/sessions/{session}/transcript.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[0] == "# S-014 P03 build=1.4.2"
    assert '#00:02:50.500# P: “No "Hae" sitten”' in lines
    copy = make(f"/studies/{study}/sessions", participant_id=participant, moderator="MK")
    text = answer.text.replace("# S-014", f"# {copy['label']}")
    written = notes(text, to=copy["id"])
    assert written.json()["warnings"] == []
    again = get(f"/sessions/{copy['id']}/observations?kinds=all").json()["items"]
    before = sorted(
        (each for each in observations(kinds="all") if each["kind"] != "header"),
        key=lambda each: -1 if each["offset_ms"] is None else each["offset_ms"],
    )
    kept = [name for name in SHARED if name not in {"task", "url"}]
    assert [{n: each[n] for n in kept} for each in again if each["kind"] != "header"] == [
        {n: each[n] for n in kept} for each in before
    ]


def test_a_transcript_to_read_tells_the_same_on_one_time_line(get, session, notes):
    notes(NOTES)
    answer = get(f"/sessions/{session}/transcript.md")
    assert answer.text.splitlines() == [
        "# S-014 · P03",
        "",
        "2026-11-22 09:30 UTC",
        "",
        "- @https://library.example/haku",
        "",
        "## T2",
        "",
        "- T2 >",
        '- **00:02:15** *problem, major* "En löydä hakunappia" \\#haku',
        "- **00:02:40** *confusion* participant: selaa alas, palaa",
        "- **00:03:05** *same problem* moderator: =1+1 taas \\#haku",
        "- **00:03:05** *interpretation* luulee logoa painikkeeksi",
        "- **00:05:10** T2 = assisted SEQ 3",
    ]


def test_a_codebook_is_valid_and_keeps_its_order(get, make, study, notes):
    above = make(
        f"/studies/{study}/codes",
        name="Haku & <valikot>",
        tag="nav",
        definition="Mitä etsitään",
        color="#005ea5",
    )
    make(f"/studies/{study}/codes", name="Hakunappi", tag="haku", parent_id=above["id"])
    notes(NOTES + "C jotain #muu\n")
    answer = get(f"/studies/{study}/codebook.qdc")
    assert answer.status_code == 200
    schema = xmlschema.XMLSchema(SCHEMA)
    schema.validate(answer.text)
    read = schema.to_dict(answer.text)["Codes"]["Code"]
    assert [code["@name"] for code in read] == ["Haku & <valikot>", "muu", "Luiska"]
    assert (read[0]["@guid"], read[0]["@color"]) == (above["guid"], "#005ea5")
    assert read[0]["Description"] == "Mitä etsitään"
    assert [code["@name"] for code in read[0]["Code"]] == ["Hakunappi"]
    assert len(read[2]["Code"]) == 15
    assert get(f"/studies/{study}/codebook.qdc").content == answer.content


def test_a_study_without_codes_has_a_valid_codebook_too(get, study):
    xmlschema.XMLSchema(SCHEMA).validate(get(f"/studies/{study}/codebook.qdc").text)


@pytest.mark.parametrize(
    "path",
    [
        "/studies/{study}/export.json",
        "/studies/{study}/codebook.qdc",
        "/sessions/{session}/transcript.txt",
    ],
)
def test_only_those_who_may_read_research_may_export(get, path, study, session, ci, viewer):
    address = path.format(study=study, session=session)
    assert get(address, ci).status_code == 403
    assert get(address, viewer).status_code == 200
    assert get(address.replace(study, "x").replace(session, "x")).status_code == 404
    assert get(f"/studies/{study}/export.pdf").status_code == 422


def test_an_export_of_nothing_is_an_empty_table(get, study):
    assert json.loads(get(f"/studies/{study}/export.json").content)["observations"] == []
    assert len(get(f"/studies/{study}/export.csv").text.splitlines()) == 1
