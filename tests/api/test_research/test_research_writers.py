"""Many lines, and several writers at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from service import db
from service.access import Actor, Role, Work
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
