"""The page under test beside the log: its picture, its marks, and the wish for one."""

import re
from dataclasses import replace

import pytest
from fake_fleet import found_on, outcome_of
from sqlmodel import select

from service.browser import PagePicture, Place
from service.db import transaction
from service.projects import Page, Project
from service.scans.reusing import Visited
from service.scans.storing import store_visit
from service.scans.tables import PageVisit, Scan

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
CONSENT = {
    "notes": True, "text_version": "1", "language": "fi", "given_at": "2026-11-20T12:00:00Z",
    "channel": "paper",
}  # fmt: skip


@pytest.fixture
def sign_in(client):
    def go(headers):
        secret = headers["Authorization"].removeprefix("Bearer ")
        answer = client.post("/sign-in", data={"token": secret}, headers=SAME_SITE)
        assert answer.status_code == 303, answer.text

    return go


@pytest.fixture
def room(client, researcher, project):
    """The address of a session's page without its query; a note in it is about /haku."""

    def make(path, **body):
        answer = client.post(f"/api/v1{path}", headers=researcher, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    study = make(f"/projects/{project}/studies", name="Search")["id"]
    who = make(f"/studies/{study}/participants", pseudonym="P03", consent=CONSENT)["id"]
    session = make(f"/studies/{study}/sessions", participant_id=who, moderator="MK")["id"]
    make(f"/sessions/{session}/notes", observations=[{"text": "x", "url": "/haku"}])
    return f"/projects/library/studies/{study}/sessions/{session}"


@pytest.fixture
def page_id(app, room):
    with transaction(app.state.engine) as session:
        return session.exec(select(Page).where(Page.key == "/haku")).one().id


def test_who_logs_a_session_asks_for_a_picture_and_keeps_the_line(
    client, app, room, page_id, sign_in, researcher
):
    sign_in(researcher)
    page = client.get(f"{room}?as=moderator").text
    assert "There is no picture of this page." in page
    [wish] = re.findall(r'form="writing" formaction="([^"]+)"', page)
    wish = wish.replace("&amp;", "&")
    assert wish == f"{room}/picture?as=moderator&page_id={page_id}"
    kept = client.post(wish, data={"text": "X kesken"}, headers=SAME_SITE)
    assert kept.status_code == 200
    assert ">X kesken</textarea>" in kept.text
    assert "A picture is being taken." in kept.text
    again = client.post(wish, data={"text": " "}, headers=SAME_SITE)
    assert again.headers["Location"] == f"{room}?as=moderator#beside"
    with transaction(app.state.engine) as session:
        [scan] = session.exec(select(Scan)).all()
        [visit] = session.exec(select(PageVisit)).all()
        assert (scan.approach["page_picture"], scan.priority) == (True, "interactive")
        assert (visit.url, visit.page_id) == ("https://library.example/haku", page_id)
    part = client.post(f"{wish}&part=true", headers=SAME_SITE)
    assert (part.status_code, part.text.count("<html")) == (200, 0)
    assert " data-pending" in part.text


def test_nobody_else_asks_for_one(client, room, page_id, sign_in, viewer, ci):
    sign_in(viewer)
    assert "formaction" not in client.get(f"{room}?as=moderator").text
    wish = f"{room}/picture?page_id={page_id}"
    assert client.post(wish, headers=SAME_SITE).status_code == 403
    sign_in(ci)
    assert client.post(wish, headers=SAME_SITE).status_code == 403
    elsewhere = client.post(wish, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403


def test_the_latest_picture_is_shown_with_its_barriers_numbered(
    app, client, room, page_id, sign_in, viewer, clock, api
):
    wish = api.post("/haku", page_picture=True).json()["id"]
    at = Place(selector="#more", x=100, y=200, width=50, height=20)
    taken = PagePicture(content=b"RIFF", width=1280, height=3000, is_cut=True, places=(at,))
    outcome = outcome_of(found_on("https://library.example/haku"))
    with transaction(app.state.engine) as session:
        pictured = replace(outcome, page_picture=taken)
        store_visit(session, Visited(visit_id=f"{wish}-000000", outcome=pictured), clock())
    sign_in(viewer)
    shown = client.get(f"{room}/page?page_id={page_id}").text
    assert shown in client.get(f"{room}?as=moderator").text
    [image] = re.findall(r"<img[^>]+>", shown)
    source = f"/api/v1/scans/{wish}/pages/{wish}-000000/page-picture"
    assert f'src="{source}" width="1280" height="3000" loading="lazy"' in image
    assert 'alt="Picture of the page Page /haku in a window of 1280 × 1024, taken Nov' in image
    assert client.get(source).content == b"RIFF"
    assert '<rect class="place" x="100" y="200" width="50" height="20"/>' in shown
    barriers = re.findall(r"<code>\^axe:([a-z-]+)</code>", shown)
    [number] = re.findall(r"<text[^>]+>(\d+)</text>", shown)
    assert barriers[int(number) - 1] == "link-name"
    assert "The numbers are those of the list." in shown
    assert "The page goes on below." in shown
    assert 'href="https://library.example/haku"' in shown
    assert "no picture of this page" not in shown
    assert " style=" not in shown


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        ("running", None, "A picture is being taken."),
        ("error", "tls_error", "could not be examined, so there is no new picture."),
        ("examined", None, "no picture could be taken of it."),
    ],
)
def test_what_became_of_the_wish_is_said(
    app, client, room, page_id, sign_in, researcher, state, error, words
):
    sign_in(researcher)
    client.post(f"{room}/picture?page_id={page_id}", headers=SAME_SITE)
    with transaction(app.state.engine) as session:
        [visit] = session.exec(select(PageVisit)).all()
        visit.state, visit.error_code = state, error
    shown = client.get(f"{room}/page?page_id={page_id}").text
    assert words in shown
    assert ("data-pending" in shown) == (state == "running")


def test_of_a_path_without_a_site_no_picture_can_be_taken(
    app, client, room, page_id, sign_in, owner
):
    with transaction(app.state.engine) as session:
        session.exec(select(Project).where(Project.slug == "library")).one().origins = []
    sign_in(owner)
    shown = client.get(f"{room}?as=moderator").text
    assert "formaction" not in shown
    assert 'href="/haku"' not in shown
    assert "Note its whole address, such as @https://www.example.org/haku" in shown
    refused = client.post(
        f"{room}/picture?page_id={page_id}", data={"text": "C kesken"}, headers=SAME_SITE
    )
    assert refused.status_code == 422
    assert "The picture was not asked for." in refused.text
    assert ">C kesken</textarea>" in refused.text
