"""`Idempotency-Key`: a repeat makes nothing twice."""

from concurrent.futures import ThreadPoolExecutor

from test_api_problems import problem_of

from service import db
from service.access.idempotency import forget_old_keys

PROJECTS = "/api/v1/projects"


def names(client, owner):
    items = client.get(PROJECTS, headers=owner).json()["items"]
    return sorted(each["name"] for each in items)


def test_a_repeat_gets_the_first_answer_and_makes_nothing(client, owner):
    headers = {**owner, "Idempotency-Key": "k1"}
    first = client.post(PROJECTS, headers=headers, json={"name": "Library"})
    again = client.post(PROJECTS, headers=headers, json={"name": "Library"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert names(client, owner) == ["Default", "Library"]


def test_the_same_key_with_another_body_is_refused(client, owner):
    headers = {**owner, "Idempotency-Key": "k1"}
    client.post(PROJECTS, headers=headers, json={"name": "Library"})
    answer = client.post(PROJECTS, headers=headers, json={"name": "Museum"})
    assert problem_of(answer, 409)["type"] == "urn:luiska:problem:idempotency-key-reused"
    assert names(client, owner) == ["Default", "Library"]


def test_the_same_key_of_another_token_is_another_key(client, owner, make_token):
    for headers in (owner, make_token("owner")):
        answer = client.post(
            PROJECTS, headers={**headers, "Idempotency-Key": "k1"}, json={"name": "Library"}
        )
        assert answer.status_code == 201
    assert names(client, owner) == ["Default", "Library", "Library"]


def test_the_same_key_at_another_address_is_another_key(client, owner, project):
    headers = {**owner, "Idempotency-Key": "k1"}
    new_token = {"name": "t", "role": "ci"}
    one = client.post(f"{PROJECTS}/{project}/tokens", headers=headers, json=new_token).json()
    other = client.post(f"{PROJECTS}/default/tokens", headers=headers, json=new_token).json()
    assert one["id"] != other["id"]


def test_a_failed_request_uses_no_key_up(client, owner, project):
    headers = {**owner, "Idempotency-Key": "k1"}
    body = {"name": "x", "slug": "library"}
    assert client.post(PROJECTS, headers=headers, json=body).status_code == 409
    client.delete(f"{PROJECTS}/library", headers=owner)
    assert client.post(PROJECTS, headers=headers, json=body).status_code == 201


def test_a_repeat_for_a_token_does_not_tell_the_secret_again(client, owner, project):
    path = f"{PROJECTS}/{project}/tokens"
    headers = {**owner, "Idempotency-Key": "k1"}
    first = client.post(path, headers=headers, json={"name": "t", "role": "ci"}).json()
    again = client.post(path, headers=headers, json={"name": "t", "role": "ci"})
    assert again.status_code == 201
    assert again.json() == {**first, "secret": None}


def test_repeats_at_the_same_moment_make_one_thing(client, owner):
    headers = {**owner, "Idempotency-Key": "k1"}

    def post(_):
        return client.post(PROJECTS, headers=headers, json={"name": "Library"})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(8)))
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert names(client, owner) == ["Default", "Library"]


def test_many_writers_at_once_all_get_through(client, owner):
    def post(n):
        return client.post(PROJECTS, headers=owner, json={"name": f"P{n}"}).status_code

    with ThreadPoolExecutor(60) as pool:
        assert list(pool.map(post, range(60))) == [201] * 60


def test_a_repeat_after_the_thing_was_deleted_finds_nothing(client, owner):
    headers = {**owner, "Idempotency-Key": "k1"}
    client.post(PROJECTS, headers=headers, json={"name": "Library"})
    client.delete(f"{PROJECTS}/library", headers=owner)
    problem_of(client.post(PROJECTS, headers=headers, json={"name": "Library"}), 404)


def test_keys_are_forgotten_after_a_week(app, client, owner, clock):
    headers = {**owner, "Idempotency-Key": "k1"}
    client.post(PROJECTS, headers=headers, json={"name": "Library"})
    for days, forgotten in ((6.9, 0), (0.2, 1)):
        clock.advance(days=days)
        with db.transaction(app.state.engine) as session:
            assert forget_old_keys(session, clock()) == forgotten
