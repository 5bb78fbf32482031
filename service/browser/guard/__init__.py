"""The egress guard: every connection that a page or the service makes to the outside.

Guard.open_door() -> Door                 one listening SOCKS5 port for each browser
Door.begin(EgressPolicy), Door.end()      the rules of one visit, and what it was refused
guarded_client(Door), fetch(...)          our own requests, through the same rules
"""

from service.browser.guard.client import Fetched, FetchFailed, fetch, guarded_client
from service.browser.guard.door import Door, Guard
from service.browser.guard.policy import EgressPolicy
from service.browser.values import Refusal

__all__ = [
    "Door",
    "EgressPolicy",
    "FetchFailed",
    "Fetched",
    "Guard",
    "Refusal",
    "fetch",
    "guarded_client",
]
