"""Ending a visit from outside, whatever it is waiting for."""

import threading
from collections.abc import Callable

from service.browser.failures import Clock
from service.browser.grid import Pulse
from service.browser.values import PageError, PageErrorCode

POLL_S = 0.1
# How long after its deadline a visit is ended by force, whatever command it is waiting for.
OVERTIME_S = 1.0


def lost(detail: str) -> PageError:
    """The error of a visit whose browser is gone through no fault of the page."""
    return PageError(code=PageErrorCode.INFRASTRUCTURE, detail=detail)


class Watch:
    """Ends the browser from a thread of its own when the visit is cancelled, far too late or lost.

    Lost is a visit whose Grid node has fallen silent.
    """

    def __init__(self, stop: tuple[threading.Event, ...], clock: Clock) -> None:
        self.clock = clock
        self._pulse: Pulse | None = None
        self.error: PageErrorCode | None = None
        self._stop = stop
        self._kill: Callable[[], None] | None = None
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="luiska-watch", daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def begins(self, clock: Clock, pulse: Pulse | None) -> None:
        """The browser is there: from now on this is the visit's time, and this its node's pulse."""
        self.clock = clock
        self._pulse = pulse

    def guards(self, kill: Callable[[], None]) -> None:
        """What is to be killed; at once if the visit is already to end."""
        with self._lock:
            self._kill = kill
            is_late = self.error is not None
        if is_late:
            kill()

    def error_in(self, phase: str) -> PageError:
        """The named error of a visit that was ended in this phase."""
        if self.error is PageErrorCode.CANCELLED:
            return PageError(code=self.error, detail="cancelled while the page was being examined")
        if self.error is PageErrorCode.INFRASTRUCTURE:
            return lost("the Grid's node does not answer any more")
        if phase == "start":
            return lost("no browser started in time")
        code = PageErrorCode.RENDER_TIMEOUT if phase == "navigate" else PageErrorCode.CHECK_TIMEOUT
        return PageError(code=code, detail="the visit did not end within its deadline")

    def _run(self) -> None:
        while not self._done.wait(POLL_S):
            if any(event.is_set() for event in self._stop):
                error = PageErrorCode.CANCELLED
            elif self.clock.left_s() < -OVERTIME_S:
                error = PageErrorCode.CHECK_TIMEOUT
            elif self._pulse is not None and self._pulse.has_stopped():
                error = PageErrorCode.INFRASTRUCTURE
            else:
                continue
            with self._lock:
                self.error = error
                kill = self._kill
            if kill is not None:
                kill()
            return
