"""Projects over HTTP."""

import pytest


def test_a_new_project_is_answered_with_its_address(client, owner):
    answer = client.post("/api/v1/projects", headers=owner, json={"name": "Hämeen kirjasto"})
    assert answer.status_code == 201
    made = answer.json()
    assert answer.headers["Location"] == f"/api/v1/projects/{made['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert made == {
        "id": made["id"],
        "slug": "hameen-kirjasto",
        "name": "Hämeen kirjasto",
        "origins": [],
        "standard": "wcag22aa",
        "languages": [],
        "policy": None,
        "created_at": "2026-11-22T09:30:00Z",
        "version": 1,
    }
    assert client.get("/api/v1/projects/hameen-kirjasto", headers=owner).json() == made


def test_an_empty_database_has_the_project_default(client, owner):
    listed = client.get("/api/v1/projects", headers=owner).json()
    assert [(each["slug"], each["name"]) for each in listed["items"]] == [("default", "Default")]
    assert listed["next"] is None


def test_a_slug_made_of_a_taken_name_gets_a_number(client, owner):
    slugs = [
        client.post("/api/v1/projects", headers=owner, json={"name": name}).json()["slug"]
        for name in ("Library", "Library", "Library!", "図書館", "0" * 32)
    ]
    assert slugs == ["library", "library-2", "library-3", "project", "project-2"]


def test_a_slug_asked_for_by_name_is_refused_when_taken(client, owner, project):
    answer = client.post("/api/v1/projects", headers=owner, json={"name": "x", "slug": "library"})
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:luiska:problem:slug-taken"


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("slug", "Not A Slug", "/slug"),
        ("slug", "0" * 32, "/slug"),
        ("standard", "wcag30", "/standard"),
        ("languages", ["fi", "finnish!"], "/languages/1"),
        ("origins", ["https://ok.example", "ftp://x.example"], "/origins/1"),
        ("origins", ["https://x.example/path"], "/origins/0"),
        ("origins", ["https://user@x.example"], "/origins/0"),
        ("origins", ["https://x.example:0"], "/origins/0"),
        ("origins", ["https://x.example:65536"], "/origins/0"),
        ("origins", ["https://[::zz]"], "/origins/0"),
        ("origins", ["https://"], "/origins/0"),
        ("origins", ["x.example"], "/origins/0"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_place(client, owner, field, value, pointer):
    answer = client.post("/api/v1/projects", headers=owner, json={"name": "x", field: value})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_origins_are_written_in_one_way(client, owner):
    origins = [
        "HTTPS://Library.Example:443/",
        "https://library.example",
        "http://localhost:*",
        "http://[::1]:8080",
        "https://bücher.example:8443",
    ]
    answer = client.post("/api/v1/projects", headers=owner, json={"name": "x", "origins": origins})
    assert answer.json()["origins"] == [
        "https://library.example",
        "http://localhost:*",
        "http://[::1]:8080",
        "https://xn--bcher-kva.example:8443",
    ]


def test_a_change_needs_the_version_that_it_was_made_for(client, owner, project):
    path = f"/api/v1/projects/{project}"
    first = client.get(path, headers=owner)
    headers = {**owner, "If-Match": first.headers["ETag"]}
    changed = client.patch(path, headers=headers, json={"name": "City library"})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert changed.json() == {**first.json(), "name": "City library", "version": 2}
    late = client.patch(path, headers=headers, json={"name": "Mine"})
    assert late.status_code == 412
    assert late.json()["type"] == "urn:luiska:problem:stale"
    assert client.delete(path, headers=headers).status_code == 412
    assert client.get(path, headers=owner).json()["name"] == "City library"


@pytest.mark.parametrize(
    ("if_match", "status"),
    [('"1"', 200), ('"7", "1"', 200), ("*", 200), ('W/"1"', 412), ("1", 412), ('"x"', 412)],
)
def test_if_match_is_read_as_strong_tags(client, owner, project, if_match, status):
    headers = {**owner, "If-Match": if_match}
    answer = client.patch(f"/api/v1/projects/{project}", headers=headers, json={"name": "y"})
    assert answer.status_code == status


def test_a_change_of_nothing_leaves_the_version(client, owner, project):
    answer = client.patch(f"/api/v1/projects/{project}", headers=owner, json={})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')


def test_a_deleted_project_is_gone_and_its_audit_stays(client, owner, project):
    assert client.delete("/api/v1/projects/library", headers=owner).status_code == 204
    assert client.get(f"/api/v1/projects/{project}", headers=owner).status_code == 404
    trail = client.get(f"/api/v1/audit?project={project}", headers=owner).json()["items"]
    assert [entry["action"] for entry in trail] == ["project deleted", "project created"]


def test_a_list_comes_in_pages_without_gaps_or_repeats(client, owner):
    for n in range(5):
        client.post("/api/v1/projects", headers=owner, json={"name": f"P {n}"})
    seen, after = [], ""
    while after is not None:
        page = client.get(f"/api/v1/projects?limit=2{after}", headers=owner).json()
        assert len(page["items"]) <= 2
        seen += [each["slug"] for each in page["items"]]
        after = page["next"] and f"&after={page['next']}"
    assert sorted(seen) == ["default", "p-0", "p-1", "p-2", "p-3", "p-4"]
