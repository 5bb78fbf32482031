"""What a command to a browser can end in, and the time that is left for it."""

import time


class SessionLost(Exception):
    """The browser or its driver is no longer there. `crashed` tells that Chromium itself fell."""

    def __init__(self, detail: str, *, crashed: bool) -> None:
        super().__init__(detail)
        self.crashed = crashed


class CommandTimeout(Exception):
    """A command was not answered in time; the session cannot be used any more."""


class CommandRefused(Exception):
    """Chromium answered that it will not or cannot do this."""


class CommandInterrupted(Exception):
    """The page opened a dialog (since dismissed) or left, and the command got no answer for it."""

    def __init__(self, command: str, *, dialog: bool) -> None:
        what = "a dialog" if dialog else "a navigation"
        super().__init__(f"{command} was interrupted by {what}")
        self.dialog = dialog


class WindowClosed(Exception):
    """The page closed its own window."""


FAILURES = (CommandTimeout, SessionLost, WindowClosed, CommandInterrupted, CommandRefused)
"""All that a command raises."""


class Clock:
    """What is left of a visit's time."""

    def __init__(self, deadline_s: float) -> None:
        self._end = time.monotonic() + deadline_s

    def left_s(self, cap_s: float | None = None) -> float:
        left = self._end - time.monotonic()
        return left if cap_s is None else min(left, cap_s)
