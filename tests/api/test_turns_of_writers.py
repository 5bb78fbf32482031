"""Writers of one SQLite file take turns in the order of asking, whichever engine they use."""

import threading
import time

import pytest

from service import db
from service.db.turns import _turns_of


@pytest.fixture
def engines(sqlite_url):
    made = [db.make_engine(sqlite_url) for _ in range(2)]
    yield made
    for each in made:
        db.close_engine(each)


def test_who_asks_first_writes_first_and_nobody_sleeps_past_the_end(engines):
    order = []
    (turns,) = [turns for file, turns in _turns_of.items() if str(file) == engines[0].url.database]

    def write(number):
        with db.transaction(engines[number % 2]):
            order.append(number)

    with db.transaction(engines[0]):
        threads = []
        for number in range(6):
            threads.append(threading.Thread(target=write, args=(number,)))
            threads[-1].start()
            # A thread that has started may not have asked yet.
            end = time.monotonic() + 20
            while len(turns._waiting) <= number:
                assert time.monotonic() < end
                time.sleep(0.005)
        assert order == []
        ended = time.monotonic()
    for thread in threads:
        thread.join()
    assert order == list(range(6))
    assert time.monotonic() - ended < 5


def test_a_failed_writer_gives_its_turn_back(engines):
    with pytest.raises(ValueError, match="midway"), db.transaction(engines[0]):
        raise ValueError("midway")
    with db.transaction(engines[1]):
        pass


def test_readers_wait_for_nobody(engines):
    with db.transaction(engines[0]), db.transaction(engines[1], writes=False) as session:
        assert session.connection().exec_driver_sql("SELECT 1").scalar() == 1
