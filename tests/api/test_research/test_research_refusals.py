"""Refusals on pages: where they stand, what they lead to, and in which language."""

import re

import pytest

from service.errors import Conflict
from service.web.refusals import told

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
BEGINNINGS = {"en": "Error: ", "fi": "Virhe: ", "sv": "Fel: "}


@pytest.fixture
def at(client, researcher, study, project):
    """The address of the study's page, for a researcher who is signed in."""
    secret = researcher["Authorization"].removeprefix("Bearer ")
    answer = client.post("/sign-in", data={"token": secret}, headers=SAME_SITE)
    assert answer.status_code == 303, answer.text
    return f"/projects/library/studies/{study}"


def links_of(page):
    """Ids that the summary links to, in its order."""
    [summary] = re.findall(
        r'<div class="notice bad" role="alert" id="refusal".*?</div>', page, re.S
    )
    assert ' tabindex="-1" autofocus>' in summary
    return re.findall(r'<a href="#([^"]+)">', summary), summary


def field_of(page, name):
    [tag] = re.findall(rf'<(?:input|select|textarea)[^>]* ?id="{name}"[^>]*>', page)
    return tag


@pytest.mark.parametrize("language", ["en", "fi", "sv"])
@pytest.mark.parametrize(
    ("form", "fields", "wrong"),
    [
        ("tasks", {"number": "1", "title": "Again"}, ["number"]),
        ("tasks", {"number": "x", "title": "Again"}, ["number"]),
        ("tasks", {"number": "3", "title": " "}, ["title"]),
        ("tasks", {"number": "3", "title": "x" * 201}, ["title"]),
        ("tasks", {"number": "3", "title": "Far", "url": "ftp://library.example/"}, ["url"]),
        ("tasks", {"number": "3", "title": "Far", "url": "https://"}, ["url"]),
        ("tasks", {"number": "3", "title": "Far", "url": "https://[/"}, ["url"]),
        ("participants", {"pseudonym": "Two words"}, ["pseudonym"]),
        (
            "participants",
            {"pseudonym": "P03", "text_version": "1", "language": "fi", "channel": "paper"},
            ["pseudonym"],
        ),
        (
            "participants",
            {
                "pseudonym": "P04",
                "text_version": "1",
                "language": "fi",
                "channel": "paper",
                "given_on": "2999-01-01",
            },
            ["given_on"],
        ),
        ("sessions", {"participant_id": "nobody", "moderator": "MK"}, ["participant_id"]),
        ("sessions", {"participant_id": "P", "moderator": ""}, ["moderator"]),
    ],
)
def test_a_refused_form_says_why_in_the_readers_language_and_leads_to_the_field(
    client, at, participant, form, fields, wrong, language
):
    answer = client.post(f"{at}/{form}?lang={language}", data=fields, headers=SAME_SITE)
    assert answer.status_code in (409, 422)
    page = answer.text
    assert f"<title>{BEGINNINGS[language]}" in page
    links, summary = links_of(page)
    assert links == wrong
    assert 'lang="en"' not in summary
    for name in wrong:
        tag = field_of(page, name)
        assert 'aria-invalid="true"' in tag
        [described] = re.findall(r'aria-describedby="([^"]+)"', tag)
        assert all(f'id="{each}"' in page for each in described.split())
        assert f"{name}-problem" in described.split()
    for name, value in fields.items():
        if name != "participant_id":
            assert f'value="{value}"' in field_of(page, name)
    assert page.count("<details open>") == 1


@pytest.mark.parametrize(
    ("told", "day"), [("2026-10-01", "2026-10-01T00:00:00Z"), ("", None), ("2026-13-40", "refused")]
)
def test_consent_is_of_the_day_on_its_paper(client, at, study, researcher, told, day):
    fields = {"pseudonym": "P05", "text_version": "1", "language": "fi", "channel": "paper"}
    sent = fields | {"agrees-notes": "yes", "given_on": told}
    answer = client.post(f"{at}/participants", data=sent, headers=SAME_SITE)
    listed = client.get(f"/api/v1/studies/{study}/participants", headers=researcher).json()
    given = [each["consent"]["given_at"] for each in listed["items"] if each["pseudonym"] == "P05"]
    if day == "refused":
        assert (links_of(answer.text)[0], given) == (["given_on"], [])
    else:
        assert given == [day] if day else len(given) == 1


def test_a_study_without_a_name_keeps_what_was_typed(client, at):
    address = at.rpartition("/")[0]
    answer = client.post(address, data={"name": " ", "goal": "To know"}, headers=SAME_SITE)
    assert links_of(answer.text)[0] == ["name"]
    assert 'value="To know"' in field_of(answer.text, "goal")
    assert "<title>Error: " in answer.text
    assert "<title>Error: " not in client.get(address).text


@pytest.mark.parametrize("language", ["en", "fi", "sv"])
@pytest.mark.parametrize(
    ("agreements", "line"),
    [
        (["notes"], "X ei löydä"),
        (["quotes"], 'X "ei löydä"'),
        ([], "# S-014 P09\nX a"),
    ],
)
def test_a_line_that_is_refused_is_explained_beside_it(
    client, at, researcher, participant, session, agreements, line, language
):
    if agreements:
        taken = {"agreements": agreements, "channel": "phone"}
        to = f"/api/v1/participants/{participant}/withdrawals"
        assert client.post(to, headers=researcher, json=taken).is_success
    address = f"{at}/sessions/{session}?as=moderator&lang={language}"
    page = client.post(address, data={"key": "a", "text": line}, headers=SAME_SITE).text
    links, summary = links_of(page)
    assert links == ["line"]
    assert 'lang="en"' not in summary
    assert f"<title>{BEGINNINGS[language]}" in page
    if "notes" not in agreements:
        assert 'aria-describedby="line-hint reading line-problem"' in field_of(page, "line")


@pytest.mark.parametrize("language", ["en", "fi", "sv"])
def test_who_is_not_let_in_is_told_so_at_the_field(client, language):
    answer = client.post(f"/sign-in?lang={language}", data={"token": "x"}, headers=SAME_SITE)
    assert answer.status_code == 401
    assert links_of(answer.text)[0] == ["token"]
    assert 'aria-describedby="token-hint token-problem" aria-invalid="true"' in answer.text
    assert 'value="x"' not in answer.text
    used = client.post(f"/sign-in/none?lang={language}", headers=SAME_SITE).text
    assert links_of(used)[0] == []
    assert 'lang="en"' not in links_of(used)[1]


def test_what_has_no_translation_says_that_it_is_english():
    rare = Conflict("Something <rare> happened.")
    assert told(rare, "en").detail == "Something &lt;rare&gt; happened."
    assert told(rare, "fi").detail == '<span lang="en">Something &lt;rare&gt; happened.</span>'


def test_the_address_of_a_refused_form_leads_back_to_the_page_in_another_language_too(
    client, at, participant, session
):
    person, sat = f"{at}/participants/{participant}", f"{at}/sessions/{session}"
    led = {
        f"{at}/tasks?lang=fi": f"{at}?lang=fi",
        f"{at}/participants": at,
        f"{at}/sessions": at,
        f"{person}/withdrawal?lang=sv": f"{person}?lang=sv",
        f"{sat}/picture?as=moderator&page_id=x": f"{sat}?as=moderator&page_id=x",
    }
    for address, page in led.items():
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (303, page)
        assert client.get(page).status_code == 200
