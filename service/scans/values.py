"""What a scan is asked for and how its states are called."""

from dataclasses import dataclass
from typing import Literal

ScanState = Literal["queued", "running", "completed", "incomplete", "cancelled", "failed"]
ScanResult = Literal["pending", "pass", "fail", "error"]

ENDED: frozenset[str] = frozenset({"completed", "incomplete", "cancelled", "failed"})
VISIT_ENDED: frozenset[str] = frozenset({"examined", "error"})
SCAN_BATCH = "scan"


@dataclass(frozen=True, kw_only=True)
class Commit:
    """The version under test, as the caller's CI names it."""

    branch: str | None = None
    sha: str | None = None
    base_sha: str | None = None


@dataclass(frozen=True, kw_only=True)
class ScanRequest:
    """Pages times viewports to examine. `viewports` are (width, height) in CSS pixels.

    `fresh` examines also what is the same as at its last visit.
    """

    urls: tuple[str, ...]
    standard: str | None = None
    viewports: tuple[tuple[int, int], ...] = ((1280, 1024),)
    checks: tuple[str, ...] = ("axe",)
    wait_for: str | None = None
    fresh: bool = False
    commit: Commit = Commit()
