"""A study with tasks, a participant and a session to write to."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

Headers = dict[str, str]
Json = dict[str, Any]
Make = Callable[..., Json]

CONSENT = {
    "notes": True,
    "quotes": True,
    "recording": False,
    "text_version": "2026-09",
    "language": "fi",
    "given_at": "2026-11-20T12:00:00Z",
    "channel": "paper",
}


@pytest.fixture
def consent() -> Json:
    """Consent to notes and quotes."""
    return dict(CONSENT)


@pytest.fixture
def make(client: TestClient, researcher: Headers) -> Make:
    """Posts a body as a researcher and answers what was made."""

    def post(path: str, **body: object) -> Json:
        answer = client.post(f"/api/v1{path}", headers=researcher, json=body)
        assert answer.status_code == 201, answer.text
        made: Json = answer.json()
        return made

    return post


@pytest.fixture
def study(make: Make, project: str) -> str:
    """The id of a study with the tasks 1 (about /) and 2 (about /haku)."""
    made = make(f"/projects/{project}/studies", name="Search")
    make(f"/studies/{made['id']}/tasks", number=1, title="Look around", url="/")
    make(f"/studies/{made['id']}/tasks", number=2, title="Find a book", url="/haku")
    return str(made["id"])


@pytest.fixture
def participant(make: Make, study: str, consent: Json) -> str:
    """The id of P03, who uses a screen reader and agreed to notes and quotes."""
    made = make(
        f"/studies/{study}/participants",
        pseudonym="P03",
        technology="NVDA/Firefox",
        consent=consent,
    )
    return str(made["id"])


@pytest.fixture
def session(make: Make, study: str, participant: str) -> str:
    """The id of S-014 with P03, begun at 09:30 UTC (11:30 in Helsinki)."""
    made = make(
        f"/studies/{study}/sessions",
        participant_id=participant,
        moderator="MK",
        started_at="2026-11-22T09:30:00Z",
        label="S-014",
    )
    return str(made["id"])


@pytest.fixture
def notes(client: TestClient, researcher: Headers, session: str) -> Callable[..., Any]:
    """Adds notes (text, or items as a list) to S-014; answers the response."""

    def add(content: str | bytes | list[Json], to: str = session, **more: Any) -> Any:
        address = f"/api/v1/sessions/{to}/notes"
        headers = {**researcher, **more.pop("headers", {})}
        if isinstance(content, list):
            return client.post(
                address, headers=headers, json={"observations": content}, params=more
            )
        headers = {"Content-Type": "text/plain; charset=utf-8", **headers}
        return client.post(address, headers=headers, content=content, params=more)

    return add


@pytest.fixture
def observations(client: TestClient, researcher: Headers, session: str) -> Callable[..., Any]:
    """Lists the observations of S-014."""

    def read(**query: Any) -> list[Json]:
        answer = client.get(
            f"/api/v1/sessions/{session}/observations", headers=researcher, params=query
        )
        assert answer.status_code == 200, answer.text
        items: list[Json] = answer.json()["items"]
        return items

    return read
