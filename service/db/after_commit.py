"""What is to be told of a transaction only once it holds."""

from collections.abc import Callable

from sqlalchemy import event
from sqlmodel import Session


def after_commit(session: Session, call: Callable[[], None]) -> None:
    """Call it when this session has committed; never when it is rolled back."""
    event.listen(session, "after_commit", lambda _: call(), once=True)
