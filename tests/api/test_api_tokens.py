"""Tokens, roles and what each reaches."""

import re

import pytest

from service import db
from service.access import Actor, Role, Work, tokens
from service.errors import NotAllowed, NotFound


def test_a_secret_is_told_once_and_kept_as_a_hash(app, client, owner, project):
    path = f"/api/v1/projects/{project}/tokens"
    answer = client.post(path, headers=owner, json={"name": "Pipeline", "role": "ci"})
    assert answer.status_code == 201
    made = answer.json()
    secret = made.pop("secret")
    assert re.fullmatch(r"luiska_[A-Za-z0-9_-]{43}", secret)
    assert made == {
        "id": made["id"],
        "name": "Pipeline",
        "role": "ci",
        "project_id": project,
        "created_at": "2026-11-22T09:30:00Z",
        "revoked_at": None,
    }
    assert answer.headers["Location"] == f"{path}/{made['id']}"
    assert client.get(answer.headers["Location"], headers=owner).json() == made
    assert client.get(path, headers=owner).json() == {"items": [made], "next": None}
    with db.transaction(app.state.engine) as session:
        stored = session.get_one(tokens.Token, made["id"])
        assert stored.secret_hash == tokens.hash_secret(secret)
        assert secret not in stored.model_dump_json()


def test_a_revoked_token_opens_nothing_any_more(client, owner, project):
    path = f"/api/v1/projects/{project}/tokens"
    made = client.post(path, headers=owner, json={"name": "Pipeline", "role": "ci"}).json()
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    assert client.get(f"/api/v1/projects/{project}", headers=bearer).status_code == 200
    assert client.delete(f"{path}/{made['id']}", headers=owner).status_code == 204
    assert client.delete(f"{path}/{made['id']}", headers=owner).status_code == 204
    assert client.get(f"/api/v1/projects/{project}", headers=bearer).status_code == 401
    assert client.get(f"{path}/{made['id']}", headers=owner).status_code == 404
    listed = client.get(path, headers=owner).json()["items"]
    assert [each["revoked_at"] for each in listed] == ["2026-11-22T09:30:00Z"]


# Role and reach, against what is asked: of the token's own project, then of another one.
MATRIX = [
    ("owner", 200, 200, 201, 200),
    ("researcher", 200, 403, 403, 403),
    ("viewer", 200, 403, 403, 403),
    ("ci", 200, 403, 403, 403),
]


@pytest.mark.parametrize(("role", "read", "change", "token", "audit"), MATRIX)
def test_each_role_may_do_its_part_in_its_own_project_and_nothing_elsewhere(
    client, make_token, project, role, read, change, token, audit
):
    def statuses(headers, where):
        path = f"/api/v1/projects/{where}"
        new_token = {"name": "t", "role": "viewer"}
        return (
            client.get(path, headers=headers).status_code,
            client.patch(path, headers=headers, json={"name": "n"}).status_code,
            client.post(f"{path}/tokens", headers=headers, json=new_token).status_code,
            client.get(f"/api/v1/audit?project={where}", headers=headers).status_code,
        )

    scoped = make_token(role, project)
    assert statuses(scoped, project) == (read, change, token, audit)
    assert statuses(scoped, "default") == (404, 404, 404, 404)
    assert statuses(scoped, "nothing") == (404, 404, 404, 404)
    everywhere = make_token(role)
    assert statuses(everywhere, project) == (read, change, token, audit)
    assert statuses(everywhere, "default") == (read, change, token, audit)


def test_a_token_of_one_project_lists_that_project_alone(client, make_token, project):
    listed = client.get("/api/v1/projects", headers=make_token("viewer", project)).json()
    assert [each["id"] for each in listed["items"]] == [project]


@pytest.mark.parametrize(
    ("role", "everywhere", "in_one"),
    [("owner", 201, 403), ("researcher", 403, 403), ("viewer", 403, 403), ("ci", 403, 403)],
)
def test_only_an_owner_of_everything_makes_projects(
    client, make_token, project, role, everywhere, in_one
):
    for reach, status in ((None, everywhere), (project, in_one)):
        headers = make_token(role, reach)
        answer = client.post("/api/v1/projects", headers=headers, json={"name": "New"})
        assert answer.status_code == status


def test_an_owner_of_one_project_makes_no_tokens_for_others_or_for_all(app, clock, project):
    with db.transaction(app.state.engine) as session:
        actor = Actor(name="own", role=Role.OWNER, token_id="t", project_id=project)
        work = Work(session=session, actor=actor, now=clock())
        with pytest.raises(NotAllowed):
            tokens.create_token(work, "x", Role.VIEWER, None)
        with pytest.raises(NotFound):
            tokens.create_token(work, "x", Role.VIEWER, "another")


def test_a_token_is_found_only_under_its_own_project(client, owner, project):
    path = f"/api/v1/projects/{project}/tokens"
    made = client.post(path, headers=owner, json={"name": "t", "role": "ci"}).json()
    elsewhere = f"/api/v1/projects/default/tokens/{made['id']}"
    assert client.get(elsewhere, headers=owner).status_code == 404
    assert client.delete(elsewhere, headers=owner).status_code == 404


def test_the_audit_trail_names_who_did_what_newest_first(client, owner, project):
    path = f"/api/v1/projects/{project}/tokens"
    client.post(path, headers=owner, json={"name": "t", "role": "ci"})
    items = client.get("/api/v1/audit", headers=owner).json()["items"]
    assert [(each["actor"], each["action"], each["detail"]) for each in items] == [
        ("a owner", "token created", {"role": "ci"}),
        ("a owner", "project created", {}),
        ("test", "token created", {"role": "owner"}),
    ]
    assert items[0]["project_id"] == project
    newest = client.get("/api/v1/audit?limit=1", headers=owner).json()
    rest = client.get(f"/api/v1/audit?after={newest['next']}", headers=owner).json()
    assert newest["items"] + rest["items"] == items


def test_an_owner_of_one_project_sees_the_trail_of_that_project(client, make_token, project):
    headers = make_token("owner", project)
    items = client.get("/api/v1/audit", headers=headers).json()["items"]
    assert {each["project_id"] for each in items} == {project}
