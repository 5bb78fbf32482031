"""What a tab asks of the network, as DevTools' log tells it: kept until somebody takes it."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

# What a page is built from. Pictures are shown as they come, and a frame's document may end in
# another log than it began in.
_BUILT_FROM = frozenset({"Fetch", "Font", "Script", "Stylesheet", "XHR"})
_ENDS = frozenset({"Network.loadingFinished", "Network.loadingFailed"})


class NetworkLog:
    """Events `{"method", "params"}` in their order, and what is still to come."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._events: list[dict[str, Any]] = []
        self._requests = 0
        self._documents: dict[str, int] = {}
        self._origins: set[str] = set()
        self._kinds: dict[str, str] = {}
        self._unanswered: dict[str, int] = {}
        self._last_came_s = 0.0
        self._clock_began_s = 0.0

    def add(self, events: Iterable[dict[str, Any]]) -> None:
        for event in events:
            self._events.append(event)
            self._note(event["method"], event["params"])

    def take(self) -> list[dict[str, Any]]:
        """All that was not taken yet."""
        taken, self._events = self._events, []
        return taken

    def is_quiet(self, frame_id: str, since_s: float) -> bool:
        """Whether a main frame's document waits for nothing it is built from, and got none since.

        `since_s` is a time by the clock of the browser's machine, in seconds since 1970.
        """
        document = self._documents.get(frame_id, 0)
        if any(number > document for number in self._unanswered.values()):
            return False
        return self._clock_began_s + self._last_came_s <= since_s

    def is_of_one_origin(self, origin: str) -> bool:
        """Whether no document of any other was asked for, in a frame or on the way to this one."""
        return self._origins <= {origin}

    def _note(self, method: str, params: Mapping[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self._note_request(params)
        elif params.get("requestId") in self._kinds:
            request = params["requestId"]
            # One whose body no script reads has no end.
            is_headed = method == "Network.responseReceived" and self._kinds[request] == "Fetch"
            if is_headed or method in _ENDS:
                self._unanswered.pop(request, None)
            if is_headed or method in _ENDS or method == "Network.dataReceived":
                self._last_came_s = params["timestamp"]

    def _note_request(self, params: Mapping[str, Any]) -> None:
        kind, request = params.get("type", ""), params["requestId"]
        self._requests += 1
        self._clock_began_s = params["wallTime"] - params["timestamp"]
        if kind == "Document":
            self._origins.add(_origin(params["request"]["url"]))
            self._documents[params["frameId"]] = self._requests
        elif kind in _BUILT_FROM and not params["request"]["url"].startswith(("data:", "blob:")):
            self._kinds[request] = kind
            self._unanswered[request] = self._requests


def _origin(url: str) -> str:
    scheme, authority = urlsplit(url)[:2]
    return f"{scheme}://{authority}"
