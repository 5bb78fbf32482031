"""Short writes of many threads are carried out together, and each stands by itself."""

import threading
import time
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


def asked_for_while_one_is_under_way(together, numbers):
    """The answers of a first task and of `numbers`, which all wait until it is done."""
    goes_on = threading.Event()

    def first(session):
        assert goes_on.wait(10)
        return adding("c0")(session)

    with ThreadPoolExecutor(1 + len(numbers)) as threads:
        answers = [threads.submit(together.write, first)]
        wait_for(lambda: answers[0].running() and together.waiting == 0)
        answers += [threads.submit(together.write, adding(f"c{number}")) for number in numbers]
        wait_for(lambda: together.waiting == len(numbers))
        goes_on.set()
        return [answer.result(timeout=10) for answer in answers]


class LastFirst:
    """A lock that the last who asked for it gets first."""

    def __init__(self):
        self._changed = threading.Condition()
        self._line = []
        self._holder = None

    def __enter__(self):
        me = threading.get_ident()
        with self._changed:
            self._line.append(me)
            free = self._changed.wait_for(
                lambda: self._holder is None and self._line[-1] == me, timeout=10
            )
            assert free
            self._line.pop()
            self._holder = me

    def __exit__(self, *_error):
        with self._changed:
            self._holder = None
            self._changed.notify_all()


def wait_for(is_so):
    end = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_what_is_asked_for_at_once_is_committed_together_and_answered_to_each(engine):
    commits = []
    sa.event.listen(engine, "commit", commits.append)
    answers = asked_for_while_one_is_under_way(db.Together(engine), range(1, 8))
    assert len(commits) == 2
    assert answers == stored(engine) == [f"c{number}" for number in range(8)]


def test_more_than_are_committed_at_once_are_answered_all_the_same(engine, monkeypatch):
    together = db.Together(engine, at_once=1)
    # Whoever leads finds tasks of others before its own.
    monkeypatch.setattr(together, "_leading", LastFirst())
    answers = asked_for_while_one_is_under_way(together, range(1, 8))
    assert sorted(answers) == stored(engine) == [f"c{number}" for number in range(8)]


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
