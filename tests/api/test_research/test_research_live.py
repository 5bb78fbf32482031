"""Following a session's notes over HTTP, and reading a draft."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from application import listening
from sqlmodel import col, delete

from service import db
from service.access.idempotency import forget_old_keys
from service.api.research.feed import Feed
from service.research.tables import SessionEvent


@pytest.fixture
def following(app, client, researcher, session):
    """Opens the session's stream on a real socket; answers its events as they come."""
    with (
        listening(app, lifespan="off") as address,
        httpx.Client(base_url=address, headers=researcher) as real,
    ):

        def follow(number, **headers):
            told = []
            path = f"/api/v1/sessions/{session}/events"
            with real.stream("GET", path, headers=headers, timeout=20) as stream:
                assert stream.status_code == 200
                event = {}
                for line in stream.iter_lines():
                    name, _, value = line.partition(": ")
                    if name in {"event", "data", "id"}:
                        event[name] = value
                    elif not line and "event" in event:
                        data = json.loads(event["data"])
                        told.append((int(event["id"]), event["event"], data.get("text")))
                        event = {}
                        if len(told) == number:
                            return told
            return told

        yield follow


def test_every_change_is_told_once_and_in_order_from_any_place_on(
    following, client, researcher, notes
):
    first, _ = notes("X a\nC b").json()["observations"]
    client.patch(f"/api/v1/observations/{first['id']}", headers=researcher, json={"severity": 4})
    notes("D c")
    told = [(1, "noted", "a"), (2, "noted", "b"), (3, "corrected", "a"), (4, "noted", "c")]
    assert following(4) == told
    assert following(2, **{"Last-Event-ID": "2"}) == told[2:]


def test_numbers_go_on_after_notes_were_forgotten(
    following, client, clock, researcher, participant, notes, consent
):
    notes("X a\nC b")
    address = f"/api/v1/participants/{participant}"
    taken = {"agreements": ["notes"], "channel": "phone"}
    assert client.post(f"{address}/withdrawals", headers=researcher, json=taken).is_success
    clock.advance(hours=1)
    anew = {**consent, "given_at": clock.now.isoformat()}
    assert client.post(f"{address}/consent", headers=researcher, json=anew).is_success
    notes("X c")
    assert following(2) == [(3, "forgotten", None), (4, "noted", "c")]


def test_a_follower_from_before_a_backup_was_restored_begins_anew(following, notes):
    notes("X a\nC b")
    assert following(1, **{"Last-Event-ID": "57"}) == [(2, "forgotten", None)]
    assert following(2, **{"Last-Event-ID": "0"})[-1] == (2, "noted", "b")


def test_a_store_that_goes_back_under_a_follower_is_told_of(app, notes, session):
    async def follow():
        feed = Feed(app.state.engine, session)
        told = [await feed.after(0)]
        with db.transaction(app.state.engine) as store:
            store.exec(delete(SessionEvent).where(col(SessionEvent.number) == 2))
        return [*told, await feed.after(2), await feed.after(0)]

    notes("X a\nC b")
    before, after, anew = asyncio.run(follow())
    assert [each.number for each in before] == [1, 2]
    assert [(each.number, each.kind) for each in after] == [(1, "forgotten")]
    assert [each.number for each in anew] == [1]


def test_what_was_forgotten_is_not_told_from_memory(app, api, notes, session):
    async def follow(said):
        feed = Feed(app.state.engine, session)
        before = await feed.after(0)
        with ThreadPoolExecutor(1) as thread:
            body = {"reason": "asked", "keep_codes": True}
            thread.submit(api, "POST", f"/observations/{said}/redaction", body).result()
        await feed.after(1)
        return before, await feed.after(0)

    [said] = notes("C salaisuus").json()["observations"]
    before, after = asyncio.run(follow(said["id"]))
    assert "salaisuus" in before[0].data
    assert [each.kind for each in after] == ["noted", "forgotten"]
    assert not any("salaisuus" in each.data for each in after)


def test_a_stream_needs_somebody_who_may_read_research(client, ci, session):
    answer = client.get(f"/api/v1/sessions/{session}/events", headers=ci)
    assert answer.status_code == 403


def test_a_draft_is_read_and_nothing_is_stored(client, researcher, session, observations):
    draft = {"text": '02:15 X !3 P: "ei löydy" #haku ^2.4.7\nC soita 040 123 4567'}
    answer = client.post(f"/api/v1/sessions/{session}/reading", headers=researcher, json=draft)
    first, second = answer.json()["entries"]
    assert (first["code"], first["severity"], first["offset_ms"]) == ("problem", "major", 135_000)
    assert (first["tags"], first["criterion"], first["quotes"]) == (["haku"], "2.4.7", ["ei löydy"])
    assert second["code"] == "comment"
    [warning] = answer.json()["warnings"]
    assert (warning["code"], warning["line"], warning["column"]) == ("personal-data", 2, 9)
    assert observations(kinds="all") == []


def test_a_key_holds_for_good(app, client, researcher, session, notes, clock, observations):
    key = {"Idempotency-Key": "line-1"}
    made = notes("X a", headers=key, live=True).json()
    clock.now += timedelta(days=30)
    with db.transaction(app.state.engine) as store:
        assert forget_old_keys(store, clock.now) == 1
    again = notes("X a", headers=key, live=True).json()
    assert again == made
    assert len(observations()) == 1


def test_a_line_happened_when_it_was_typed_and_never_later_than_it_came(notes, clock):
    def offset(noted_at):
        answer = notes("X a", live=True, noted_at=noted_at, observer="TS").json()
        [made] = answer["observations"]
        return made["offset_ms"], made["written_by"]

    clock.now = clock.now.replace(hour=9, minute=40)
    assert offset("2026-11-22T09:31:00Z") == (60_000, "TS")
    assert offset("2026-11-22T10:31:00Z") == (600_000, "TS")
