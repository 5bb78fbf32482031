"""Who is told of the browsers of a fleet: how many start, and why they end."""

from enum import StrEnum
from typing import Protocol


class BrowserEnd(StrEnum):
    """Why a browser was ended."""

    RECYCLED = "recycled"
    """After its number of pages, so that it does not grow old, or for one of another kind."""
    SPOILED = "spoiled"
    """A page may still run wild in it, or it was ended with its visit."""
    DIED = "died"
    """It did not answer any more when it was to be lent."""
    CLOSED = "closed"
    """The fleet was closed."""


class FleetObserver(Protocol):
    """Called from the threads of the visits; must be quick and must not raise."""

    def browser_started(self) -> None: ...

    def browser_ended(self, reason: BrowserEnd) -> None: ...


class Unobserved:
    """Nobody looks."""

    def browser_started(self) -> None:
        """Nothing."""

    def browser_ended(self, reason: BrowserEnd) -> None:
        """Nothing."""
