"""What people met: links, both keys, suppressions."""

from datetime import timedelta

import pytest
from axe_results import node, passed, rule
from ledger_words import Ledger

from service import barriers
from service.barriers import Barrier
from service.errors import Conflict, Malformed, NotFound, Stale

LINK = node("#more", '<a id="more" href="/more"></a>')


def a_machine_barrier(ledger) -> str:
    (barrier_id,) = ledger.saw(violations=[rule("link-name", LINK)]).values()
    return barrier_id


def mended(ledger) -> None:
    ledger.saw(passes=[passed("link-name")])


def a_human_barrier(ledger) -> str:
    with ledger.work() as work:
        new = barriers.NewBarrier(title="Focus cannot be seen", criteria=("2.4.7",))
        return barriers.add_barrier(work, ledger.project_id, new).id


def test_a_human_barrier_is_human_from_the_first_and_stays_open(ledger):
    barrier_id = a_human_barrier(ledger)
    (entry,) = ledger.entries()
    assert (entry.kind, entry.status, entry.barrier.criteria) == ("human", "open", ["2.4.7"])
    mended(ledger)
    assert ledger.status(barrier_id) == "open"


def test_a_human_barrier_of_an_unknown_criterion_is_refused(ledger):
    with ledger.work() as work, pytest.raises(Malformed) as refused:
        barriers.add_barrier(
            work, ledger.project_id, barriers.NewBarrier(title="x", criteria=("2.4.7", "9.9.9"))
        )
    assert [error.pointer for error in refused.value.errors] == ["/criteria/1"]


def test_a_linked_problem_makes_a_machine_barrier_corroborated(ledger):
    barrier_id = a_machine_barrier(ledger)
    ledger.link(ledger.observed(), barrier_id)
    (entry,) = ledger.entries()
    assert entry.kind == "corroborated"
    assert (entry.evidence.everybody.met, entry.evidence.everybody.exposed) == (1, 1)
    assert entry.worst_severity == "major"


def test_what_people_met_stays_open_when_machines_see_it_no_more(ledger):
    barrier_id = a_machine_barrier(ledger)
    ledger.link(ledger.observed(), barrier_id)
    mended(ledger)
    (entry,) = ledger.entries()
    assert (entry.status, entry.barrier.machine_clean) == ("open", True)


def test_a_closed_barrier_that_somebody_met_is_open_again(ledger):
    barrier_id = a_machine_barrier(ledger)
    mended(ledger)
    assert ledger.status(barrier_id) == "closed"
    ledger.link(ledger.observed(), barrier_id)
    assert ledger.status(barrier_id) == "open"


def test_taking_the_link_back_leaves_the_machines_key(ledger):
    barrier_id = a_machine_barrier(ledger)
    observation_id = ledger.observed()
    ledger.link(observation_id, barrier_id)
    mended(ledger)
    ledger.unlink(observation_id, barrier_id)
    assert ledger.status(barrier_id) == "closed"
    assert [entry.kind for entry in ledger.entries()] == ["machine"]


def test_what_is_no_problem_does_not_keep_a_barrier_open(ledger):
    barrier_id = a_machine_barrier(ledger)
    ledger.link(ledger.observed(code="positive", severity=None), barrier_id)
    mended(ledger)
    (entry,) = ledger.entries()
    assert (entry.status, entry.kind) == ("closed", "machine")
    assert len(entry.observation_ids) == 1


def test_a_link_said_twice_is_said_once(ledger):
    barrier_id = a_machine_barrier(ledger)
    observation_id = ledger.observed()
    ledger.link(observation_id, barrier_id)
    ledger.link(observation_id, barrier_id)
    assert [len(entry.observation_ids) for entry in ledger.entries()] == [1]


def test_a_link_that_is_not_there_cannot_be_taken_back(ledger):
    barrier_id, observation_id = a_machine_barrier(ledger), ledger.observed()
    with pytest.raises(NotFound):
        ledger.unlink(observation_id, barrier_id)


def test_an_observation_of_another_project_cannot_be_linked(ledger):
    barrier_id = a_machine_barrier(ledger)
    observation_id = Ledger(ledger.engine, "museum").observed()
    with pytest.raises(Conflict):
        ledger.link(observation_id, barrier_id)


def test_a_suppression_outlives_new_sightings_and_ends_at_its_date(ledger):
    barrier_id = a_machine_barrier(ledger)
    ledger.suppress(barrier_id, days=30)
    ledger.saw(violations=[rule("link-name", LINK)])
    (entry,) = ledger.entries()
    assert (entry.status, entry.suppression.reason) == ("suppressed", "goes in release 12")
    (later,) = ledger.entries(at=ledger.now + timedelta(days=31))
    assert (later.status, later.suppression) == ("open", None)


def test_a_suppressed_barrier_that_was_mended_closes(ledger):
    barrier_id = a_machine_barrier(ledger)
    ledger.suppress(barrier_id)
    mended(ledger)
    assert ledger.status(barrier_id) == "closed"


def test_a_suppressed_barrier_that_comes_back_is_still_suppressed(ledger):
    barrier_id = a_machine_barrier(ledger)
    ledger.suppress(barrier_id)
    mended(ledger)
    ledger.saw(violations=[rule("link-name", LINK)])
    assert ledger.status(barrier_id) == "suppressed"


def test_a_linked_problem_revokes_the_suppression_at_once(ledger):
    barrier_id = a_machine_barrier(ledger)
    ledger.suppress(barrier_id)
    ledger.link(ledger.observed(), barrier_id)
    (suppression,) = ledger.suppressions()
    assert ledger.status(barrier_id) == "open"
    assert suppression.revoked_at == ledger.now
    assert suppression.revoked_because == "people met it in a session"


def test_a_linked_comment_revokes_no_suppression(ledger):
    barrier_id = a_machine_barrier(ledger)
    ledger.suppress(barrier_id)
    ledger.link(ledger.observed(code="comment", severity=None), barrier_id)
    assert ledger.status(barrier_id) == "suppressed"
    assert [each.revoked_at for each in ledger.suppressions()] == [None]


def test_a_second_suppression_replaces_the_first(ledger):
    barrier_id = a_machine_barrier(ledger)
    ledger.suppress(barrier_id, days=10)
    ledger.suppress(barrier_id, days=20)
    assert [each.revoked_because for each in ledger.suppressions()] == ["replaced", None]


def test_a_suppression_until_yesterday_is_refused(ledger):
    barrier_id = a_machine_barrier(ledger)
    with pytest.raises(Malformed):
        ledger.suppress(barrier_id, days=-1)


def test_a_suppression_of_a_version_that_has_passed_is_stale(ledger):
    barrier_id = a_machine_barrier(ledger)
    ledger.suppress(barrier_id)
    with ledger.work() as work, pytest.raises(Stale):
        barriers.reopen(work, work.session.get_one(Barrier, barrier_id), [1])


def test_taking_a_suppression_back_opens_the_barrier(ledger):
    barrier_id = a_machine_barrier(ledger)
    ledger.suppress(barrier_id)
    with ledger.work() as work:
        barriers.reopen(work, work.session.get_one(Barrier, barrier_id), None)
    assert ledger.status(barrier_id) == "open"
