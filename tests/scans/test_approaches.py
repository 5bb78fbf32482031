"""How pages are approached, from the request to the visit and back: with names of secrets only."""

import json
from dataclasses import replace

import pytest
from fake_fleet import found_on, outcome_of
from scan_api import SITE
from sqlmodel import Session

from service.browser import Approach, Cookie, Login, PagePicture, Picture, Place
from service.scans import (
    Scan,
    last_asked_to_picture,
    page_last_seen,
    pictured_selectors,
    pictures_of,
    read_approach,
)
from service.scans.approaching import stored_approach

ASKED = {
    "must_contain": "#main",
    "actions": ["click element #menu", "set field #q to ${LUISKA_SECRET_WORD}"],
    "login": {
        "name": "reader",
        "url": f"{SITE}/sign-in",
        "actions": ["set field #pin to ${LUISKA_SECRET_PIN}"],
        "must_contain": "#out",
    },
    "headers": {"Authorization": "Bearer ${LUISKA_SECRET_KEY}"},
    "cookies": [{"name": "look", "value": "new"}],
    "page_state": "menu open",
    "frozen": True,
    "pictures": 3,
    "page_picture": False,
}
APPROACH = Approach(
    must_contain="#main",
    actions=("click element #menu", "set field #q to ${LUISKA_SECRET_WORD}"),
    login=Login(
        name="reader",
        url=f"{SITE}/sign-in",
        actions=("set field #pin to ${LUISKA_SECRET_PIN}",),
        must_contain="#out",
    ),
    headers=(("Authorization", "Bearer ${LUISKA_SECRET_KEY}"),),
    cookies=(Cookie(name="look", value="new"),),
    frozen=True,
    pictures=3,
)


def test_a_visit_approaches_its_page_as_the_scan_was_asked_to(running, fleet):
    scan_id = running.scan("/", **ASKED)
    running.ended(scan_id)
    (request,) = fleet.visits
    assert request.approach == APPROACH
    assert request.secret_origins == (SITE,)
    assert request.scope == scan_id


def test_a_scan_tells_how_it_approaches_pages_but_no_value_of_headers_and_cookies(running):
    scan = running.ended(running.scan("/", **ASKED))
    told = {name: scan[name] for name in ASKED}
    assert told == {**ASKED, "headers": ["Authorization"], "cookies": ["look"]}


def test_an_approach_is_kept_whole():
    assert read_approach(json.loads(json.dumps(stored_approach(APPROACH)))) == APPROACH
    assert read_approach({}) == Approach()


@pytest.mark.parametrize(
    ("more", "pointers"),
    [
        ({"actions": ["click #a", "tap #b"]}, ["/actions/1"]),
        ({"actions": ["set field #a to ${LUISKA_SECRET_a}"]}, ["/actions/0"]),
        ({"actions": ["navigate to /?${LUISKA_SECRET_A}"]}, ["/actions/0"]),
        ({"headers": {"Host": "x"}}, ["/headers/Host"]),
        ({"headers": {"X-A/b": "1", "X-B": "a\nb"}}, ["/headers/X-A~1b", "/headers/X-B"]),
        ({"headers": {"X-A": "1", "x-a": "2"}}, ["/headers/x-a"]),
        ({"cookies": [{"name": "a b", "value": "1;2"}]}, ["/cookies/0/name", "/cookies/0/value"]),
        ({"login": {"name": "a", "url": "/in", "actions": ["click #a"]}}, ["/login/url"]),
        (
            {"login": {"name": "a", "url": "https://other.example/", "actions": ["tap #a"]}},
            ["/login/actions/0", "/login/url"],
        ),
        ({"login": {"name": "a", "url": SITE, "actions": []}}, ["/login/actions"]),
        ({"must_contain": " "}, ["/must_contain"]),
        ({"page_state": " open"}, ["/page_state"]),
        ({"pictures": 51}, ["/pictures"]),
        ({"page_picture": True, "headers": {"X-A": "${LUISKA_SECRET_KEY}"}}, ["/page_picture"]),
    ],
)
def test_what_cannot_be_followed_is_refused_with_a_pointer_to_it(api, more, pointers):
    answer = api.post("/", **more)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == pointers


def test_secrets_are_for_projects_that_say_which_site_is_theirs(api):
    headers = {"headers": api.headers}
    slug = api.client.post("/api/v1/projects", json={"name": "Anywhere"}, **headers).json()["slug"]
    answer = api.client.post(
        f"/api/v1/projects/{slug}/scans",
        json={"urls": ["https://evil.example/"], "headers": {"X-A": "${LUISKA_SECRET_KEY}"}},
        **headers,
    )
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {
            "pointer": "/headers/X-A",
            "detail": "LUISKA_SECRET_KEY may only go to a project's own origins, and this one has "
            "none: give the project its origins first.",
        }
    ]


def test_scans_that_approach_pages_otherwise_are_not_the_same_scan(api):
    plain = api.scan("/")
    assert api.scan("/") == plain
    assert api.scan("/", actions=["click #a"]) != plain
    assert api.scan("/", page_state="open") != plain


def test_a_state_is_part_of_what_was_found_and_plain_visits_stay_apart(running):
    running.ended(running.scan("/"))
    scan_id = running.scan("/", actions=["click #menu"], page_state="menu open")
    running.ended(scan_id)
    items = running.get(f"/projects/{running.project_id}/barriers")["items"]
    assert [item["status"] for item in items] == ["open", "open"]


def test_an_action_that_is_not_done_is_told(running):
    scan = running.ended(running.scan("/", actions=["screen capture menu.png"]))
    assert scan["notices"] == [
        "`screen capture menu.png` kept no file: pictures of elements are in the HTML report."
    ]


def test_pictures_are_kept_and_given_to_who_may_read_the_scan(running, fleet, app, client):
    webp = b"RIFF....WEBP"
    fleet.pages["/"] = lambda request, _: replace(
        outcome_of(found_on(request.url)),
        pictures=(
            Picture(selector="#more", content=webp),
            Picture(selector="a >> b", content=b"2"),
        ),
    )
    scan_id = running.scan("/", pictures=2, page_state="open")
    running.ended(scan_id)
    (visit,) = running.visits(scan_id)
    at = f"/scans/{scan_id}/pages/{visit['id']}"
    assert running.get(f"{at}/pictures") == {"selectors": ["#more", "a >> b"]}
    answer = client.get(
        f"/api/v1{at}/picture", params={"selector": "#more"}, headers=running.headers
    )
    assert (answer.content, answer.headers["Content-Type"]) == (webp, "image/webp")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    missing = client.get(
        f"/api/v1{at}/picture", params={"selector": "#none"}, headers=running.headers
    )
    assert missing.status_code == 404
    assert client.get(f"/api/v1{at}/picture", params={"selector": "#more"}).status_code == 401
    other = running.scan("/other")
    elsewhere = client.get(
        f"/api/v1/scans/{other}/pages/{visit['id']}/picture",
        params={"selector": "#more"},
        headers=running.headers,
    )
    assert elsewhere.status_code == 404
    with Session(app.state.engine) as session:
        assert pictures_of(session, session.get_one(Scan, scan_id)) == {
            (f"{SITE}/", (1280, 1024), "open", "#more"): webp,
            (f"{SITE}/", (1280, 1024), "open", "a >> b"): b"2",
        }


def _pictured(request, webp):
    """The page of `two_faults` with its picture."""
    return replace(
        outcome_of(found_on(request.url)),
        page_picture=PagePicture(
            content=webp,
            width=1280,
            height=4000,
            is_cut=True,
            places=(
                Place(selector="#more", x=8, y=40, width=300, height=20),
                Place(selector="#nothing-found", x=0, y=0, width=1, height=1),
            ),
        ),
    )


def test_the_picture_of_a_page_is_kept_with_the_places_of_its_barriers(
    running, fleet, app, client, make_token
):
    webp = b"RIFF....WEBP"
    fleet.pages["/"] = lambda request, _: _pictured(request, webp)
    scan_id = running.scan("/", page_picture=True)
    assert running.ended(scan_id)["page_picture"] is True
    (visit,) = running.visits(scan_id)
    at = f"/scans/{scan_id}/pages/{visit['id']}"
    for role in ("owner", "researcher", "viewer", "ci"):
        answer = client.get(f"/api/v1{at}/page-picture", headers=make_token(role))
        assert (answer.content, answer.headers["Content-Type"]) == (webp, "image/webp")
    # What is kept beside it is no picture of an element.
    assert running.get(f"{at}/pictures") == {"selectors": []}
    for selector in ("(page)", "(layout)"):
        missing = client.get(
            f"/api/v1{at}/picture", params={"selector": selector}, headers=running.headers
        )
        assert missing.status_code == 404
    with Session(app.state.engine) as session:
        seen = page_last_seen(session, visit["page_id"])
        assert pictures_of(session, session.get_one(Scan, scan_id)) == {}
        assert pictured_selectors(session, scan_id, visit["id"]) == []
    assert (seen.visit_id, seen.viewport) == (visit["id"], "1280x1024")
    assert (seen.width, seen.height, seen.is_cut) == (1280, 4000, True)
    (link_name,) = (
        each["barrier_id"]
        for each in running.get(f"/scans/{scan_id}/findings")["items"]
        if each["selector"] == "#more"
    )
    assert seen.places == {link_name: (Place(selector="#more", x=8, y=40, width=300, height=20),)}


def test_the_latest_picture_stays_though_later_scans_bring_none(running, fleet, app, client):
    fleet.pages["/"] = lambda request, _: _pictured(request, b"1")
    first = running.scan("/", page_picture=True)
    running.ended(first)
    (visit,) = running.visits(first)
    fleet.pages["/"] = lambda request, _: outcome_of(found_on(request.url))
    running.ended(running.scan("/", fresh=True))
    second = running.scan("/", page_picture=True, fresh=True)
    running.ended(second)
    (asked,) = running.visits(second)
    # None goes by an earlier visit, whose picture it would not have.
    assert [each.digests for each in fleet.visits if each.approach.page_picture] == [{}, {}]
    with Session(app.state.engine) as session:
        assert page_last_seen(session, visit["page_id"]).visit_id == visit["id"]
        assert last_asked_to_picture(session, visit["page_id"]).id == asked["id"]
    none = client.get(
        f"/api/v1/scans/{second}/pages/{asked['id']}/page-picture", headers=running.headers
    )
    assert none.status_code == 404
