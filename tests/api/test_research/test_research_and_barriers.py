"""What notes, corrections and later sessions do to barriers, through the API."""

import pytest

FIRST = """\
@/haku
T1 >
01:00 X !3 P: start page #a
@/tulokset
02:00 X !3 P: deeper page #b
03:00 T1 = failed
"""
AROUND = "T1 >\n01:00 + P: finds another way\n02:00 T1 = unassisted\n"
THROUGH = "@/haku\nT1 >\n@/tulokset\n01:00 + P: reads the results\n02:00 T1 = unassisted\n"


@pytest.fixture
def api(client, researcher):
    """Calls as a researcher that must succeed; answers the body."""

    def call(method, path, body=None, **options):
        content = options.pop("text", None)
        headers = {**researcher, **({"Content-Type": "text/plain"} if content else {})}
        answer = client.request(
            method,
            f"/api/v1{path}",
            headers=headers,
            **({"content": content.encode()} if content else {"json": body} if body else {}),
        )
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    return call


@pytest.fixture
def sitting(make, project, consent):
    """Makes a session of a participant with a screen reader on a build; answers its id."""
    study = make(f"/projects/{project}/studies", name="Search")
    make(f"/studies/{study['id']}/tasks", number=1, title="Find a book", url="/haku")

    def sit(pseudonym, build, started_at):
        participant = make(
            f"/studies/{study['id']}/participants",
            pseudonym=pseudonym,
            technology="screen-reader",
            consent=consent,
        )
        return make(
            f"/studies/{study['id']}/sessions",
            participant_id=participant["id"],
            moderator="MK",
            build=build,
            started_at=started_at,
        )["id"]

    return sit


@pytest.fixture
def met(api, sitting):
    """Two barriers that one participant met on build 1.0: on /haku and on /tulokset."""
    session = sitting("P01", "1.0", "2026-11-20T12:00:00Z")
    observations = api("POST", f"/sessions/{session}/notes", text=FIRST)["observations"]
    return [
        api("POST", f"/observations/{each['id']}/links", {"new": {"title": each["text"]}})
        for each in observations
    ]


def status(api, link):
    return api("GET", f"/barriers/{link['barrier_id']}")["status"]


@pytest.mark.parametrize(
    ("notes", "build", "expected"),
    [
        (THROUGH, "2.0", ["closed", "closed"]),
        (AROUND, "2.0", ["closed", "open"]),
        (THROUGH, "1.0", ["open", "open"]),
    ],
    ids=["through both pages", "around the second page", "on the same build"],
)
def test_a_later_session_closes_what_it_got_through(api, sitting, met, notes, build, expected):
    assert [status(api, link) for link in met] == ["open", "open"]
    later = sitting("P02", build, "2026-11-21T12:00:00Z")
    api("POST", f"/sessions/{later}/notes", text=notes)
    assert [status(api, link) for link in met] == expected


def test_a_comment_that_is_corrected_to_a_problem_revokes_the_suppression(api, sitting):
    session = sitting("P01", "1.0", "2026-11-20T12:00:00Z")
    (comment,) = api("POST", f"/sessions/{session}/notes", text="C P: small text\n")["observations"]
    link = api("POST", f"/observations/{comment['id']}/links", {"new": {"title": "Small text"}})
    change = {"suppression": {"reason": "release 12", "owner": "web team", "expires": "2027-01-31"}}
    suppressed = api("PATCH", f"/barriers/{link['barrier_id']}", change)
    assert suppressed["status"] == "suppressed"
    assert suppressed["suppression"]["expires"] == "2027-01-31T23:59:59Z"
    api("PATCH", f"/observations/{comment['id']}", {"code": "X", "severity": 3})
    barrier = api("GET", f"/barriers/{link['barrier_id']}")
    assert (barrier["status"], barrier["suppression"]) == ("open", None)


def test_a_problem_that_is_corrected_to_a_comment_no_longer_holds_a_key(api, sitting, met):
    later = sitting("P02", "2.0", "2026-11-21T12:00:00Z")
    api("POST", f"/sessions/{later}/notes", text=THROUGH)
    again = sitting("P03", "2.0", "2026-11-21T13:00:00Z")
    (problem,) = api("POST", f"/sessions/{again}/notes", text="@/haku\nX !4 P: again\n")[
        "observations"
    ]
    api("POST", f"/observations/{problem['id']}/links", {"barrier_id": met[0]["barrier_id"]})
    assert status(api, met[0]) == "open"
    api("PATCH", f"/observations/{problem['id']}", {"code": "C"})
    assert status(api, met[0]) == "closed"


def test_a_closed_barrier_cannot_be_suppressed(api, client, researcher, sitting, met):
    later = sitting("P02", "2.0", "2026-11-21T12:00:00Z")
    api("POST", f"/sessions/{later}/notes", text=THROUGH)
    answer = client.patch(
        f"/api/v1/barriers/{met[0]['barrier_id']}",
        headers=researcher,
        json={"suppression": {"reason": "r", "owner": "o", "expires": "2027-01-31"}},
    )
    assert answer.status_code == 409, answer.text


def test_the_ledgers_page_keeps_written_titles_from_ci(client, make_token, project, met):
    secret = make_token("ci")["Authorization"].removeprefix("Bearer ")
    origin = {"Origin": str(client.base_url)}
    client.post("/sign-in", data={"token": secret}, headers=origin)
    page = client.get("/projects/library/barriers")
    assert page.status_code == 200
    assert "A barrier that people met" in page.text
    assert "start page" not in page.text


def test_consent_from_the_future_is_refused(client, researcher, make, project, consent):
    study = make(f"/projects/{project}/studies", name="Search")
    answer = client.post(
        f"/api/v1/studies/{study['id']}/participants",
        headers=researcher,
        json={"pseudonym": "P01", "consent": {**consent, "given_at": "2099-01-01T00:00:00Z"}},
    )
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/consent/given_at"]


def test_a_cursor_that_is_in_no_list_is_refused_everywhere(client, owner, project):
    for path in ("/projects", "/audit", f"/projects/{project}/scans", f"/projects/{project}/pages"):
        answer = client.get(f"/api/v1{path}", headers=owner, params={"after": "garbage"})
        assert (path, answer.status_code) == (path, 422)
