"""Labels that a header brings along, and a study's own letters."""

import pytest

FINNISH = "# S-014 P03\n02:15 O !3 P: ei löydä nappia\n"


@pytest.fixture
def unlabelled(make, study, participant):
    """A session for which nobody chose a label."""
    return make(
        f"/studies/{study}/sessions",
        participant_id=participant,
        moderator="MK",
        started_at="2026-11-20T12:00:00Z",
        method="test",
    )


def post(client, researcher, session_id, text):
    return client.post(
        f"/api/v1/sessions/{session_id}/notes",
        headers={**researcher, "Content-Type": "text/plain; charset=utf-8"},
        content=text.encode(),
    )


def test_a_label_that_nobody_chose_gives_way_to_the_one_in_the_header(
    client, researcher, unlabelled
):
    assert unlabelled["label"] == "S-001"
    assert post(client, researcher, unlabelled["id"], "# S-014 P03\nX nappi\n").status_code == 201
    shown = client.get(f"/api/v1/sessions/{unlabelled['id']}", headers=researcher).json()
    assert shown["label"] == "S-014"


def test_the_label_that_was_taken_over_is_then_held_to(client, researcher, unlabelled):
    post(client, researcher, unlabelled["id"], "# S-014 P03\nX nappi\n")
    answer = post(client, researcher, unlabelled["id"], "# S-015 P03\nX nappi\n")
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:luiska:problem:header-contradicts"


def test_a_label_of_another_session_is_not_taken_over(client, researcher, session, unlabelled):
    taken = client.get(f"/api/v1/sessions/{session}", headers=researcher).json()["label"]
    answer = post(client, researcher, unlabelled["id"], f"# {taken} P03\nX nappi\n")
    assert answer.status_code == 409


def test_a_study_has_its_own_letters(client, researcher, make, project, consent):
    study = make(f"/projects/{project}/studies", name="Haku", aliases={"O": "problem"})
    assert study["aliases"] == {"O": "problem"}
    participant = make(f"/studies/{study['id']}/participants", pseudonym="P03", consent=consent)
    session = make(
        f"/studies/{study['id']}/sessions", participant_id=participant["id"], moderator="MK"
    )
    made = post(client, researcher, session["id"], FINNISH).json()["observations"]
    assert [(each["code"], each["text"]) for each in made] == [("problem", "ei löydä nappia")]


def test_an_alias_of_an_unknown_code_is_refused_by_name(client, researcher, project):
    answer = client.post(
        f"/api/v1/projects/{project}/studies",
        headers=researcher,
        json={"name": "Haku", "aliases": {"O": "ongelma"}},
    )
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/aliases/O"]
