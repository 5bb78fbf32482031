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
