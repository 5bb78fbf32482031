"""Short writes of many threads, carried out together: one transaction, one commit for all."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Session

from service.db.engine import transaction

Result = TypeVar("Result")
MOST_AT_ONCE = 50


class Together:
    """Carries out what several threads ask for at the same time in one transaction.

    Each stands by itself: one that raises is taken back alone. A commit that fails fails for all
    of them. Who asks first leads; the others wait.
    """

    def __init__(self, engine: sa.Engine, *, at_once: int = MOST_AT_ONCE) -> None:
        self._engine = engine
        self._at_once = at_once
        self._lock = threading.Lock()
        self._leading = threading.Lock()
        self._asked: list[tuple[Callable[[Session], Any], Future[Any]]] = []

    @property
    def waiting(self) -> int:
        """How many tasks are asked for and not yet begun."""
        with self._lock:
            return len(self._asked)

    def write(self, task: Callable[[Session], Result]) -> Result:
        """The result of the task once it is committed. Raises what the task raises."""
        answer: Future[Result] = Future()
        with self._lock:
            self._asked.append((task, answer))
        with self._leading:
            # Where more than `at_once` were asked for, its own may not be among the first.
            while not answer.done():
                self._lead()
        return answer.result()

    def _lead(self) -> None:
        with self._lock:
            asked = self._asked[: self._at_once]
            del self._asked[: self._at_once]
        results: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            with transaction(self._engine) as session:
                carry_out = _alone if len(asked) == 1 else _beside_others
                for task, answer in asked:
                    results.append((answer, *carry_out(session, task)))
        except BaseException as error:  # noqa: BLE001 - each asker gets it
            for _, answer in asked:
                answer.set_exception(error)
            return
        for answer, result, failure in results:
            if failure is not None:
                answer.set_exception(failure)
            else:
                answer.set_result(result)


def _alone(session: Session, task: Callable[[Session], Result]) -> tuple[Result, None]:
    return task(session), None


def _beside_others(
    session: Session, task: Callable[[Session], Result]
) -> tuple[Result | None, BaseException | None]:
    try:
        with session.begin_nested():
            return task(session), None
    except Exception as error:  # noqa: BLE001 - the asker gets it
        return None, error
