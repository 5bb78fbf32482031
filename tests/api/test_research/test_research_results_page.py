"""The page of a study's results: the same figures, pictures and silences as in the API."""

import re

import pytest

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def read(client, study, project):
    """Reads the page as somebody with these headers."""

    def page(headers, **query):
        secret = headers["Authorization"].removeprefix("Bearer ")
        assert client.post("/sign-in", data={"token": secret}, headers=SAME_SITE).is_redirect
        answer = client.get(f"/projects/library/studies/{study}/results", params=query)
        assert answer.status_code == 200, answer.text
        return answer.text

    return page


def table_of(page, caption):
    """The rows of a table as texts."""
    [table] = re.findall(rf"<caption>{re.escape(caption)}</caption>(.*?)</table>", page, re.S)
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.S)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]


def test_every_picture_stands_with_its_table_and_every_figure_with_its_n(
    client, read, researcher, notes, study
):
    notes('01:00 T2 >\n01:30 X !3 "<b>nappi</b>" #nappi\n02:00 T2 = unassisted SEQ 6')
    page = read(researcher)
    pictures = re.findall(
        r'<img src="([^"]+)" loading="lazy" alt="([^"]+)">\n<figcaption>([^<]+) <a', page
    )
    assert len(pictures) == 3
    for address, name, caption in pictures:
        assert address.endswith(".svg?language=en")
        assert client.get(address).headers["Content-Type"] == "image/svg+xml"
        told = client.get(address.replace(".svg", ".json")).json()
        assert (name, caption) == (told["title"], told["description"])
        rows = table_of(page, told["title"])
        assert rows[0] == told["table"]["columns"]
        assert len(rows) == len(told["table"]["rows"]) + 1
    assert table_of(page, "Completion of tasks")[2] == [
        "T2 Find a book", "1", "1 (100 %)", "17–100 %", "0", "–",
    ]  # fmt: skip
    assert ["SEQ, T2", "1", "6.0", "–", "–"] in table_of(page, "Answers to questionnaires")
    assert "Agresti" in re.findall(r'Formula: <span lang="en">([^<]+)<', page)[0]
    assert "<b>" not in page
    assert "<script" not in page


def test_files_are_a_link_away_and_the_study_leads_to_the_page(client, read, researcher, study):
    page = read(researcher, lang="fi")
    links = re.findall(r'<li><a href="(/api/v1/studies/[^"]+)"', page)
    ends = [each.rpartition("/")[2] for each in links]
    assert ends == [
        "report.html?language=fi", "report.pdf?language=fi", "export.csv", "export.xlsx",
        "export.json", "codebook.qdc",
    ]  # fmt: skip
    for each in links:
        if ".pdf" not in each:
            assert client.get(each).status_code == 200
    study_page = client.get(f"/projects/library/studies/{study}").text
    assert f'href="/projects/library/studies/{study}/results"' in study_page


def test_a_viewer_is_not_told_of_small_groups(read, make, study, notes, consent, viewer, owner):
    for n in range(2):
        person = {"pseudonym": f"P{n}", "segment": "few", "consent": consent}
        who = make(f"/studies/{study}/participants", **person)
        opened = make(f"/studies/{study}/sessions", participant_id=who["id"], moderator="MK")
        notes("T2 >\nT2 = unassisted", to=opened["id"])
    few = [
        each for each in table_of(read(viewer), "Completion of tasks by group") if "few" in each[0]
    ]
    assert few == [
        ["Segment: few", "not shared: the group is small, or would give away a small one"]
    ]
    seen = table_of(read(owner), "Completion of tasks by group")
    assert ["Segment: few", "T2", "2", "2 (100 %)", "29–100 %", "–"] in seen


def test_ci_and_other_projects_see_no_results(client, study, project, ci, owner, make_token):
    other = client.post("/api/v1/projects", headers=owner, json={"name": "Other"}).json()
    address = f"/projects/library/studies/{study}/results"
    for headers, status in ((ci, 403), (make_token("owner", other["id"]), 404)):
        secret = headers["Authorization"].removeprefix("Bearer ")
        client.post("/sign-in", data={"token": secret}, headers=SAME_SITE)
        assert client.get(address, headers={"Accept": "text/html"}).status_code == status
