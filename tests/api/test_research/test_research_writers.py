"""Many lines, and several writers at once."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from sqlmodel import select

from service import db
from service.access import Actor, Role, Work
from service.barriers import (
    NewBarrier,
    add_barrier,
    erase_participant,
    link,
    redact_observation,
)
from service.errors import NotFound
from service.research.named import NoteItem
from service.research.observations import correct_observation
from service.research.redacting_a_line import Reason
from service.research.sessions import attempts_of, change_attempt
from service.research.submissions import append_notes
from service.research.tables import NoteSubmission, Observation


def test_writers_to_one_session_are_put_in_one_order(app, clock, session, study):
    def write(n):
        with db.transaction(app.state.engine) as store:
            work = Work(session=store, actor=Actor(name="x", role=Role.OWNER), now=clock())
            append_notes(work, session, f"C {n} a\nC {n} b\nC {n} c".encode())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(24)))
    with db.transaction(app.state.engine) as store:
        ordinals = sorted(store.exec(select(NoteSubmission.ordinal)))
        texts = [raw.decode().strip() for raw in store.exec(select(Observation.raw).order_by("id"))]
    assert ordinals == list(range(1, 25))
    together = [texts[n : n + 3] for n in range(0, 72, 3)]
    assert sorted(together) == sorted([f"C {n} a", f"C {n} b", f"C {n} c"] for n in range(24))


@pytest.mark.long
def test_ten_thousand_lines_are_stored_at_once(app, clock, session):
    lines = "".join(
        f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02} X !2 asia {n} #t{n % 7} @/sivu/{n % 40}\n"
        for n in range(10_000)
    )
    with db.transaction(app.state.engine) as store:
        work = Work(session=store, actor=Actor(name="x", role=Role.OWNER), now=clock())
        made = append_notes(work, session, lines.encode())
    assert len(made.entries) == 10_000
    assert {reading.page_id is not None for _, reading in made.entries} == {True}


LATE = {
    "a correction": lambda work, line, _: correct_observation(
        work, line.id, NoteItem(given=frozenset({"text"}), text="selaa")
    ),
    "a link": lambda work, line, ids: link(work, line.id, ids["barrier"]),
    "another redaction": lambda work, line, _: redact_observation(
        work, line.id, Reason.ASKED, keeps_codes=False
    ),
    "a further line": lambda work, line, _: append_notes(work, line.session_id, b"C selaa"),
    "a correction of an attempt": lambda work, _, ids: change_attempt(
        work, ids["attempt"], {"assists": 1}
    ),
}


@pytest.mark.parametrize("late", LATE)
def test_who_comes_while_it_is_forgotten_is_told_that_it_is_gone(
    app, clock, sitting, notes, project, late
):
    def work_in(store):
        return Work(session=store, actor=Actor(name="x", role=Role.OWNER), now=clock())

    who, session = sitting("P01")
    notes("T2 >\nX !3 ei löydy\nT2 = failed", to=session)
    with db.transaction(app.state.engine) as store:
        line = store.exec(select(Observation).where(Observation.kind == "observation")).one()
        store.expunge(line)
        ids = {
            "attempt": attempts_of(store, session)[0].id,
            "barrier": add_barrier(work_in(store), project, NewBarrier(title="Haku")).id,
        }

    def come():
        with db.transaction(app.state.engine) as store:
            LATE[late](work_in(store), line, ids)

    with ThreadPoolExecutor(1) as thread:
        with db.transaction(app.state.engine) as store:
            if late in {"a correction", "a link", "another redaction"}:
                redact_observation(work_in(store), line.id, Reason.ASKED, keeps_codes=False)
            else:
                erase_participant(work_in(store), who)
            coming = thread.submit(come)
            assert not wait([coming], timeout=0.3).done
        with pytest.raises(NotFound):
            coming.result(30)
