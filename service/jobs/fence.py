"""The fence around what runs: it writes only while the lease is held that it was begun under."""

import threading
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from service.jobs.leases import Leases
from service.jobs.outages import Outages, is_outage
from service.jobs.slots import Slots

_RETRY_S = 0.2
_LONGEST_RETRY_S = 5.0


class Dropped(BaseException):
    """What runs is to be left as it is, pending: the process ends, or has lost its lease.

    Not an `Exception`, so that neither a batch nor the jobs engine keeps it as an outcome.
    """


class Fence:
    """Opened under one lease after another; what is left of an older one gets `Dropped`."""

    def __init__(self, leases: Leases, slots: Slots, outages: Outages) -> None:
        self._leases = leases
        self._outages = outages
        self._slots = slots
        self._is_shut = threading.Event()
        self._lost: set[str] = set()
        self._loss = threading.Event()

    def open(self, lease_id: str) -> None:
        self._is_shut.clear()
        self._slots.lease_id = lease_id
        self._slots.wake()

    def shut(self) -> None:
        self._slots.lease_id = None
        self._is_shut.set()
        self._loss.set()

    def lease(self) -> str:
        """The one under which something is begun now."""
        if self._slots.lease_id is None:
            raise Dropped
        return self._slots.lease_id

    def check(self, lease_id: str) -> None:
        """Raise `Dropped` where things are begun under another lease by now, or under none."""
        if lease_id != self._slots.lease_id:
            raise Dropped

    def hold(self, session: Session, lease_id: str) -> None:
        """Raise `Dropped` unless the lease is held, and stays so until the commit."""
        self.check(lease_id)
        if not self._leases.is_held(session, lease_id):
            self.lose(lease_id)
            raise Dropped

    def persist(self, lease_id: str, kind: str, act: Callable[[], Any]) -> Any:
        """Do it, again and again while the database cannot be used; `kind` as `Outages` has it."""
        pause_s = _RETRY_S
        while True:
            try:
                done = act()
            except sa.exc.OperationalError as error:
                self.check(lease_id)
                if not is_outage(error):
                    raise
                self._outages.failed(kind, error)
            else:
                self._outages.worked(kind)
                return done
            self._is_shut.wait(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_RETRY_S)

    # Lost leases

    def lose(self, lease_id: str) -> None:
        """Tell the supervisor that a lease is not held any more, or must be given up.

        By its id: what is left of an older lease may find out late, and must not end the new one.
        """
        self._lost.add(lease_id)
        self._loss.set()

    def has_lost(self, lease_id: str) -> bool:
        return lease_id in self._lost

    def wait_for_loss(self, longest_s: float) -> None:
        """Until a lease is lost, or the fence shut, since the last wait ended; or for so long."""
        self._loss.wait(longest_s)
        self._loss.clear()
