"""The wall: what a participant did not agree to is not stored."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from service import db
from service.research.tables import Consent, ConsentWithdrawal

MISSING = "urn:luiska:problem:consent-missing"


@pytest.fixture
def session_with(make, study, consent):
    """Opens a session with a new participant whose consent is changed so; None: no consent."""

    def open_session(**changes):
        given = {**consent, **changes} if changes else None
        known = make(f"/studies/{study}/participants", pseudonym="P04", consent=given)
        opened = make(f"/studies/{study}/sessions", participant_id=known["id"], moderator="MK")
        return opened["id"]

    return open_session


def stored(client, researcher, session):
    answer = client.get(
        f"/api/v1/sessions/{session}/observations", headers=researcher, params={"kinds": "all"}
    )
    return answer.json()["items"]


@pytest.mark.parametrize("changes", [{}, {"notes": False}])
def test_without_consent_to_notes_nothing_is_stored(
    client, researcher, notes, session_with, changes
):
    session = session_with(**changes)
    for content in ("X a", [{"text": "a"}]):
        answer = notes(content, to=session)
        assert (answer.status_code, answer.json()["type"]) == (409, MISSING)
    assert stored(client, researcher, session) == []


def test_after_a_withdrawal_nothing_is_stored_or_corrected(app, client, researcher, session, notes):
    [made] = notes("X a").json()["observations"]
    with db.transaction(app.state.engine) as store:
        consent = store.exec(select(Consent)).one()
        store.add(
            ConsentWithdrawal(
                consent_id=consent.id,
                permissions=["notes"],
                withdrawn_at=datetime(2026, 11, 22, 9, tzinfo=UTC),
                channel="phone",
            )
        )
    answer = notes("X b")
    assert (answer.status_code, answer.json()["type"]) == (409, MISSING)
    corrected = client.patch(
        f"/api/v1/observations/{made['id']}", headers=researcher, json={"severity": 1}
    )
    assert (corrected.status_code, corrected.json()["type"]) == (409, MISSING)
    assert [o["id"] for o in stored(client, researcher, session)] == [made["id"]]


def test_quoted_words_without_consent_to_quotes_are_refused_by_their_lines(
    client, researcher, notes, session_with
):
    session = session_with(quotes=False)
    answer = notes('X a\nX P: "en löydä"\nC b\nT1 = failed "ihan tyhmä"\nC "kesken\n', to=session)
    assert (answer.status_code, answer.json()["type"]) == (409, MISSING)
    assert "line 2, line 4, line 5." in answer.json()["detail"]
    assert "löydä" not in answer.text
    answer = notes([{"text": "a"}, {"text": "sanoi ”en löydä”"}], to=session)
    assert (answer.status_code, answer.json()["type"]) == (409, MISSING)
    assert "/observations/1/text." in answer.json()["detail"]
    assert stored(client, researcher, session) == []


def test_notes_without_quotes_are_stored_without_consent_to_quotes(
    client, researcher, notes, session_with
):
    session = session_with(quotes=False)
    [made] = notes('X P: ei löydä nappia ="nav > a"', to=session).json()["observations"]
    assert made["selector"] == "nav > a"
    refused = client.patch(
        f"/api/v1/observations/{made['id']}",
        headers=researcher,
        json={"text": 'sanoi "en löydä"'},
    )
    assert (refused.status_code, refused.json()["type"]) == (409, MISSING)


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("# S-015 P03", "another session than"),
        ("# S-014 P04", "another participant than"),
        ("# S-999 P99", "another session and participant than"),
    ],
)
def test_a_header_of_another_session_is_refused(notes, observations, header, named):
    answer = notes(f"{header}\nX a")
    assert (answer.status_code, answer.json()["type"]) == (
        409,
        "urn:luiska:problem:header-contradicts",
    )
    assert named in answer.json()["detail"]
    assert "P0" not in answer.json()["detail"]
    assert observations(kinds="all") == []


def test_the_build_in_a_header_is_the_sessions_and_contradicts_another_one(
    client, researcher, session, notes
):
    assert notes("# s-014 p03 build=1.4.2\nX a").status_code == 201
    read = client.get(f"/api/v1/sessions/{session}", headers=researcher).json()
    assert read["build"] == "1.4.2"
    assert notes("# S-014 P03 build=1.4.3\nX a").status_code == 409
