"""Signing in with a link or a token."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from service import db
from service.access import Actor, Role, Work, signin

SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def code(app, client, clock):
    with db.transaction(app.state.engine) as session:
        work = Work(session=session, actor=Actor(name="luiska", role=Role.OWNER), now=clock())
        return signin.create_operator_code(work)


def secret_of(headers):
    return headers["Authorization"].removeprefix("Bearer ")


def test_a_link_signs_one_browser_in_and_only_by_its_button(client, code):
    for _ in range(3):  # whatever fetches links ahead of people leaves it whole
        page = client.get(f"/sign-in/{code}")
        assert page.status_code == 200
        assert "Set-Cookie" not in page.headers
    answer = client.post(f"/sign-in/{code}", headers=SAME)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert re.fullmatch(
        r"luiska_session=[\w-]{43}; HttpOnly; Max-Age=43200; Path=/; SameSite=lax", cookie
    )
    assert client.get("/").status_code == 200
    client.cookies.clear()
    again = client.post(f"/sign-in/{code}", headers=SAME)
    assert again.status_code == 401
    assert "Set-Cookie" not in again.headers
    assert "used already" in again.text


def test_a_link_is_over_after_fifteen_minutes(client, code, clock):
    clock.advance(minutes=15)
    assert client.post(f"/sign-in/{code}", headers=SAME).status_code == 401


def test_a_session_is_over_after_twelve_hours(client, code, clock):
    client.post(f"/sign-in/{code}", headers=SAME)
    clock.advance(hours=11, minutes=59)
    assert client.get("/").status_code == 200
    clock.advance(minutes=1)
    assert client.get("/").headers["Location"] == "/sign-in?next=%2F"


def test_over_tls_the_cookie_is_for_tls_alone(app, client, code):
    client.base_url = "https://testserver"
    assert "; Secure" in client.post(f"/sign-in/{code}", headers=SAME).headers["Set-Cookie"]


def test_a_token_signs_in_and_leads_on(client, viewer):
    form = {"token": f" {secret_of(viewer)}\n", "next": "/projects/default/barriers?page=2"}
    answer = client.post("/sign-in", headers=SAME, data=form)
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/projects/default/barriers?page=2",
    )
    page = client.get("/")
    assert "Signed in as a viewer" in page.text
    assert '<a href="/projects/default/barriers">Default</a>' in page.text


def test_an_unknown_token_is_refused_on_the_page(client):
    answer = client.post("/sign-in", headers=SAME, data={"token": "luiska_no"})
    assert answer.status_code == 401
    assert 'role="alert"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "luiska_no" not in answer.text


@pytest.mark.parametrize(
    "following",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
        "",
    ],
)
def test_signing_in_never_leads_to_another_site(client, viewer, following):
    form = {"token": secret_of(viewer), "next": following}
    assert client.post("/sign-in", headers=SAME, data=form).headers["Location"] == "/"
    page = client.get("/sign-in", params={"next": following})
    assert '<input type="hidden" name="next" value="/">' in page.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "http://testserver"}, 303),
        ({}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_another_site_signs_nobody_in(client, viewer, headers, status):
    form = {"token": secret_of(viewer)}
    assert client.post("/sign-in", headers=headers, data=form).status_code == status


def test_a_session_reads_the_api_and_writes_from_the_same_site_alone(client, code):
    client.post(f"/sign-in/{code}", headers=SAME)
    assert client.get("/api/v1/projects").status_code == 200
    body = {"name": "Library"}
    refused = client.post("/api/v1/projects", json=body)
    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:luiska:problem:cross-site"
    assert client.post("/api/v1/projects", json=body, headers=SAME).status_code == 201


def test_a_revoked_token_ends_its_sessions(client, owner, project):
    path = f"/api/v1/projects/{project}/tokens"
    made = client.post(path, headers=owner, json={"name": "t", "role": "viewer"}).json()
    client.post("/sign-in", headers=SAME, data={"token": made["secret"]})
    assert client.get("/").status_code == 200
    client.delete(f"{path}/{made['id']}", headers=owner)
    assert client.get("/").status_code == 303
    assert client.get("/api/v1/projects").status_code == 401


def test_signing_out_ends_the_session_on_the_server(client, code):
    client.post(f"/sign-in/{code}", headers=SAME)
    cookie = client.cookies["luiska_session"]
    answer = client.post("/sign-out", headers=SAME)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    client.cookies.set("luiska_session", cookie)
    assert client.get("/").status_code == 303


def test_a_page_sends_whoever_is_not_signed_in_to_the_sign_in_page_and_back(client):
    answer = client.get("/?a=1&b=ä")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/sign-in?next=%2F%3Fa%3D1%26b%3D%25C3%25A4",
    )


def test_two_at_once_use_a_link_once(app, client, code):
    def use(_):
        return client.post(f"/sign-in/{code}", headers=SAME).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(use, range(6))) == [303, 401, 401, 401, 401, 401]
