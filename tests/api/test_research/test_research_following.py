"""Who follows a session stops when the right to it ends."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from service import db
from service.access import Actor, Role, Work, tokens
from service.api.research import live


@pytest.fixture
def follow(app, client, researcher, session, monkeypatch):
    """Follows the session, runs what is given once it does, and answers what the stream told."""
    monkeypatch.setattr(live, "ASK_AGAIN_S", 0.2)
    is_followed, of = Event(), app.state.feeds.of

    def told(session_id):
        is_followed.set()
        return of(session_id)

    monkeypatch.setattr(app.state.feeds, "of", told)

    def read(then):
        address = f"/api/v1/sessions/{session}/events"
        with ThreadPoolExecutor(1) as thread:
            following = thread.submit(client.get, address, headers=researcher)
            assert is_followed.wait(10)
            then()
            return following.result(30).text

    return read


def test_a_stream_ends_with_the_token_that_opened_it(app, clock, follow, notes):
    def revoke():
        with db.transaction(app.state.engine) as store:
            work = Work(session=store, actor=Actor(name="x", role=Role.OWNER), now=clock())
            for token in store.exec(tokens.list_tokens(work, None)).all():
                tokens.revoke_token(work, token.id, None)

    notes("C ennen")
    told = follow(revoke)
    assert (told.count("event: noted"), "event: forgotten" in told) == (1, False)


def test_followers_of_an_erased_session_are_told_so(client, owner, follow, participant):
    address = f"/api/v1/participants/{participant}"
    assert "event: forgotten" in follow(lambda: client.delete(address, headers=owner))
