"""Studies, tasks, participants and sessions over HTTP."""

import pytest


def test_a_study_is_answered_with_its_address(client, researcher, project):
    answer = client.post(
        f"/api/v1/projects/{project}/studies",
        headers=researcher,
        json={"name": " Search ", "goal": "Do people find a book?"},
    )
    assert answer.status_code == 201
    made = answer.json()
    assert made == {
        "id": made["id"],
        "project_id": project,
        "name": "Search",
        "goal": "Do people find a book?",
        "method": "formative",
        "build": None,
        "legal_basis": "",
        "retention_until": None,
        "share_threshold": 5,
        "expired_at": None,
        "time_zone": "Europe/Helsinki",
        "aliases": {},
        "names": [],
        "created_at": "2026-11-22T09:30:00Z",
    }
    assert answer.headers["Location"] == f"/api/v1/studies/{made['id']}"
    assert client.get(answer.headers["Location"], headers=researcher).json() == made
    listed = client.get("/api/v1/projects/library/studies", headers=researcher).json()
    assert listed == {"items": [made], "next": None}


def test_a_study_in_an_unknown_time_zone_is_refused(client, researcher, project):
    answer = client.post(
        f"/api/v1/projects/{project}/studies",
        headers=researcher,
        json={"name": "Search", "time_zone": "Europe/Turku"},
    )
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/time_zone"]


def test_tasks_about_one_page_share_it_whatever_the_spelling(make, study):
    one = make(f"/studies/{study}/tasks", number=3, title="a", url="https://library.example/haku")
    other = make(f"/studies/{study}/tasks", number=4, title="b", url="/haku?utm_source=x")
    none = make(f"/studies/{study}/tasks", number=5, title="c")
    assert one["page_id"] is not None
    assert one["page_id"] == other["page_id"]
    assert none["page_id"] is None


def test_a_second_task_with_the_same_number_is_refused(client, researcher, study):
    answer = client.post(
        f"/api/v1/studies/{study}/tasks", headers=researcher, json={"number": 2, "title": "Again"}
    )
    assert (answer.status_code, answer.json()["type"]) == (
        409,
        "urn:luiska:problem:task-number-taken",
    )


@pytest.mark.parametrize("url", ["haku", "mailto:a@b.example", "https://", "http://[", "//x/y"])
def test_a_task_about_no_page_is_refused(client, researcher, study, url):
    answer = client.post(
        f"/api/v1/studies/{study}/tasks",
        headers=researcher,
        json={"number": 9, "title": "Nowhere", "url": url},
    )
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/url"]


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (None, []),
        ("NVDA/Firefox", [("screen-reader", "NVDA/Firefox", "")]),
        ("none", [("none", "", "")]),
        ("Own device", [("other", "Own device", "")]),
        (
            {"class": "Screen reader", "product": "JAWS", "version": "2026"},
            [("screen-reader", "JAWS", "2026")],
        ),
        (
            [{"class": "switch"}, {"class": "magnifier", "product": "ZoomText"}],
            [("magnifier", "ZoomText", ""), ("switch", "", "")],
        ),
    ],
)
def test_technology_is_told_in_several_ways(make, study, told, kept):
    made = make(f"/studies/{study}/participants", pseudonym="P01", technology=told)
    assert [(t["class"], t["product"], t["version"]) for t in made["technology"]] == kept


def test_a_participant_is_read_back_with_technology_and_consent(
    client, researcher, study, participant, consent
):
    read = client.get(f"/api/v1/participants/{participant}", headers=researcher).json()
    assert read == {
        "id": participant,
        "study_id": study,
        "pseudonym": "P03",
        "segment": "",
        "roles": [],
        "relation": None,
        "prior_use": "",
        "technology": [
            {"class": "screen-reader", "product": "NVDA/Firefox", "version": "", "skill": None}
        ],
        "consent": {
            **consent,
            **dict.fromkeys(["audio", "video", "observers", "reuse", "contact"], False),
            "withdrawn": [],
            "withdrawn_at": None,
        },
        "created_at": "2026-11-22T09:30:00Z",
    }
    listed = client.get(f"/api/v1/studies/{study}/participants", headers=researcher).json()
    assert listed == {"items": [read], "next": None}


def test_a_pseudonym_is_one_word_and_unique_in_its_study(client, researcher, study, participant):
    address = f"/api/v1/studies/{study}/participants"
    taken = client.post(address, headers=researcher, json={"pseudonym": "P03"})
    assert (taken.status_code, taken.json()["type"]) == (409, "urn:luiska:problem:pseudonym-taken")
    for pseudonym in ("Maija Meikäläinen", "maija@example.fi", " "):
        refused = client.post(address, headers=researcher, json={"pseudonym": pseudonym})
        assert refused.status_code == 422
        assert [error["pointer"] for error in refused.json()["errors"]] == ["/pseudonym"]


def test_sessions_without_a_label_get_the_next_one(make, study, participant):
    address = f"/studies/{study}/sessions"
    known = {"participant_id": participant, "moderator": "MK"}
    assert make(address, **known)["label"] == "S-001"
    assert make(address, **known, label="S-014")["label"] == "S-014"
    assert make(address, **known, label="pilot")["label"] == "pilot"
    assert make(address, **known)["label"] == "S-015"


def test_a_label_is_unique_in_its_study(client, researcher, study, participant, session):
    answer = client.post(
        f"/api/v1/studies/{study}/sessions",
        headers=researcher,
        json={"participant_id": participant, "moderator": "MK", "label": "S-014"},
    )
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:luiska:problem:label-taken")


def test_a_session_needs_a_participant_of_its_own_study(client, make, researcher, project, study):
    other = make(f"/projects/{project}/studies", name="Another")
    stranger = make(f"/studies/{other['id']}/participants", pseudonym="P03")
    for participant_id in (stranger["id"], "nobody"):
        answer = client.post(
            f"/api/v1/studies/{study}/sessions",
            headers=researcher,
            json={"participant_id": participant_id, "moderator": "MK"},
        )
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/participant_id"]


def test_a_session_for_a_participant_without_consent_may_be_opened(make, study):
    silent = make(f"/studies/{study}/participants", pseudonym="P04")
    opened = make(f"/studies/{study}/sessions", participant_id=silent["id"], moderator="MK")
    assert opened["participant_id"] == silent["id"]


def test_a_repeated_request_makes_nothing_twice(client, researcher, study, participant):
    headers = {**researcher, "Idempotency-Key": "again"}
    for path, body in (
        ("tasks", {"number": 7, "title": "Once"}),
        ("participants", {"pseudonym": "P09"}),
        ("sessions", {"participant_id": participant, "moderator": "MK"}),
    ):
        address = f"/api/v1/studies/{study}/{path}"
        first = client.post(address, headers=headers, json=body)
        second = client.post(address, headers=headers, json=body)
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert second.headers["Idempotency-Replayed"] == "true"


def test_research_is_closed_to_ci_and_foreign_tokens_see_nothing(
    client, owner, make_token, project, study, participant, session, notes
):
    [made] = notes("X first").json()["observations"]
    elsewhere = client.post("/api/v1/projects", headers=owner, json={"name": "Elsewhere"}).json()
    foreign = make_token("researcher", elsewhere["id"])
    foreign_ci = make_token("ci", elsewhere["id"])
    ci = make_token("ci", project)
    reads = (
        f"/projects/{project}/studies",
        f"/studies/{study}",
        f"/studies/{study}/tasks",
        f"/studies/{study}/participants",
        f"/participants/{participant}",
        f"/studies/{study}/sessions",
        f"/sessions/{session}",
        f"/sessions/{session}/observations",
        f"/observations/{made['id']}",
    )
    writes = (
        (f"/projects/{project}/studies", {"name": "n"}),
        (f"/studies/{study}/tasks", {"number": 9, "title": "t"}),
        (f"/studies/{study}/participants", {"pseudonym": "P77"}),
        (f"/studies/{study}/sessions", {"participant_id": participant, "moderator": "MK"}),
        (f"/sessions/{session}/notes", {"observations": [{"text": "x"}]}),
    )
    viewer = make_token("viewer", project)
    for headers, status in ((ci, 403), (foreign, 404), (foreign_ci, 404)):
        for path in reads:
            assert client.get(f"/api/v1{path}", headers=headers).status_code == status, path
        for path, body in writes:
            answer = client.post(f"/api/v1{path}", headers=headers, json=body)
            assert answer.status_code == status, path
        answer = client.patch(
            f"/api/v1/observations/{made['id']}", headers=headers, json={"severity": 1}
        )
        assert answer.status_code == status
    for path in reads:
        assert client.get(f"/api/v1{path}", headers=viewer).status_code == 200, path
    for path, body in writes:
        assert client.post(f"/api/v1{path}", headers=viewer, json=body).status_code == 403, path


def test_the_audit_trail_tells_of_writes_without_words(
    client, owner, project, study, participant, session, notes
):
    notes('02:15 X !3 P: "En löydä hakunappia" #haku')
    trail = client.get("/api/v1/audit", headers=owner, params={"project": project})
    actions = {entry["action"] for entry in trail.json()["items"]}
    assert {
        "study created",
        "task added",
        "participant added",
        "session opened",
        "notes added",
    } <= actions
    for word in ("P03", "NVDA", "hakunappia", "haku", "Find a book"):
        assert word not in trail.text


def test_a_class_of_technology_may_be_called_its_type(make, study):
    made = make(
        f"/studies/{study}/participants",
        pseudonym="P07",
        technology={"type": "Screen magnifier", "product": "ZoomText"},
    )
    assert made["technology"] == [
        {"class": "screen-magnifier", "product": "ZoomText", "version": "", "skill": None}
    ]
