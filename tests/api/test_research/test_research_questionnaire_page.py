"""Answers to questionnaires on a page: typed in, shown, taken back; and what is refused."""

import re
from itertools import cycle

import pytest

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
SUS = {"instrument": "sus", "answers": "4 2 5 1 4 2 5 1 – 2"}


@pytest.fixture
def at(sign_in, researcher, study, session):
    sign_in(researcher)
    return f"/projects/library/studies/{study}/sessions/{session}/questionnaires"


@pytest.fixture
def kept(client, researcher, session):
    def go():
        answer = client.get(f"/api/v1/sessions/{session}/questionnaires", headers=researcher)
        return [(e["instrument"], e["task"], e["items"]) for e in answer.json()["items"]]

    return go


def rows_of(page):
    [body] = re.findall(r"<tbody>(.*?)</tbody>", page, re.S) or [""]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in body.split("<tr>")[1:]]
    return [row[:3] for row in rows]


def test_answers_are_kept_shown_and_taken_back(client, at, kept):
    live = client.get(at.removesuffix("/questionnaires") + "?as=moderator").text
    assert f'href="{at}"' in live
    assert "There are no answers yet." in client.get(at).text
    load = {"instrument": "nasa-tlx", "task": "2", "answers": "55 10 5 62.5 40 0"}
    for fields in (SUS, load):
        answer = client.post(at, data=fields, headers=SAME_SITE)
        assert (answer.status_code, answer.headers["Location"]) == (303, at)
    page = client.get(at).text
    assert rows_of(page) == [
        ["SUS", "–", "4 2 5 1 4 2 5 1 – 2"],
        ["NASA-TLX", "T2", "55 10 5 62.5 40 0"],
    ]
    assert kept() == [
        ("sus", None, [4, 2, 5, 1, 4, 2, 5, 1, None, 2]),
        ("nasa-tlx", 2, [55, 10, 5, 62.5, 40, 0]),
    ]
    [first, _] = re.findall(r'action="([^"]+/removal)"', page)
    assert client.post(first, headers=SAME_SITE).headers["Location"] == at
    assert [each[0] for each in kept()] == ["nasa-tlx"]
    assert client.get(f"{first}?lang=fi").headers["Location"] == f"{at}?lang=fi"
    assert client.post(first, headers=SAME_SITE).status_code == 404


REFUSED = [
    ({"instrument": "sus", "answers": "4 2 5"}, "answers"),
    ({"instrument": "sus", "answers": "4 2 5 1 4 2 5 1 4 6"}, "answers"),
    ({"instrument": "sus", "answers": "4 2 5 1 4 2 5 1 4 2.5"}, "answers"),
    ({"instrument": "nasa-tlx", "answers": "55 10 5 101 40 0"}, "answers"),
    ({"instrument": "nasa-tlx", "answers": "55 10 5 nan 40 0"}, "answers"),
    ({"instrument": "sus", "answers": "four 2"}, "answers"),
    ({"instrument": "sus", "answers": " "}, "answers"),
    ({"instrument": "seq", "answers": "6"}, "task"),
    ({"instrument": "seq", "answers": "6", "task": "99"}, "task"),
    ({"instrument": "seq", "answers": "6", "task": "x"}, "task"),
    ({"instrument": "none", "answers": "6"}, "instrument"),
]


@pytest.mark.parametrize(
    ("fields", "wrong", "language"),
    [(*case, language) for case, language in zip(REFUSED, cycle(["en", "fi", "sv"]), strict=False)],
)
def test_answers_that_are_refused_come_back_with_why_in_the_readers_language(
    client, at, kept, fields, wrong, language
):
    answer = client.post(f"{at}?lang={language}", data=fields, headers=SAME_SITE)
    assert answer.status_code == 422
    [summary] = re.findall(r'<div class="notice bad" role="alert".*?</div>', answer.text, re.S)
    assert re.findall(r'href="#([^"]+)"', summary) == [wrong]
    assert 'lang="en"' not in summary
    assert f'value="{fields["answers"].strip() or fields["answers"]}"' in answer.text
    assert kept() == []


def test_without_consent_to_notes_no_answers_are_kept(client, at, kept, researcher, participant):
    taken = {"agreements": ["notes"], "channel": "phone"}
    to = f"/api/v1/participants/{participant}/withdrawals"
    assert client.post(to, headers=researcher, json=taken).is_success
    assert "<form" not in client.get(at).text.partition("<main")[2].partition("</main")[0]
    answer = client.post(at, data=SUS, headers=SAME_SITE)
    assert (answer.status_code, kept()) == (409, [])
    assert "withdrawn consent to notes" in answer.text


def test_viewers_read_and_others_are_kept_out(client, at, kept, sign_in, viewer, ci):
    client.post(at, data=SUS, headers=SAME_SITE)
    [removal] = re.findall(r'action="([^"]+/removal)"', client.get(at).text)
    sign_in(viewer)
    page = client.get(at).text
    assert rows_of(page) == [["SUS", "–", SUS["answers"]]]
    assert "removal" not in page
    for address, fields in ((at, SUS), (removal, {})):
        assert client.post(address, data=fields, headers=SAME_SITE).status_code == 403
    sign_in(ci)
    assert client.get(at).status_code == 403
    assert len(kept()) == 1
