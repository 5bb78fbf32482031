"""Every error is `application/problem+json`, and says where it comes from."""

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import Session, select

from service.projects import Project


def problem_of(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    content = answer.json()
    assert content["status"] == status
    assert {"type", "title", "detail", "instance"} <= content.keys()
    return content


def test_an_unknown_path_is_a_problem(client):
    assert problem_of(client.get("/api/v1/nothing"), 404) == {
        "type": "urn:luiska:problem:not-found",
        "title": "There is no such thing here",
        "status": 404,
        "detail": "No address of the service looks like this.",
        "instance": "/api/v1/nothing",
    }


def test_a_wrong_method_is_a_problem_that_names_every_right_one(client):
    answer = client.put("/api/v1/projects/default")
    assert problem_of(answer, 405)["type"] == "urn:luiska:problem:method-not-allowed"
    assert answer.headers["Allow"] == "DELETE, GET, PATCH"
    assert client.delete("/api/v1/projects").headers["Allow"] == "GET, POST"


def test_without_a_token_the_answer_asks_for_one(client):
    answer = client.get("/api/v1/projects")
    assert problem_of(answer, 401)["type"] == "urn:luiska:problem:not-signed-in"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Luiska"'


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer nonsense", "Basic bHVpc2thOg==", "luiska_x", "Bearer ä"]
)
def test_a_header_that_holds_no_known_token_is_refused(client, header):
    answer = client.get("/api/v1/projects", headers={"Authorization": header.encode("latin-1")})
    problem_of(answer, 401)


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [{"pointer": "/name", "detail": "Field required"}]),
        (
            {"name": "Library", "orgins": []},
            [{"pointer": "/orgins", "detail": "Extra inputs are not permitted"}],
        ),
        (
            {"name": "Library", "origins": ["https://a.example", 7]},
            [{"pointer": "/origins/1", "detail": "Input should be a valid string"}],
        ),
        (
            {"name": "   "},
            [{"pointer": "/name", "detail": "A project needs a name."}],
        ),
        (
            {"name": "Library", "a/b~c": 1},
            [{"pointer": "/a~1b~0c", "detail": "Extra inputs are not permitted"}],
        ),
        (
            [],
            [
                {
                    "pointer": "",
                    "detail": "Input should be a valid dictionary or object to extract fields from",
                }
            ],
        ),
    ],
)
def test_a_malformed_body_is_refused_with_a_pointer_to_each_fault(client, owner, body, errors):
    answer = client.post("/api/v1/projects", headers=owner, json=body)
    assert problem_of(answer, 422)["errors"] == errors


def test_what_is_no_json_is_refused_with_the_place(client, owner):
    headers = {**owner, "Content-Type": "application/json"}
    content = problem_of(
        client.post("/api/v1/projects", headers=headers, content=b'{"name": }'), 422
    )
    assert content["errors"] == [
        {"pointer": "", "detail": "This is not JSON: Expecting value at character 9."}
    ]


def test_what_is_wrong_outside_of_the_body_is_named_after_its_place(client, owner):
    answer = client.get("/api/v1/projects?limit=201&after=%20", headers=owner)
    assert [error["pointer"] for error in problem_of(answer, 422)["errors"]] == [
        "/query/limit",
        "/query/after",
    ]
    headers = {**owner, "Idempotency-Key": "with space"}
    answer = client.post("/api/v1/projects", headers=headers, json={"name": "x"})
    assert [error["pointer"] for error in problem_of(answer, 422)["errors"]] == [
        "/header/Idempotency-Key"
    ]
    answer = client.get(f"/api/v1/projects/{'x' * 65}", headers=owner)
    assert [error["pointer"] for error in problem_of(answer, 422)["errors"]] == ["/path/project_id"]


def test_an_unexpected_fault_is_a_problem_that_tells_nothing_of_the_inside(app, client):
    @app.get("/api/v1/boom")
    def boom() -> None:
        raise RuntimeError("password=hunter2")

    answer = client.get("/api/v1/boom")
    content = problem_of(answer, 500)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert content["type"] == "urn:luiska:problem:internal"
    assert "hunter2" not in str(content)


def test_a_failing_commit_never_answers_201(app, client, owner):
    def fail(_session: Session) -> None:
        raise sa.exc.OperationalError("COMMIT", {}, Exception("disk full"))

    event.listen(Session, "before_commit", fail)
    try:
        answer = client.post("/api/v1/projects", headers=owner, json={"name": "Library"})
    finally:
        event.remove(Session, "before_commit", fail)
    assert problem_of(answer, 503)["type"] == "urn:luiska:problem:unavailable"
    with Session(app.state.engine) as session:
        assert session.exec(select(Project.slug)).all() == ["default"]


def test_a_write_that_lost_a_race_is_a_conflict(app, client, owner):
    def overtake(session: Session, *_: object) -> None:
        for made in session.new:
            if isinstance(made, Project):
                made.slug = "default"

    event.listen(Session, "before_flush", overtake)
    try:
        answer = client.post("/api/v1/projects", headers=owner, json={"name": "Library"})
    finally:
        event.remove(Session, "before_flush", overtake)
    assert problem_of(answer, 409)["type"] == "urn:luiska:problem:conflict"
    assert answer.headers["Retry-After"] == "1"


def test_a_browser_gets_an_error_page_where_pages_are(client):
    answer = client.get("/nothing", headers={"Accept": "text/html", "Accept-Language": "sv"})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Hittades inte" in answer.text
    problem_of(client.get("/api/v1/nothing", headers={"Accept": "text/html"}), 404)
