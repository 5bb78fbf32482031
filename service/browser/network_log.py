"""What a tab asks of the network, as DevTools' log tells it: kept until somebody takes it."""

from collections.abc import Iterable, Mapping
from typing import Any

# What a page is built from. Pictures are shown as they come, and a stream has no end.
_BUILT_FROM = frozenset({"Document", "Fetch", "Font", "Script", "Stylesheet", "XHR"})
_ENDS = frozenset({"Network.loadingFinished", "Network.loadingFailed"})


class NetworkLog:
    """Events `{"method", "params"}` in their order, and which requests have no answer yet."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._events: list[dict[str, Any]] = []
        self._requests = 0
        self._unanswered: dict[str, int] = {}
        self._documents: dict[str, int] = {}

    def add(self, events: Iterable[dict[str, Any]]) -> None:
        for event in events:
            self._events.append(event)
            self._note(event["method"], event["params"])

    def take(self) -> list[dict[str, Any]]:
        """All that was not taken yet."""
        taken, self._events = self._events, []
        return taken

    def awaits(self, frame_id: str) -> bool:
        """Whether the document of this frame waits for something that it is built from."""
        since = self._documents.get(frame_id, 0)
        return any(number > since for number in self._unanswered.values())

    def _note(self, method: str, params: Mapping[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            kind = params.get("type")
            if kind not in _BUILT_FROM or params["request"]["url"].startswith(("data:", "blob:")):
                return
            self._requests += 1
            self._unanswered[params["requestId"]] = self._requests
            if kind == "Document":
                self._documents[params["frameId"]] = self._requests
        elif method in _ENDS:
            self._unanswered.pop(params["requestId"], None)
