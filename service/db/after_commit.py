"""What is to be told of a transaction only once it holds."""

from collections.abc import Callable

from sqlalchemy import event
from sqlmodel import Session


def after_commit(session: Session, call: Callable[[], None]) -> None:
    """Call it when this session has committed; never when it is rolled back.

    A savepoint that ends well is no commit yet.
    """

    # `once=True` would be used up by the first savepoint.
    calls = [call]

    def committed(session: Session) -> None:
        while calls and not session.in_nested_transaction():
            calls.pop()()

    event.listen(session, "after_commit", committed)
