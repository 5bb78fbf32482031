"""Two who write to one ledger at once take turns, on PostgreSQL as on SQLite."""

import threading
from concurrent.futures import ThreadPoolExecutor

from axe_results import node, passed, rule

from service import barriers
from service.barriers import Barrier

LINK = node("#more", '<a id="more" href="/more"></a>')


def test_a_link_made_while_machines_find_it_gone_keeps_it_open(ledger):
    (barrier_id,) = ledger.saw(violations=[rule("link-name", LINK)]).values()
    observation_id = ledger.observed()
    is_linked, may_commit = threading.Event(), threading.Event()

    def link() -> None:
        with ledger.work() as work:
            barriers.link(work, observation_id, barrier_id)
            is_linked.set()
            assert may_commit.wait(10)

    with ThreadPoolExecutor(2) as threads:
        linking = threads.submit(link)
        assert is_linked.wait(10)
        looking = threads.submit(ledger.saw, passes=[passed("link-name")])
        threading.Timer(0.2, may_commit.set).start()
        linking.result(10)
        looking.result(10)
    (barrier,) = ledger.rows(Barrier)
    assert (barrier.status, barrier.machine_clean) == ("open", True)


def test_a_sighting_made_while_a_suppression_is_taken_back_is_not_overlooked(ledger):
    (barrier_id,) = ledger.saw(violations=[rule("link-name", LINK)]).values()
    ledger.suppress(barrier_id)
    is_opened, may_commit = threading.Event(), threading.Event()

    def open_again() -> None:
        with ledger.work() as work:
            barriers.reopen(work, work.session.get_one(Barrier, barrier_id), None)
            is_opened.set()
            assert may_commit.wait(10)

    with ThreadPoolExecutor(2) as threads:
        opening = threads.submit(open_again)
        assert is_opened.wait(10)
        looking = threads.submit(ledger.saw, passes=[passed("link-name")])
        threading.Timer(0.2, may_commit.set).start()
        opening.result(10)
        looking.result(10)
    assert ledger.status(barrier_id) == "closed"


def test_one_link_asked_for_by_many_at_once_is_made_once(ledger):
    (barrier_id,) = ledger.saw(violations=[rule("link-name", LINK)]).values()
    observation_id = ledger.observed()
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: ledger.link(observation_id, barrier_id), range(6)))
    assert [len(entry.observation_ids) for entry in ledger.entries()] == [1]
