"""When a barrier is open and when it is closed. Pure.

There is one key for each kind of evidence that a barrier holds, and it is closed when every key
it has is turned. Not looking turns no key.
"""

from dataclasses import dataclass
from typing import Literal

Status = Literal["open", "suppressed", "closed"]


@dataclass(frozen=True, kw_only=True)
class Keys:
    """Which evidence a barrier holds, and which of it is settled.

    `machine_clean`: absent wherever it was seen, on visits that completed that rule in full.
    `user_verified`: somebody with the same class of technology got through, unassisted, later.
    """

    has_machine: bool
    has_human: bool
    machine_clean: bool
    user_verified: bool


def status_of(keys: Keys, *, is_suppressed: bool) -> Status:
    """The status that the evidence gives; a barrier without any evidence stays open."""
    machine_settled = keys.machine_clean or not keys.has_machine
    human_settled = keys.user_verified or not keys.has_human
    if (keys.has_machine or keys.has_human) and machine_settled and human_settled:
        return "closed"
    return "suppressed" if is_suppressed else "open"
