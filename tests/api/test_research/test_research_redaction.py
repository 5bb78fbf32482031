"""One line goes, because somebody asked that it is not kept; the rest of the session stays."""

import pytest

from service import db
from service.research.following import happened_after

SAID = 'T2 >\n02:15 X !3 @Matti: "En löydä hakunappia" 16:99 #haku\nD sama #haku\nC jatkaa\n'


@pytest.fixture
def redact(api):
    """Redacts an observation; answers the tombstone."""

    def post(observation_id, **body):
        body = {"reason": "asked", **body}
        return api("POST", f"/observations/{observation_id}/redaction", body)

    return post


def is_anywhere(word, rows):
    return [name for name, text in rows.items() if word in text.casefold()]


def test_a_redacted_line_goes_with_every_version_of_its_words(
    api, app, all_rows, redact, sitting, notes
):
    _, session = sitting("P01")
    [said, same, _] = notes(SAID, to=session).json()["observations"]
    api("PATCH", f"/observations/{said['id']}", {"text": "hakunappia ei näy"})
    told = redact(said["id"])
    assert (told["cause"], told["permissions"], told["removed"]) == (
        "redaction",
        [],
        {"observation": 1, "reading": 2},
    )
    left = api("GET", f"/sessions/{session}/observations")["items"]
    assert [(each["text"], each["refers_to_id"]) for each in left] == [
        ("sama", None),
        ("jatkaa", None),
    ]
    assert same["refers_to_id"] == said["id"]
    assert is_anywhere("hakunappia", all_rows()) == []
    with db.transaction(app.state.engine, writes=False) as store:
        assert happened_after(store, session, 0, at_most=9)[-1].kind == "forgotten"


def test_a_line_can_lose_its_words_and_keep_how_it_was_coded(api, all_rows, redact, sitting, notes):
    _, session = sitting("P01")
    [said, same, _] = notes(SAID, to=session).json()["observations"]
    api("PATCH", f"/observations/{said['id']}", {"text": 'huusi "hakunappia"', "severity": 4})
    assert redact(said["id"], keep_codes=True)["removed"] == {"redacted_entry": 1}
    read = api("GET", f"/observations/{said['id']}?history=true")
    assert (read["raw"], read["text"], read["quotes"], read["actor"]) == ("…", "…", [], None)
    assert (read["code"], read["severity"], read["tags"]) == ("problem", "catastrophe", ["haku"])
    assert [each["text"] for each in read["history"]] == ["…", "…", "…"]
    assert api("GET", f"/observations/{same['id']}")["refers_to_id"] == said["id"]
    rows = all_rows()
    assert is_anywhere("hakunappia", rows) == is_anywhere("matti", rows) == []


def test_a_correction_that_was_begun_before_does_not_bring_the_words_back(
    api, client, researcher, all_rows, redact, sitting, notes
):
    _, session = sitting("P01")
    [said] = notes("C kertoi nimensä", to=session).json()["observations"]
    redact(said["id"], keep_codes=True)
    late = client.patch(
        f"/api/v1/observations/{said['id']}",
        headers={**researcher, "If-Match": '"1"'},
        json={"text": "kertoi nimensä taas"},
    )
    assert late.status_code == 412
    assert is_anywhere("nimensä", all_rows()) == []


def test_who_met_a_barrier_stays_counted_though_their_line_goes(
    api, all_rows, redact, met, project
):
    _, session, barrier = met
    [problem, _] = api("GET", f"/sessions/{session}/observations")["items"]
    redact(problem["id"])
    [found] = api("GET", f"/projects/{project}/barriers")["items"]
    assert (found["id"], found["title"], found["status"]) == (
        barrier,
        "A barrier that people met",
        "open",
    )
    assert (found["participants"]["met"], found["worst_severity"]) == (1, "major")
    assert is_anywhere("hakunappia", all_rows()) == []


def test_somebody_who_met_a_barrier_twice_is_not_counted_twice(api, redact, met, project, notes):
    _, session, barrier = met
    [problem, _] = api("GET", f"/sessions/{session}/observations")["items"]
    [again] = notes("X !2 taas", to=session).json()["observations"]
    api("POST", f"/observations/{again['id']}/links", {"barrier_id": barrier})
    redact(problem["id"])
    [found] = api("GET", f"/projects/{project}/barriers")["items"]
    assert (found["participants"]["met"], found["worst_severity"]) == (1, "minor")


def test_a_link_stays_when_only_the_words_go(api, all_rows, redact, met, project):
    _, session, barrier = met
    [problem, _] = api("GET", f"/sessions/{session}/observations")["items"]
    redact(problem["id"], keep_codes=True)
    assert is_anywhere("hakunappia", all_rows()) == []
    [found] = api("GET", f"/projects/{project}/barriers")["items"]
    assert (found["id"], found["evidence"], found["participants"]["met"]) == (barrier, "human", 1)


def test_a_line_about_a_task_loses_its_remark_and_the_task_stays_as_it_was(
    api, client, researcher, all_rows, redact, sitting, notes
):
    _, session = sitting("P01")
    notes("T2 > kertoi sairaudestaan\n", to=session)
    [line] = api("GET", f"/sessions/{session}/observations?kinds=all")["items"]
    refused = client.post(
        f"/api/v1/observations/{line['id']}/redaction",
        headers=researcher,
        json={"reason": "asked"},
    )
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:luiska:problem:task-line")
    redact(line["id"], keep_codes=True)
    assert is_anywhere("sairau", all_rows()) == []
    assert notes("X ei löydy", to=session).json()["observations"][0]["task"] == 2
    page = notes("@/haku\n", to=session).json()["submission_id"]
    [*_, named] = api("GET", f"/sessions/{session}/observations?kinds=all")["items"]
    assert named["submission_id"] == page
    refused = client.post(
        f"/api/v1/observations/{named['id']}/redaction",
        headers=researcher,
        json={"reason": "asked", "keep_codes": True},
    )
    assert refused.json()["type"] == "urn:luiska:problem:not-an-observation"


def test_a_task_that_ended_with_a_quote_loses_it_and_stays_ended(
    api, all_rows, redact, sitting, notes
):
    _, session = sitting("P01")
    notes('T2 >\n02:15 T2 = failed SEQ 2 "en löydä" huokaa #haku =#nappi ^2.4.7', to=session)
    [_, end] = api("GET", f"/sessions/{session}/observations?kinds=all")["items"]
    assert redact(end["id"], keep_codes=True)["removed"] == {"redacted_entry": 1}
    read = api("GET", f"/observations/{end['id']}")
    assert read["raw"] == "02:15 T2 = failed SEQ 2 … #haku =#nappi ^2.4.7"
    assert (read["text"], read["quotes"]) == ("…", [])
    assert is_anywhere("löydä", all_rows()) == is_anywhere("huokaa", all_rows()) == []
    assert notes("X ei löydy", to=session).json()["observations"][0]["task"] is None
    [attempt] = api("GET", f"/sessions/{session}")["attempts"]
    assert (attempt["outcome"], attempt["seq"]) == ("failed", 2)


def test_a_header_loses_all_but_what_it_belongs_to(
    api, client, researcher, all_rows, redact, sitting, notes
):
    _, session = sitting("P01")
    notes('# S-9 P01 obs=MK who="Maija m@example.fi"\nC jatkaa\n', to=session)
    [header, line] = api("GET", f"/sessions/{session}/observations?kinds=all")["items"]
    address = f"/api/v1/observations/{header['id']}/redaction"
    refused = client.post(address, headers=researcher, json={"reason": "names-somebody"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:luiska:problem:task-line")
    redact(header["id"], keep_codes=True, reason="names-somebody")
    assert api("GET", f"/observations/{header['id']}")["raw"] == "# S-9 P01"
    assert api("GET", f"/observations/{line['id']}")["written_by"] == "MK"
    assert is_anywhere("maija", all_rows()) == is_anywhere("example.fi", all_rows()) == []


def test_an_imported_line_and_one_sent_as_json_lose_their_words_too(
    api, client, researcher, all_rows, redact, sitting, notes
):
    _, session = sitting("P01")
    made = client.post(
        f"/api/v1/sessions/{session}/import",
        headers={**researcher, "Content-Type": "text/vtt"},
        content="WEBVTT\n\n00:01.000 --> 00:02.000\n<v Maija>Vaimoni <i>Liisa</i> auttoi\n",
    )
    assert made.status_code == 201, made.text
    [item] = notes([{"text": "Liisa tuli"}], to=session).json()["observations"]
    first, second = api("GET", f"/sessions/{session}/observations")["items"]
    redact(first["id"], keep_codes=True)
    redact(second["id"], keep_codes=True, reason="names-somebody")
    assert is_anywhere("liisa", all_rows()) == []
    # What was sent as values stays readable as such when quotes are taken back later.
    who = api("GET", f"/sessions/{session}")["participant_id"]
    api("POST", f"/participants/{who}/withdrawals", {"agreements": ["quotes"], "channel": "phone"})
    assert api("GET", f"/observations/{item['id']}")["text"] == "…"


def test_a_redacted_line_that_a_browser_sends_again_does_not_come_back(api, redact, sitting, notes):
    _, session = sitting("P01")
    key = {"Idempotency-Key": "0123456789abcdef"}
    [said] = notes("C kertoi nimensä", to=session, headers=key).json()["observations"]
    redact(said["id"])
    assert notes("C kertoi nimensä", to=session, headers=key).json()["observations"] == []
    assert api("GET", f"/sessions/{session}/observations")["items"] == []


def test_the_redaction_stands_in_the_audit_trail_without_the_words(
    api, client, owner, redact, sitting, notes, project
):
    _, session = sitting("P01")
    [said] = notes("C kertoi nimensä", to=session).json()["observations"]
    redact(said["id"], reason="names-somebody")
    audit = client.get(
        "/api/v1/audit", headers=owner, params={"project": project, "limit": 100}
    ).json()["items"]
    [entry] = [each for each in audit if each["action"] == "observation redacted"]
    assert (entry["subject_id"], entry["detail"]) == (
        said["id"],
        {"session_id": session, "reason": "names-somebody", "codes_kept": False},
    )


def test_only_who_works_on_the_study_redacts_and_only_for_a_known_reason(
    client, researcher, viewer, notes
):
    [said] = notes("C kertoi nimensä").json()["observations"]
    address = f"/api/v1/observations/{said['id']}/redaction"
    refused = client.post(address, headers=viewer, json={"reason": "asked"})
    assert refused.status_code == 403
    wrong = client.post(address, headers=researcher, json={"reason": "he said: x"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/reason")
