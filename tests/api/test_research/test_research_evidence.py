"""Who met something and who could have: what the ledger reads of sessions."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from service import db
from service.research.evidence import Met, people_exposed, people_met


@pytest.fixture
def sitting(make, study, consent):
    """Opens a session with a new participant."""

    def open_session(pseudonym, technology, **more):
        known = make(
            f"/studies/{study}/participants",
            pseudonym=pseudonym,
            technology=technology,
            consent=consent,
        )
        opened = make(
            f"/studies/{study}/sessions", participant_id=known["id"], moderator="MK", **more
        )
        return opened["id"], known["id"]

    return open_session


def test_an_observation_is_evidence_with_the_attempt_that_ran_then(app, session, sitting, notes):
    one, p1 = sitting("P1", "NVDA/Firefox", build="1.4.2", started_at="2026-11-22T08:00:00Z")
    two, p2 = sitting("P2", None)
    first = notes(
        "T2 >\n@/haku\nX !3 a\nT2 = failed\nT2 >\nX !2 b\nT2 = unassisted\nC c", to=one
    ).json()["observations"]
    second = notes("X !4 d", to=two).json()["observations"]
    ids = [each["id"] for each in first + second]
    with db.transaction(app.state.engine) as store:
        found = people_met(store, [*ids, "unknown"])
    assert [each.observation_id for each in found] == sorted(ids)
    met = sorted(found, key=lambda each: ids.index(each.observation_id))
    assert [(m.code, m.severity, m.outcome) for m in met] == [
        ("problem", "major", "failed"),
        ("problem", "minor", "unassisted"),
        ("comment", None, None),
        ("problem", "catastrophe", None),
    ]
    assert met[0] == Met(
        observation_id=ids[0],
        participant_id=p1,
        technology_classes=frozenset({"screen-reader"}),
        session_id=one,
        started_at=datetime(2026, 11, 22, 8, tzinfo=UTC),
        build="1.4.2",
        code="problem",
        severity="major",
        task_id=first[0]["task_id"],
        outcome="failed",
        page_id=first[0]["page_id"],
    )
    assert (met[3].participant_id, met[3].technology_classes, met[3].build) == (
        p2,
        frozenset(),
        None,
    )


def test_exposed_are_those_who_tried_a_task_on_a_page_or_were_observed_there(
    app, client, researcher, project, study, sitting, notes
):
    tasks = client.get(f"/api/v1/studies/{study}/tasks", headers=researcher).json()["items"]
    front, search = (task["page_id"] for task in tasks)
    tried, p1 = sitting("P1", "NVDA")
    skipped, p2 = sitting("P2", "none")
    observed, p3 = sitting("P3", "none")
    corrected, p4 = sitting("P4", "none")
    notes("T2 >\n", to=tried)
    notes("T2 = not_run\n", to=skipped)
    notes("@/haku\nX a", to=observed)
    [made] = notes([{"text": "a", "url": "/haku"}], to=corrected).json()["observations"]
    client.patch(f"/api/v1/observations/{made['id']}", headers=researcher, json={"url": "/"})
    with db.transaction(app.state.engine) as store:
        exposures = people_exposed(store, project)
    assert exposures.on_pages([search]) == {
        p1: frozenset({"screen-reader"}),
        p3: frozenset({"none"}),
    }
    assert exposures.on_pages([front]) == {p4: frozenset({"none"})}
    assert sorted(exposures.on_pages([front, search, "unknown"])) == sorted([p1, p3, p4])
    assert exposures.at_tasks([tasks[1]["id"]]) == {p1: frozenset({"screen-reader"})}
    assert p2 not in exposures.on_pages([front, search])
    with db.transaction(app.state.engine) as store:
        elsewhere = people_exposed(store, "another project")
    assert elsewhere.on_pages([front, search]) == {}


def test_evidence_of_many_sessions_takes_a_handful_of_queries(app, project, sitting, notes):
    ids = []
    for n in range(4):
        session, _ = sitting(f"P{n}", "none")
        made = notes("@/haku\nT1 >\n" + "X a\n" * 10, to=session).json()["observations"]
        ids += [each["id"] for each in made]
    statements = []
    with db.transaction(app.state.engine) as store:
        listen = (store.connection(), "before_cursor_execute")
        sa.event.listen(*listen, lambda *call: statements.append(call[2]))
        assert len(people_met(store, ids)) == 40
        people_exposed(store, project)
    assert len(statements) == 6
