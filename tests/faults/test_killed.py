"""kill -9: no page lost, none doubled; a page that kills its process ends by name."""

import random
import signal
import time

import pytest
from evidence import (
    IS_TORTURE,
    ask,
    assert_none_lost_none_doubled,
    ended_visits,
    leases,
    pages,
    pending_under,
    state_of,
    visits_of,
    wait_until,
)

SCANS, PAGES, KILLS = (5, 200, 20) if IS_TORTURE else (2, 15, 4)


def test_scans_survive_being_killed_at_random_moments(sqlite_engine, make_worker):
    chance = random.Random(7)
    scans = [ask(sqlite_engine, *pages(PAGES)) for _ in range(SCANS)]
    until = ("--until", ",".join(scans))
    for moment in sorted(chance.sample(range(SCANS * PAGES), KILLS)):
        worker = make_worker(sqlite_engine, *until)
        wait_until(
            lambda w=worker, m=moment: ended_visits(sqlite_engine, *scans) >= m or w.has_ended
        )
        time.sleep(chance.uniform(0, 0.1))
        worker.kill()
    assert make_worker(sqlite_engine, *until).end(600) == 0
    for each in scans:
        assert_none_lost_none_doubled(sqlite_engine, each)


def test_a_page_that_kills_its_process_ends_by_name_and_takes_no_other_with_it(
    sqlite_engine, make_worker
):
    scan_id = ask(sqlite_engine, "/a", "/poison", "/b", "/c", hosts=1)
    deaths = 0
    while state_of(sqlite_engine, scan_id) not in ("completed", "incomplete"):
        worker = make_worker(sqlite_engine, "--until", scan_id)
        deaths += worker.end() != 0
        assert deaths <= 5, worker.said
    assert deaths == 5
    visits = {visit.url.rpartition("/")[2]: visit for visit in visits_of(sqlite_engine, scan_id)}
    assert {name: visit.state for name, visit in visits.items()} == {
        "a": "examined", "b": "examined", "c": "examined", "poison": "error",
    }  # fmt: skip
    poison = visits["poison"]
    assert poison.error_code == "infrastructure"
    assert poison.error_detail == "The process that worked on it died every time, 5 times."


# Two workers on PostgreSQL

LEASE_S = 15 if IS_TORTURE else 3
LEASE = ("--lease", str(LEASE_S))


def test_what_a_dead_worker_left_is_taken_over_within_three_leases(postgres_engine, make_worker):
    slow = ("--page-s", "0.3", *LEASE)
    dying, living = (
        make_worker(postgres_engine, "--name", name, *slow) for name in ("dying", "living")
    )
    wait_until(lambda: leases(postgres_engine) == {"dying", "living"})
    scan_id = ask(postgres_engine, *pages(600 if IS_TORTURE else 60))
    wait_until(
        lambda: pending_under(postgres_engine, "dying") and pending_under(postgres_engine, "living")
    )
    dying.kill()
    assert pending_under(postgres_engine, "dying")
    took_s = wait_until(lambda: not pending_under(postgres_engine, "dying"))
    assert took_s <= 3 * LEASE_S
    wait_until(lambda: state_of(postgres_engine, scan_id) != "running", 600)
    assert not living.has_ended
    assert_none_lost_none_doubled(postgres_engine, scan_id)


@pytest.mark.parametrize("times", [3 if IS_TORTURE else 1])
def test_a_worker_that_was_frozen_past_its_lease_may_not_write(
    postgres_engine, make_worker, tmp_path, times
):
    for turn in range(times):
        scan_id = ask(postgres_engine, "/a", "/gate", "/b", hosts=1)
        frozen = make_worker(
            postgres_engine, "--name", "frozen", *LEASE, *gate(tmp_path, f"frozen{turn}")
        )
        wait_until((tmp_path / f"frozen{turn}.entered").exists)
        wait_until(lambda s=scan_id: ended_visits(postgres_engine, s) == 2)
        frozen.signal(signal.SIGSTOP)
        other = make_worker(
            postgres_engine, "--name", "other", *LEASE, *gate(tmp_path, f"other{turn}")
        )
        wait_until((tmp_path / f"other{turn}.entered").exists)

        # The frozen one wakes with an outcome in its hands, before the other one has any.
        (tmp_path / f"frozen{turn}.gate").touch()
        frozen.signal(signal.SIGCONT)
        wait_until(lambda f=frozen: "is lost: what runs is dropped" in f.said)
        assert state_of(postgres_engine, scan_id) == "running"
        (tmp_path / f"other{turn}.gate").touch()
        wait_until(lambda s=scan_id: state_of(postgres_engine, s) == "completed")
        titles = [visit.title for visit in visits_of(postgres_engine, scan_id)]
        assert titles[1] == "Page /gate by other"
        assert_none_lost_none_doubled(postgres_engine, scan_id)

        # It goes on under a new lease.
        other.kill()
        again = ask(postgres_engine, "/after")
        wait_until(lambda s=again: state_of(postgres_engine, s) == "completed")
        assert visits_of(postgres_engine, again)[0].title == "Page /after by frozen"
        frozen.kill()


def gate(folder, name: str) -> tuple[str, ...]:
    return ("--gate", str(folder / f"{name}.gate"), "--entered", str(folder / f"{name}.entered"))
