"""Connections of the store end when told to, and know their limits however old they are."""

import pytest

from service import db
from service.jobs.connections import end_frozen_transactions


@pytest.fixture
def held(postgres_url):
    engine = db.make_engine(postgres_url)
    yield engine
    db.close_engine(engine)


def test_a_connection_that_is_at_work_while_its_engine_closes_ends_once_it_is_given_back(held):
    with held.connect() as connection:
        ours = connection.connection.dbapi_connection
        db.close_engine(held)
        assert not ours.closed
    assert ours.closed


def test_a_connection_that_is_at_work_learns_of_its_limit_with_its_next_task(held):
    with held.connect() as connection:
        end_frozen_transactions(held, 7)
        ours = connection.connection.dbapi_connection
    with held.connect() as connection:
        assert connection.connection.dbapi_connection is ours
        limit = connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout")
        assert limit.scalar() == "7s"
