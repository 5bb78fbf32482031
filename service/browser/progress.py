"""What the phases of a visit took."""

import time
from dataclasses import dataclass, field


@dataclass
class Progress:
    """Where a visit is and what its phases took; outlives a visit that is cut short.

    The phases are start (of a browser), navigate, digest, axe and elements.
    """

    start_ms: int = 0
    navigate_ms: int = 0
    digest_ms: int = 0
    axe_ms: int = 0
    elements_ms: int = 0
    phase: str = "start"
    started: float = field(default_factory=time.monotonic)

    def enter(self, phase: str) -> None:
        """Close the running phase's time and begin another."""
        now = time.monotonic()
        took = int((now - self.started) * 1000)
        setattr(self, f"{self.phase}_ms", getattr(self, f"{self.phase}_ms") + took)
        self.phase = phase
        self.started = now

    def move(self, source: str, to: str, took_ms: float) -> None:
        """Count a part of one phase's time as another's."""
        setattr(self, f"{source}_ms", getattr(self, f"{source}_ms") - int(took_ms))
        setattr(self, f"{to}_ms", getattr(self, f"{to}_ms") + int(took_ms))


class Times:
    """When a visit was asked for and when it was given a browser; what its phases took."""

    def __init__(self) -> None:
        self.progress = Progress()
        self._asked = self._granted = time.monotonic()

    def grant(self) -> None:
        """A browser is there, or it is known that none will be."""
        self._granted = self.progress.started = time.monotonic()

    @property
    def queued_ms(self) -> int:
        return int((self._granted - self._asked) * 1000)

    @property
    def total_ms(self) -> int:
        return int((time.monotonic() - self._asked) * 1000)
