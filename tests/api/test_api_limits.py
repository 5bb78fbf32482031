"""What no request may contain."""

import json

import pytest
from test_api_problems import problem_of


def test_a_body_that_says_it_is_too_large_is_refused(client, owner):
    answer = client.post("/api/v1/projects", headers=owner, json={"name": "x" * 100_001})
    content = problem_of(answer, 413)
    assert content["type"] == "urn:luiska:problem:too-large"
    assert content["detail"] == "A request may have 100000 bytes. Send less at once."


def test_a_body_in_chunks_is_counted_as_it_comes(client, owner):
    def chunks():
        for _ in range(11):
            yield b" " * 10_000

    headers = {**owner, "Content-Type": "application/json"}
    problem_of(client.post("/api/v1/projects", headers=headers, content=chunks()), 413)


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        (b'{"name": "a\\u0000b"}', "/name", "The text contains the character NUL."),
        (
            b'{"name": "x", "origins": ["ok", "\\ud800"]}',
            "/origins/1",
            "The text contains half of a surrogate pair.",
        ),
        (b'{"a\\u0000": 1}', "", "The text contains the character NUL."),
        (b'{"name": 9007199254740993}', "/name", "This number is too large."),
        (b'{"name": NaN}', "", "This JSON cannot be read: NaN is no number in JSON."),
        (b'{"name": 1e999}', "/name", "This number is too large."),
        (b'{"name": "\xff"}', "", "This is not UTF-8."),
        (b"[" * 90_000, "", "Nested deeper than 64 levels."),
        (b"[" * 65 + b"]" * 65, "/0" * 64, "Nested deeper than 64 levels."),
    ],
)
def test_json_that_cannot_be_stored_is_refused_where_it_stands(
    client, owner, body, pointer, detail
):
    headers = {**owner, "Content-Type": "application/json"}
    content = problem_of(client.post("/api/v1/projects", headers=headers, content=body), 422)
    assert content["errors"] == [{"pointer": pointer, "detail": detail}]


def test_a_number_of_thousands_of_digits_is_refused(client, owner):
    headers = {**owner, "Content-Type": "application/json"}
    body = b'{"name": ' + b"9" * 5000 + b"}"
    content = problem_of(client.post("/api/v1/projects", headers=headers, content=body), 422)
    assert content["type"] == "urn:luiska:problem:malformed"


def test_nul_in_the_address_is_refused(client, owner):
    problem_of(client.get("/api/v1/projects/a%00b", headers=owner), 404)
    content = problem_of(client.get("/api/v1/projects?after=a%00", headers=owner), 422)
    assert content["errors"] == [{"pointer": "/query/after", "detail": "NUL is not text."}]


def test_emoji_and_other_pairs_are_text(client, owner):
    headers = {**owner, "Content-Type": "application/json"}
    body = json.dumps({"name": "Kirja 📚", "slug": "kirja"}).encode()
    assert b"\\ud83d\\udcda" in body
    answer = client.post("/api/v1/projects", headers=headers, content=body)
    assert answer.status_code == 201
    assert answer.json()["name"] == "Kirja 📚"


def test_every_answer_carries_the_security_headers(client):
    for path in ("/healthz", "/api/v1/projects", "/sign-in", "/nothing"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
