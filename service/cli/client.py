"""Talking to a running service: the same API that every program uses."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
from httpx_sse import connect_sse

from service.cli.words import CannotRun, Refused

_TIMEOUT_S = 30
# What stands before a service answers while that is being replaced, or itself without its database.
_AWAY = {502, 503, 504}


class ServerAway(CannotRun):
    """The server cannot be reached, or not be used, at the moment."""


class ServerClient:
    """The API of one server. Every method raises `CannotRun` with the server's own words.

    `ServerAway` among these tells that it may be there again in a moment.
    """

    def __init__(self, server: str, token: str | None) -> None:
        if not token:
            raise CannotRun("--server needs a token: --token or LUISKA_TOKEN.")
        self._server = server
        if not token.isascii():
            raise CannotRun("--token: this is no token of Luiska.")
        try:
            self._client = httpx.Client(
                base_url=f"{server.rstrip('/')}/api/v1",
                headers={"Authorization": f"Bearer {token}"},
                timeout=_TIMEOUT_S,
            )
        except httpx.InvalidURL as error:
            raise CannotRun(f"--server {server}: {error}") from error

    def __enter__(self) -> "ServerClient":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, **parameters: str | int) -> Any:
        return self._answer(self._request("GET", path, params=parameters))

    def get_bytes(self, path: str, **parameters: str | int) -> bytes:
        """An answer that is no JSON, as it is."""
        response = self._request("GET", path, params=parameters)
        return response.content if response.is_success else self._answer(response)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._answer(self._request("POST", path, json=body))

    def post_text(self, path: str, text: bytes) -> Any:
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        return self._answer(self._request("POST", path, content=text, headers=headers))

    def post_file(self, path: str, name: str, content: bytes, **parameters: Any) -> Any:
        """The answer to a form with one file."""
        files = {"file": (name, content, "application/octet-stream")}
        return self._answer(self._request("POST", path, files=files, params=parameters))

    def every(self, path: str, **parameters: str | int) -> Iterator[Any]:
        """Every item of a list, page by page."""
        after: str | None = None
        while True:
            more = {} if after is None else {"after": after}
            page = self.get(path, limit=200, **parameters, **more)
            yield from page["items"]
            after = page["next"]
            if after is None:
                return

    def events(self, path: str, after: str | None) -> Iterator[tuple[str, str | None, Any]]:
        """Server-Sent Events after an id: name, id and data of each, until the connection ends."""
        headers = {} if after is None else {"Last-Event-ID": after}
        with (
            suppress(httpx.TransportError),
            connect_sse(self._client, "GET", path, headers=headers) as source,
        ):
            if not source.response.is_success:
                source.response.read()
                self._answer(source.response)
            for event in source.iter_sse():
                yield event.event, event.id or None, event.json()

    def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return self._client.request(method, path, **options)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServerAway(f"{self._server} cannot be reached: {error}") from error

    def _answer(self, response: httpx.Response) -> Any:
        try:
            answer = response.json()
            if response.is_success:
                return answer
            errors = tuple((each["pointer"], each["detail"]) for each in answer.get("errors", []))
            words = [f"{pointer}: {detail}" for pointer, detail in errors] or [answer["detail"]]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            kind = ServerAway if response.status_code in _AWAY else CannotRun
            raise kind(
                f"{self._server} answered {response.status_code}, and not like Luiska does."
            ) from error
        if response.status_code in _AWAY:
            raise ServerAway(f"{self._server}: {'; '.join(words)}")
        raise Refused(f"{self._server}: {'; '.join(words)}", errors)
