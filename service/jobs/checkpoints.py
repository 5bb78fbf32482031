"""Steps of a batch: one transaction each, committed together with the engine's checkpoint of it."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from dbos import SQLAlchemyDatasource
from dbos._datasource import DatasourceOptions, IsolationLevel
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from service.jobs.fence import Fence
from service.jobs.outages import Outages, is_outage


class Checkpoints:
    """What a step answers, or raises, is kept, and is its outcome again after a crash.

    What the database itself raises is no outcome: the step waits until it can be used again, or
    until nothing is begun in this process any more.
    """

    def __init__(self, engine: sa.Engine, fence: Fence, outages: Outages) -> None:
        self._engine = engine
        self._outages = outages
        self._datasource = SQLAlchemyDatasource.create(
            engine.url.render_as_string(hide_password=False),
            engine=engine,
            sessionmaker=_Sessions(fence),
        )
        # Left alone, it keeps those errors that it does not know for passing ones (a full disk, a
        # connection lost while it is set up), and raises them again whenever the batch is begun.
        self._datasource._is_serialization_error = self._is_outage  # type: ignore[method-assign]
        # A step's error is kept by the engine. Here the database might go away while it is kept.
        self._datasource._record_error = _nothing  # type: ignore[method-assign,assignment]
        self._datasource._check_execution = _unless_shut(  # type: ignore[method-assign]
            fence, self._datasource._check_execution
        )

    def run(self, name: str, step: Callable[[Session], Any]) -> Any:
        """Blocks. Raises what `step` raises, which may run several times, each in a transaction
        of its own."""
        # READ COMMITTED with row locks: under SERIALIZABLE a waiter would go on with the
        # snapshot from before it waited. SQLite has one writer at a time anyway.
        is_sqlite = self._engine.dialect.name == "sqlite"
        isolation: IsolationLevel = "SERIALIZABLE" if is_sqlite else "READ COMMITTED"
        done = self._datasource.run_tx_step(
            DatasourceOptions(name=name, isolation_level=isolation),
            lambda: step(self._session()),
        )
        self._outages.worked("step")
        return done

    def _session(self) -> Session:
        session = self._datasource.sql_session()
        if not isinstance(session, Session):
            raise TypeError("the datasource was not made with SQLModel sessions")
        if self._engine.dialect.name == "sqlite":
            # The write lock before the first read, so that what was read stays true.
            session.connection().exec_driver_sql("BEGIN IMMEDIATE")
        return session

    def _is_outage(self, error: Exception) -> bool:
        if not is_outage(error):
            return False
        self._outages.failed("step", error)
        return True


class _Sessions(sessionmaker[Session]):
    """Every try of a step makes one: it is not tried for ever in a process that ends."""

    def __init__(self, fence: Fence) -> None:
        super().__init__(class_=Session, expire_on_commit=False)
        self._fence = fence

    def __call__(self, **options: Any) -> Session:
        self._fence.lease()
        return super().__call__(**options)


def _unless_shut(fence: Fence, read: Callable[..., Any]) -> Callable[..., Any]:
    def reading(*arguments: Any) -> Any:
        fence.lease()
        return read(*arguments)

    return reading


def _nothing(*_: object) -> None:
    pass
