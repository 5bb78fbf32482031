"""What no request may contain, whatever the route: too many bytes, NUL, lone surrogates, abysses.

PostgreSQL stores no NUL and no lone surrogate, Python's parsers give up on deep nesting, and
JSON's numbers lose digits beyond 2^53: all of it is refused here, where it is still a 422 that
names the place, instead of a 500 from the depths. Bodies that are not JSON are their routes'
own: notes, for one, are kept byte for byte.
"""

import json
from urllib.parse import parse_qsl

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.problem import render_error
from service.errors import FieldError, Malformed, NotFound, ServiceError, TooLarge, pointer_token

MAX_DEPTH = 64
MAX_INTEGER = 2**53
_LARGE = 100_000
_METHODS_WITH_BODY = {"POST", "PUT", "PATCH", "DELETE"}


class RequestLimits:
    """ASGI middleware: reads a body once, up to `max_body_bytes`, checks it and passes it on."""

    def __init__(self, app: ASGIApp, max_body_bytes: int) -> None:
        self.app = app
        self.max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            _check_address(scope)
            if scope["method"] in _METHODS_WITH_BODY:
                body = await self._read(scope, receive)
                await _check_body(Headers(scope=scope).get("content-type", ""), body)
                receive = _replay(body, receive)
        except ServiceError as refusal:
            await render_error(refusal, scope["path"])(scope, receive, send)
            return
        except _GoneAway:
            return
        await self.app(scope, receive, send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes:
        told = Headers(scope=scope).get("content-length", "")
        if told.isdecimal() and int(told) > self.max_body_bytes:
            raise self._too_large()
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _GoneAway
            part = message.get("body", b"")
            size += len(part)
            if size > self.max_body_bytes:
                raise self._too_large()
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)

    def _too_large(self) -> TooLarge:
        return TooLarge(f"A request may have {self.max_body_bytes} bytes. Send less at once.")


class _GoneAway(Exception):
    """The client hung up before its request was complete."""


def _replay(body: bytes, receive: Receive) -> Receive:
    told = False

    async def replay() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _check_address(scope: Scope) -> None:
    if "\0" in scope["path"]:
        raise NotFound("No address of the service looks like this.")
    query = scope.get("query_string", b"").decode("latin-1")
    if "%00" in query or "\0" in query:
        errors = tuple(
            FieldError(pointer=f"/query/{name.replace(chr(0), '')}", detail="NUL is not text.")
            for name, value in parse_qsl(query, keep_blank_values=True)
            if "\0" in name or "\0" in value
        )
        raise Malformed("The address contains the character NUL.", errors=errors)


async def _check_body(content_type: str, body: bytes) -> None:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        if len(body) > _LARGE:
            await to_thread.run_sync(check_json, body)
        else:
            check_json(body)


def check_json(body: bytes) -> None:
    """Refuse JSON that could not be stored. What is no JSON at all is left to the route.

    Raises `Malformed` with a pointer to the first place.
    """
    try:
        document = json.loads(body, parse_constant=_refuse_constant)
    except json.JSONDecodeError:
        return
    except RecursionError:
        raise _malformed("", f"Nested deeper than {MAX_DEPTH} levels.") from None
    except UnicodeDecodeError:
        raise _malformed("", "This is not UTF-8.") from None
    except ValueError as error:
        raise _malformed("", f"This JSON cannot be read: {error}.") from None
    _check_values(document)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON")


def _check_values(document: object) -> None:
    left: list[tuple[object, str, int]] = [(document, "", 1)]
    while left:
        value, pointer, depth = left.pop()
        if depth > MAX_DEPTH:
            raise _malformed(pointer, f"Nested deeper than {MAX_DEPTH} levels.")
        if isinstance(value, str):
            _check_text(value, pointer)
        elif isinstance(value, dict):
            for name, inner in value.items():
                _check_text(name, pointer)
                left.append((inner, f"{pointer}/{pointer_token(name)}", depth + 1))
        elif isinstance(value, list):
            left.extend((each, f"{pointer}/{n}", depth + 1) for n, each in enumerate(value))
        elif isinstance(value, int | float) and not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise _malformed(pointer, "This number is too large.")


def _check_text(text: str, pointer: str) -> None:
    if "\0" in text:
        raise _malformed(pointer, "The text contains the character NUL.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _malformed(pointer, "The text contains half of a surrogate pair.") from None


def _malformed(pointer: str, detail: str) -> Malformed:
    return Malformed(
        "The request contains what cannot be read or stored; see `errors`.",
        errors=(FieldError(pointer=pointer, detail=detail),),
    )
