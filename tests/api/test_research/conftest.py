"""A study with tasks, a participant and a session to write to."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import SQLModel, select
from starlette.testclient import TestClient

from service import db

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


MET = """\
@/haku
T2 >
02:15 X !3 P: "En löydä hakunappia" #haku
03:00 A M: vihje
05:10 T2 = failed
"""


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


@pytest.fixture
def sitting(make, study, consent):
    """Makes a participant who agreed to everything, and a session of theirs; answers both ids."""

    def sit(pseudonym, started_at="2026-11-22T09:30:00Z", **agreements):
        everything = dict.fromkeys(["audio", "video", "observers", "reuse", "contact"], True)
        agreed = {**consent, "recording": None, **everything, **agreements}
        who = make(
            f"/studies/{study}/participants",
            pseudonym=pseudonym,
            technology="screen-reader",
            segment="readers",
            consent=agreed,
        )["id"]
        opened = make(
            f"/studies/{study}/sessions",
            participant_id=who,
            moderator="MK",
            started_at=started_at,
            build="1",
        )
        return who, opened["id"]

    return sit


@pytest.fixture
def api(client, researcher):
    def call(method, path, body=None):
        answer = client.request(method, f"/api/v1{path}", headers=researcher, json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    return call


@pytest.fixture
def met(api, sitting, notes):
    """P01 met a barrier titled with their words; answers participant, session and barrier."""
    who, session = sitting("P01")
    [problem, _] = notes(MET, to=session).json()["observations"]
    made = api(
        "POST",
        f"/observations/{problem['id']}/links",
        {"new": {"title": "En löydä hakunappia", "criteria": ["2.4.7"]}},
    )
    return who, session, made["barrier_id"]


@pytest.fixture
def all_rows(app):
    """Reads all rows of all tables, as text, by the tables' names."""

    def read():
        with db.transaction(app.state.engine, writes=False) as store:
            return {
                name: json.dumps([repr(tuple(row)) for row in store.execute(select(table))])
                for name, table in SQLModel.metadata.tables.items()
            }

    return read
