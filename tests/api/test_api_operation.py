"""Liveness, readiness, metrics, and the document of the API."""

import re

from test_api_problems import problem_of

from service.errors import Unavailable


def test_liveness_is_open(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_readiness_names_every_part_that_works(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    parts = answer.json()["parts"]
    assert parts["database"] == parts["migrations"] == {"ok": True, "detail": None}


def test_a_part_that_does_not_work_makes_the_service_not_ready(app, client):
    def no_browser():
        raise Unavailable("No Chromium was found. Run `luiska doctor`.")

    def broken():
        raise RuntimeError("secret address")

    app.state.probes = {**app.state.probes, "browser": no_browser, "queue": broken}
    content = problem_of(client.get("/readyz"), 503)
    assert content["detail"] == "Not working: browser, queue."
    assert content["parts"]["database"] == {"ok": True, "detail": None}
    assert content["parts"]["browser"] == {
        "ok": False,
        "detail": "No Chromium was found. Run `luiska doctor`.",
    }
    assert content["parts"]["queue"] == {"ok": False, "detail": "It failed; the log says how."}


def test_another_schema_makes_the_service_not_ready(app, client):
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    content = problem_of(client.get("/readyz"), 503)
    assert content["parts"]["migrations"]["ok"] is False


def test_metrics_count_by_route_and_need_a_token(client, ci, project):
    assert client.get("/metrics").status_code == 401
    for _ in range(3):
        client.get(f"/api/v1/projects/{project}", headers=ci)
    client.get("/nowhere/at/all", headers=ci)
    text = client.get("/metrics", headers=ci).text
    assert 'route="/projects/{project_id}",status="200"} 3.0' in text
    assert 'method="GET",route="unmatched",status="404"} 1.0' in text
    assert project not in text


def test_every_operation_has_a_tidy_id_a_summary_and_known_errors(client):
    document = client.get("/openapi.json").json()
    operations = [
        (path, operation)
        for path, methods in document["paths"].items()
        for operation in methods.values()
    ]
    ids = [operation["operationId"] for _, operation in operations]
    assert len(ids) == len(set(ids))
    for path, operation in operations:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", operation["operationId"]), path
        assert operation["summary"], path
        assert operation["tags"], path
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], (path, status)
        if path.startswith("/api/"):
            assert operation["security"] == [{"token": []}, {"session": []}], path
            assert "401" in operation["responses"], path
    schemas = document["components"]["schemas"]
    assert "HTTPValidationError" not in schemas
    assert {"Problem", "ProblemError"} <= schemas.keys()


def test_the_open_addresses_are_open(client):
    for path in ("/docs", "/openapi.json", "/healthz", "/readyz", "/sign-in", "/static/luiska.css"):
        assert client.get(path).status_code == 200, path


def test_the_documentation_needs_nothing_from_elsewhere(client):
    page = client.get("/docs").text
    assert "create_project" in page
    assert "<script" not in page
    loaded = re.findall(r"""(?:src|href|action|url)\s*[=(]\s*["']?([^"'\s>)]+)""", page)
    assert loaded
    assert not [
        address for address in loaded if re.match(r"[a-z]+:|//", address) and address != "data:,"
    ]
    sheet = client.get("/static/luiska.css").text
    assert "url(" not in sheet
    assert "@import" not in sheet
