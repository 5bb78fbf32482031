"""Fixtures: the real application under test, on both databases, and tokens of every role."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from service import db
from service.access import Actor, Role, Work, tokens
from service.app import create_app
from service.config import Settings

Headers = dict[str, str]
START = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

# Of the first application: what FastAPI works out of them at their first request takes longer than
# most tests.
_routes: list[BaseRoute] = []


class FakeClock:
    """A clock that stands still until told otherwise."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        max_body_bytes=100_000,
        vault_key="0123456789abcdef" * 2 + "0123456789A=",
    )


@pytest.fixture
def app(settings: Settings, clock: FakeClock) -> FastAPI:
    """The application; jobs are stored, and nobody executes them."""
    app = create_app(settings, clock=clock, execute_jobs=False)
    if not _routes:
        _routes.extend(app.router.routes)
    app.router.routes[:] = _routes
    return app


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client without a token; the application's lifespan is on."""
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


MakeToken = Callable[..., Headers]


@pytest.fixture
def make_token(app: FastAPI, client: TestClient, clock: FakeClock) -> MakeToken:
    """Makes a token (`role`, `project_id=None`) and answers the headers that carry it."""

    def make(role: Role | str, project_id: str | None = None) -> Headers:
        with db.transaction(app.state.engine) as session:
            actor = Actor(name="test", role=Role.OWNER)
            work = Work(session=session, actor=actor, now=clock())
            _, secret = tokens.create_token(work, f"a {role}", Role(role), project_id)
        return {"Authorization": f"Bearer {secret}"}

    return make


@pytest.fixture
def owner(make_token: MakeToken) -> Headers:
    """Headers of an owner of all projects."""
    return make_token(Role.OWNER)


@pytest.fixture
def researcher(make_token: MakeToken) -> Headers:
    """Headers of a researcher for all projects."""
    return make_token(Role.RESEARCHER)


@pytest.fixture
def viewer(make_token: MakeToken) -> Headers:
    """Headers of a viewer of all projects."""
    return make_token(Role.VIEWER)


@pytest.fixture
def ci(make_token: MakeToken) -> Headers:
    """Headers of a CI job for all projects."""
    return make_token(Role.CI)


@pytest.fixture
def project(client: TestClient, owner: Headers) -> str:
    """The id of a project `library` whose origin is https://library.example."""
    answer = client.post(
        "/api/v1/projects",
        headers=owner,
        json={"name": "Library", "origins": ["https://library.example"]},
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@contextmanager
def listening(app: FastAPI, *, lifespan: str = "on") -> Iterator[str]:
    """The application on a real socket; answers its address."""
    config = uvicorn.Config(app, port=0, log_level="critical", access_log=False, lifespan=lifespan)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
