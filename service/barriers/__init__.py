"""The ledger: barriers, their keys, sightings, links, life cycle and rank.

What the room offers is in `public`, imported when it is first asked for: a scan on the command line
enters its findings by `ledger` and `document` alone, and never pays for what reads people's notes.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from service.barriers.public import *  # noqa: F403


def __getattr__(name: str) -> Any:
    # Python asks for these of every package; the import of `public` is one of those who ask.
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("service.barriers.public"), name)
