"""Whether somebody logs a session through this process at the moment."""

import time

# Between two notes of one session; a pause longer than that is no logging.
_LASTS_S = 10.0


class LiveNow:
    """Told of each live note; called, it says whether one came lately. Thread-safe."""

    def __init__(self) -> None:
        self._until = 0.0

    def noted(self) -> None:
        self._until = time.monotonic() + _LASTS_S

    def __call__(self) -> bool:
        return time.monotonic() < self._until
