"""Short writes of many threads are carried out together, and each stands by itself."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlmodel import select

from service import db
from service.access.tables import SignInCode
from service.store import utc_now


def adding(code):
    def add(session):
        session.connection().execute(
            sa.insert(SignInCode).values(code_hash=code, token_id="t", expires_at=utc_now())
        )
        return code

    return add


@pytest.fixture
def engine(engine):
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO token (id, name, secret_hash, role, created_at) "
                "VALUES ('t', 't', 'h', 'owner', '2026-11-22')"
            )
        )
    return engine


def stored(engine):
    with db.transaction(engine, writes=False) as session:
        return sorted(session.exec(select(SignInCode.code_hash)).all())


def test_what_is_asked_for_at_once_is_committed_together_and_answered_to_each(engine):
    together, commits = db.Together(engine), []
    sa.event.listen(engine, "commit", commits.append)
    begun = threading.Barrier(8)

    def write(number):
        begun.wait()
        return together.write(adding(f"c{number}"))

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(write, range(8)))
    assert answers == stored(engine) == [f"c{number}" for number in range(8)]
    assert len(commits) <= 8


def test_one_that_fails_is_taken_back_alone(engine):
    together = db.Together(engine)

    def fails(session):
        adding("lost")(session)
        raise ValueError("midway")

    def write(task):
        try:
            return together.write(task)
        except ValueError as error:
            return str(error)

    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(write, [adding("a"), fails, adding("b")]))
    assert answers == ["a", "midway", "b"]
    assert stored(engine) == ["a", "b"]


def test_a_commit_that_fails_fails_for_everybody_and_the_next_goes_on(engine):
    together = db.Together(engine)

    def refuse(_connection):
        raise OSError("disk full")

    sa.event.listen(engine, "commit", refuse)
    with pytest.raises(OSError, match="disk full"):
        together.write(adding("lost"))
    sa.event.remove(engine, "commit", refuse)
    assert together.write(adding("kept")) == "kept"
    assert stored(engine) == ["kept"]
