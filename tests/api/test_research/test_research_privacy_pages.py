"""Privacy on pages: taking consent back, what is held, being erased; and who may."""

import re

import pytest

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def at(sign_in, researcher, study, participant, session, notes):
    """The address of P03's page, for a researcher; there are notes of them."""
    notes('T2 >\nX !3 "ei löydy" #haku\nT2 = failed')
    sign_in(researcher)
    return f"/projects/library/studies/{study}/participants/{participant}"


def told_in(page):
    [notice] = re.findall(r'<div class="notice" role="status" id="told".*?</div>', page, re.S)
    return [
        re.sub(r"<[^>]+>", "", each) for each in re.findall(r"<(?:p|li)>.*?</(?:p|li)>", notice)
    ]


def test_what_is_ticked_is_taken_back_and_what_went_is_told(client, at, observations):
    page = client.get(at).text
    assert re.findall(r'name="takes-(\w+)"', page) == ["notes", "quotes"]
    body = {"takes-quotes": "yes", "told_how": "phone"}
    answer = client.post(f"{at}/withdrawal", data=body, headers=SAME_SITE)
    assert answer.status_code == 303
    after = client.get(answer.headers["Location"]).text
    assert told_in(after) == ["Consent was taken back. Gone:", "lines with quoted words: 1"]
    assert re.findall(r'name="takes-(\w+)"', after) == ["notes"]
    assert not any("ei löydy" in each["raw"] for each in observations())
    again = client.post(f"{at}/withdrawal", data=body, headers=SAME_SITE)
    assert again.status_code == 409
    assert "nothing is left to withdraw" in again.text
    last = client.post(
        f"{at}/withdrawal", data={"takes-notes": "yes", "told_how": "phone"}, headers=SAME_SITE
    )
    assert "P03 does not agree to anything now." in client.get(last.headers["Location"]).text
    assert observations(kinds="all") == []


@pytest.mark.parametrize(
    ("body", "field"),
    [({"told_how": "phone"}, "takes"), ({"takes-notes": "yes", "told_how": " "}, "told_how")],
)
def test_half_a_withdrawal_takes_nothing_and_leads_to_what_lacks(
    client, at, observations, body, field
):
    answer = client.post(f"{at}/withdrawal", data=body, headers=SAME_SITE)
    assert answer.status_code == 422
    assert f'<li><a href="#{field}">' in answer.text
    assert f'id="{field}-problem"' in answer.text
    assert ("checked" in answer.text) == ("takes-notes" in body)
    assert len(observations()) == 1


def test_erasing_takes_the_pseudonym_typed_and_tells_what_went(client, at, researcher, study):
    page = client.get(f"{at}/erasure").text
    assert "Sessions: 1, with their notes" in page
    assert "Type P03 to confirm." in page
    refused = client.post(f"{at}/erasure", data={"pseudonym": "P30"}, headers=SAME_SITE)
    assert (refused.status_code, "Nothing was erased." in refused.text) == (422, True)
    assert '<a href="#pseudonym">Pseudonym: This is not the' in refused.text
    answer = client.post(f"{at}/erasure", data={"pseudonym": " P03 "}, headers=SAME_SITE)
    assert answer.headers["Location"].startswith(f"/projects/library/studies/{study}?told=")
    told = told_in(client.get(answer.headers["Location"]).text)
    assert told[0] == "The participant was erased. Gone:"
    assert {"participants: 1", "sessions: 1", "lines of notes: 3"} <= set(told)
    assert client.get(at, headers={"Accept": "text/html"}).status_code == 404
    left = client.get(f"/api/v1/studies/{study}/participants", headers=researcher).json()
    assert left["items"] == []


def test_what_is_held_is_a_link_away(client, at, study):
    [link] = re.findall(r'href="([^"]+)" download="P03.json"', client.get(at).text)
    assert client.get(link).json()["participant"]["pseudonym"] == "P03"
    assert f'href="{at}">Privacy' in client.get(f"/projects/library/studies/{study}").text


def test_viewers_ci_and_other_sites_forget_nobody(
    client, at, sign_in, viewer, ci, study, observations, researcher, make
):
    erase = {"data": {"pseudonym": "P03"}, "headers": SAME_SITE}
    take = {"data": {"takes-notes": "yes", "told_how": "x"}, "headers": SAME_SITE}
    for headers in (viewer, ci):
        sign_in(headers)
        for path in (at, f"{at}/erasure"):
            assert client.get(path, headers={"Accept": "text/html"}).status_code == 403
        assert client.post(f"{at}/erasure", **erase).status_code == 403
        assert client.post(f"{at}/withdrawal", **take).status_code == 403
    sign_in(viewer)
    assert "Privacy" not in client.get(f"/projects/library/studies/{study}").text
    sign_in(researcher)
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    for path, sent in ((f"{at}/erasure", erase), (f"{at}/withdrawal", take)):
        answer = client.post(path, data=sent["data"], headers=elsewhere)
        assert answer.status_code == 403
    # Through another study nobody is reached either.
    other = make("/projects/library/studies", name="Other")["id"]
    moved = at.replace(study, other)
    assert client.post(f"{moved}/erasure", **erase).status_code == 404
    assert len(observations()) == 1
