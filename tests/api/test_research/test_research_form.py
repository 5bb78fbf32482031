"""The live page where no script runs: a form for a line, and one for each task."""

import re

import pytest

from service.web import live

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def page(client, researcher, session, study, project):
    """The address of the session's page, for a researcher who is signed in."""
    secret = researcher["Authorization"].removeprefix("Bearer ")
    answer = client.post("/sign-in", data={"token": secret}, headers=SAME_SITE)
    assert answer.status_code == 303, answer.text
    return f"/projects/{project}/studies/{study}/sessions/{session}?as=moderator"


def test_a_form_that_is_sent_twice_is_one_line(client, page, observations):
    line = {"key": "a", "text": "X !3 ei löydä"}
    for sent in (line, line, {"key": "a", "text": "C muuta"}, {"key": "b", "text": "C muuta"}):
        answer = client.post(page, data=sent, headers=SAME_SITE)
        assert (answer.status_code, answer.headers["Location"].endswith("#line")) == (303, True)
    assert [each["raw"] for each in observations()] == ["X !3 ei löydä", "C muuta", "C muuta"]


def test_a_line_that_consent_does_not_cover_is_given_back_with_the_reason(
    client, page, researcher, participant, observations
):
    taken = {"agreements": ["quotes"], "channel": "phone"}
    client.post(f"/api/v1/participants/{participant}/withdrawals", headers=researcher, json=taken)
    answer = client.post(page, data={"key": "a", "text": 'C sanoi "ei"'}, headers=SAME_SITE)
    assert answer.status_code == 409
    assert "has not agreed to quotes" in answer.text or "withdrawn" in answer.text
    assert "C sanoi &#34;ei&#34;</textarea>" in answer.text
    assert observations() == []


def test_personal_data_in_a_line_of_the_form_is_warned_of(client, page, observations):
    client.post(page, data={"text": "C soitti 040 123 4567"}, headers=SAME_SITE)
    assert [each["code"] for each in observations()[0]["warnings"]] == ["personal-data"]
    assert "looks like personal data</span>" in client.get(page).text


def test_that_older_lines_are_not_shown_is_said(client, page, notes, monkeypatch):
    monkeypatch.setattr(live, "_SHOWN", 2)
    notes("C yksi\nC kaksi")
    assert "are shown here" not in client.get(page).text
    notes("C kolme")
    shown = client.get(page).text
    assert ("Only the latest 2 lines" in shown, "C yksi" in shown) == (True, False)


def test_tasks_start_and_end_by_forms(client, page, observations):
    shown = client.get(page).text
    assert 'name="text" value="T1 &gt;"' in shown
    assert '<option value="T1 = unassisted">' in shown
    client.post(page, data={"key": "a", "text": "T1 >"}, headers=SAME_SITE)
    client.post(page, data={"key": "a", "text": "T1 = unassisted"}, headers=SAME_SITE)
    assert [each["kind"] for each in observations(kinds="all")] == ["task_start", "task_end"]


def test_a_task_ends_with_how_easy_it_was_if_that_was_asked(client, page, observations, researcher):
    shown = client.get(page).text
    assert "<legend>How easy was T1? (SEQ, if it was asked)</legend>" in shown
    told = re.findall(r'name="seq" value="(\d?)"( checked)?> ([^<]+)</label>', shown)
    assert told[:8] == [
        ("", " checked", "no answer"), ("1", "", "1 very difficult"),
        *((n, "", n) for n in "23456"), ("7", "", "7 very easy"),
    ]  # fmt: skip
    ends = [("T1 = assisted", "3"), ("T2 = failed", "")]
    for text, seq in ends:
        client.post(page, data={"key": seq, "text": text, "seq": seq}, headers=SAME_SITE)
    raw = [each["raw"] for each in observations(kinds="all")]
    assert raw == ["T1 = assisted SEQ 3", "T2 = failed"]
    session = page.partition("?")[0].rpartition("/")[2]
    attempts = client.get(f"/api/v1/sessions/{session}", headers=researcher).json()["attempts"]
    assert [each["seq"] for each in attempts] == [3, None]
