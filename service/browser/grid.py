"""A Selenium Grid seen from outside: its nodes, whether one still answers, how a session is freed.

Everything goes to the hub's one address, and everything has a deadline of its own.
"""

import contextlib
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import urllib3
import websocket

STATUS_S = 3.0
PULSE_S = 1.5
PULSE_EVERY_S = 3.0
PULSES_MISSED = 3
CLOSE_S = 2.0
FREE_LATER_S = 120.0
WAIT_POLL_S = 0.5
# How the hub says that a session's node, or the driver on it, is gone.
_NODE_GONE = (
    "unable to execute request for an existing session",
    "unable to find session with id",
    "connection error (",
)


class GridAway(Exception):
    """No Grid answers at this address, or what answers is no Grid."""


@dataclass(frozen=True, kw_only=True)
class GridNode:
    """One node: its address, whether the hub holds it for up, its slots and how many are taken."""

    address: str
    version: str
    is_up: bool
    slots: int
    taken: int


def read_nodes(grid_url: str) -> tuple[GridNode, ...]:
    """The nodes that the hub knows. Raises GridAway."""
    try:
        answer = _ask("GET", f"{grid_url.rstrip('/')}/status", STATUS_S)
    except urllib3.exceptions.HTTPError as error:
        raise GridAway(f"no Selenium Grid answers at {grid_url}") from error
    if answer.status != HTTPStatus.OK:
        raise GridAway(f"the Selenium Grid at {grid_url} answers {answer.status}")
    try:
        return tuple(_node(node) for node in answer.json()["value"]["nodes"])
    except (ValueError, KeyError, TypeError) as error:
        raise GridAway(f"what answers at {grid_url} is no Selenium Grid") from error


def check_grid(grid_url: str) -> None:
    """Return when the Grid has a node that is up, taken or not. Raises GridAway."""
    if not any(node.is_up for node in read_nodes(grid_url)):
        raise GridAway(f"the Selenium Grid at {grid_url} has no node that is up")


def has_free_slot(grid_url: str) -> bool:
    """Whether a session could start at once. Raises GridAway."""
    return any(node.is_up and node.taken < node.slots for node in read_nodes(grid_url))


def await_grid(grid_url: str, limit_s: float, stop: Sequence[threading.Event]) -> None:
    """Return once the Grid has a node that is up. Raises GridAway after `limit_s` or at a stop."""
    end = time.monotonic() + limit_s
    while True:
        try:
            return check_grid(grid_url)
        except GridAway:
            if time.monotonic() >= end or any(event.is_set() for event in stop):
                raise
        stop[0].wait(WAIT_POLL_S)


def is_node_gone(message: str) -> bool:
    """Whether an error's text is the hub's about a node, and not a browser's about a page."""
    return any(sign in message.lower() for sign in _NODE_GONE)


def answers(grid_url: str, session_id: str) -> bool:
    """Whether the node of a session is there and not frozen, whatever its page is doing.

    Asks for the session's downloads: the node answers that by itself, even if only that it keeps
    none. Any other command would wait in chromedriver for the page's own endless script.
    """
    try:
        answer = _ask("GET", f"{grid_url.rstrip('/')}/session/{session_id}/se/files", PULSE_S)
    except urllib3.exceptions.HTTPError:
        return False
    return answer.status == HTTPStatus.OK or not is_node_gone(answer.data.decode(errors="replace"))


class Pulse:
    """Feels every few seconds of a visit whether its node still answers."""

    def __init__(self, grid_url: str, session_id: str) -> None:
        self._address = (grid_url, session_id)
        self._missed = 0
        self._next = time.monotonic() + PULSE_EVERY_S

    def has_stopped(self) -> bool:
        """True once several beats in a row have been missed. Blocks for PULSE_S at most."""
        if time.monotonic() < self._next:
            return False
        if answers(*self._address):
            self._missed = 0
            self._next = time.monotonic() + PULSE_EVERY_S
            return False
        self._missed += 1
        return self._missed >= PULSES_MISSED


def free_session(grid_url: str, session_id: str) -> None:
    """Close a session's browser and give its slot back, in a few seconds or in the background.

    The browser is closed over DevTools first: the driver of a page with an endless script would
    not come to a DELETE. A node that does not answer is asked again until its own session timeout
    may be expected to have done it.
    """
    address = f"{grid_url.rstrip('/')}/session/{session_id}"
    if not _free(address):
        threading.Thread(target=_free_later, args=(address,), daemon=True).start()


def _free(address: str) -> bool:
    """Whether somebody answered that the session is no more."""
    with contextlib.suppress(OSError, websocket.WebSocketException):
        line = websocket.create_connection(
            f"ws{address.removeprefix('http')}/se/cdp", timeout=CLOSE_S
        )
        with contextlib.closing(line):
            line.send(json.dumps({"id": 1, "method": "Browser.close"}))
            line.recv()
    try:
        answer = _ask("DELETE", address, CLOSE_S)
    except urllib3.exceptions.HTTPError:
        return False
    return answer.status in (HTTPStatus.OK, HTTPStatus.NOT_FOUND)


def _free_later(address: str) -> None:
    end = time.monotonic() + FREE_LATER_S
    while time.monotonic() < end:
        time.sleep(CLOSE_S)
        if _free(address):
            return


def _ask(method: str, url: str, timeout_s: float) -> urllib3.BaseHTTPResponse:
    """On a connection of its own: one that is kept may lead to a machine that has frozen since."""
    with urllib3.PoolManager(retries=False, timeout=timeout_s) as pool:
        return pool.request(method, url)


def _node(node: dict[str, Any]) -> GridNode:
    return GridNode(
        address=str(node["uri"]),
        version=str(node["version"]).partition(" ")[0],
        is_up=node["availability"] == "UP",
        slots=len(node["slots"]),
        taken=sum(slot["session"] is not None for slot in node["slots"]),
    )
