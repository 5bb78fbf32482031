"""What is to be told once a transaction holds is told then, once, and else never."""

import pytest

from service import db


def test_it_is_called_once_at_the_end_of_the_whole_transaction(engine):
    told = []
    with db.transaction(engine) as session:
        with session.begin_nested():
            db.after_commit(session, lambda: told.append("told"))
        with session.begin_nested():
            pass
        assert told == []
    assert told == ["told"]


def told_and_failing(engine, told):
    with db.transaction(engine) as session:
        with session.begin_nested():
            db.after_commit(session, lambda: told.append("told"))
        raise ValueError("midway")


def test_it_is_never_called_when_the_transaction_is_rolled_back(engine):
    told = []
    with pytest.raises(ValueError, match="midway"):
        told_and_failing(engine, told)
    assert told == []
