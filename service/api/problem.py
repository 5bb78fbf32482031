"""Every error as `application/problem+json` (RFC 9457); nothing else makes error answers.

`errors[].pointer` is a JSON Pointer (RFC 6901) into the request body, such as `/urls/0`; the
empty pointer is the whole body. What is wrong outside the body is named after its place:
`/query/limit`, `/path/scan_id`, `/header/If-Match`.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import sqlalchemy.exc
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from service.api.headers import headers_for
from service.errors import (
    Conflict,
    FieldError,
    Malformed,
    NotAllowed,
    NotFound,
    NotSignedIn,
    ServiceError,
    Stale,
    TooLarge,
    Unavailable,
    pointer_token,
)

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger("luiska.api")

_PLAIN = {
    404: (NotFound.slug, NotFound.title, "No address of the service looks like this."),
    405: ("method-not-allowed", "This address does not do that", "See `Allow` for what it does."),
    413: (TooLarge.slug, TooLarge.title, "Send less at once."),
}
_KINDS: dict[int, type[ServiceError]] = {
    kind.status: kind
    for kind in (
        NotSignedIn,
        NotAllowed,
        NotFound,
        Conflict,
        Stale,
        TooLarge,
        Malformed,
        Unavailable,
    )
}
_EXAMPLES = {
    401: "Send a token: `Authorization: Bearer luiska_…`.",
    403: "A token with the role viewer may not scan; ask an owner for one that may.",
    404: "Nothing with this id can be reached with your token.",
    409: "The slug `library` is taken. Choose another, or leave it out to get one.",
    412: "It was changed after you read it. Read it again.",
    413: "A request may have 5000000 bytes.",
    422: "One field is wrong; see `errors`.",
    503: "The database cannot be reached.",
}


ErrorPage = Callable[[Request, int], Response]


class ProblemResponse(JSONResponse):
    media_type = MEDIA_TYPE


def problem(
    status: int,
    *,
    slug: str,
    title: str,
    detail: str,
    instance: str,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> ProblemResponse:
    """One problem document; `more` are extension members. `errors` always stand in a 422."""
    content: dict[str, Any] = {
        "type": f"urn:luiska:problem:{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": quote(instance, safe="/:@!$&'()*+,;=~-._"),
    }
    if errors or status == Malformed.status:
        content["errors"] = [{"pointer": e.pointer, "detail": e.detail} for e in errors]
    return ProblemResponse({**content, **more}, status_code=status, headers=dict(headers or {}))


def render_error(error: ServiceError, instance: str) -> ProblemResponse:
    """The answer to an expected refusal."""
    headers = {}
    if error.status == NotSignedIn.status:
        headers["WWW-Authenticate"] = 'Bearer realm="Luiska"'
    if error.status == Unavailable.status:
        headers["Retry-After"] = "5"
    return problem(
        error.status,
        slug=error.slug,
        title=error.title,
        detail=error.detail,
        instance=instance,
        errors=error.errors,
        headers=headers,
    )


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that may answer with these problems."""
    return {status: _documented(status) for status in statuses}


def _documented(status: int) -> dict[str, Any]:
    kind = _KINDS[status]
    example: dict[str, Any] = {
        "type": f"urn:luiska:problem:{kind.slug}",
        "title": kind.title,
        "status": status,
        "detail": _EXAMPLES[status],
        "instance": "/api/v1/projects",
    }
    if status == Malformed.status:
        example["errors"] = [{"pointer": "/name", "detail": "A project needs a name."}]
    return {
        "description": kind.title,
        "content": {
            MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
        },
    }


def install(app: FastAPI, *, page: ErrorPage | None = None) -> None:
    """Answer every error of `app` with a problem, or with `page` where a browser asked for one."""
    app.state.error_page = page
    app.add_exception_handler(ServiceError, _service_error)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _validation_error)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _http_exception)  # type: ignore[arg-type]
    app.add_exception_handler(sqlalchemy.exc.IntegrityError, _integrity_error)
    app.add_exception_handler(sqlalchemy.exc.OperationalError, _store_error)
    app.add_exception_handler(sqlalchemy.exc.TimeoutError, _store_error)
    app.add_exception_handler(Exception, _unexpected)


def _service_error(request: Request, error: ServiceError) -> Response:
    return _answer(request, render_error(error, request.url.path))


def _answer(request: Request, answer: ProblemResponse) -> Response:
    """The problem, or a page with the same status and headers for somebody at a browser."""
    page: ErrorPage | None = request.app.state.error_page
    is_program = request.url.path.startswith("/api/")
    if page is None or is_program or "text/html" not in request.headers.get("accept", ""):
        return answer
    shown = page(request, answer.status_code)
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        if name in answer.headers:
            shown.headers[name] = answer.headers[name]
    return shown


def _validation_error(request: Request, error: RequestValidationError) -> Response:
    errors = tuple(
        FieldError(pointer=_pointer(each, error.body), detail=_detail(each))
        for each in error.errors()
    )
    refusal = Malformed("The request does not have the expected form; see `errors`.", errors=errors)
    return _answer(request, render_error(refusal, request.url.path))


def _detail(error: Mapping[str, Any]) -> str:
    if error["type"] == "json_invalid":
        return f"This is not JSON: {error['ctx']['error']} at character {error['loc'][1]}."
    return str(error["msg"]).removeprefix("Value error, ")


def _pointer(error: Mapping[str, Any], body: object) -> str:
    """Pydantic's path without what is no part of the request: names of union members and such."""
    place, *path = error["loc"]
    if place != "body":
        return "/" + "/".join(pointer_token(str(part)) for part in (place, *path))
    if error["type"] == "json_invalid":
        return ""
    steps: list[str] = []
    here = body
    for n, part in enumerate(path):
        is_missing = error["type"] == "missing" and n == len(path) - 1
        if isinstance(here, dict) and (part in here or is_missing):
            here = here.get(part)
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
        else:
            continue
        steps.append(pointer_token(str(part)))
    return "".join(f"/{step}" for step in steps)


def _http_exception(request: Request, error: HTTPException) -> Response:
    headers = dict(error.headers or {})
    if error.status_code == 400:
        refusal = Malformed("The body cannot be read.")
        return _answer(request, render_error(refusal, request.url.path))
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_methods_of(request))) or headers.get("Allow", "")
    slug, title, detail = _PLAIN.get(
        error.status_code, ("http", str(error.detail), str(error.detail))
    )
    answer = problem(
        error.status_code,
        slug=slug,
        title=title,
        detail=detail,
        instance=request.url.path,
        headers=headers,
    )
    return _answer(request, answer)


def _methods_of(request: Request) -> set[str]:
    """Every method that this path has on any of its routes; a route knows only of its own."""
    methods: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        pattern = getattr(route, "path_regex", None)
        if pattern is not None and pattern.match(request.url.path):
            methods |= route.methods or set()
    return methods


def _integrity_error(request: Request, error: Exception) -> Response:
    _log.warning("a write lost a race at %s: %s", request.url.path, type(error).__name__)
    answer = render_error(
        Conflict("Somebody wrote the same thing at the same moment. Read it again and repeat."),
        request.url.path,
    )
    answer.headers["Retry-After"] = "1"
    return _answer(request, answer)


def _store_error(request: Request, error: Exception) -> Response:
    _log.error("the database failed at %s", request.url.path, exc_info=error)
    refusal = Unavailable("The database cannot be reached or is too busy. Try again.")
    return _answer(request, render_error(refusal, request.url.path))


def _unexpected(request: Request, _error: Exception) -> Response:
    answer = problem(
        500,
        slug=ServiceError.slug,
        title=ServiceError.title,
        detail="The fault is in Luiska, and its log says more. Trying again may help.",
        instance=request.url.path,
    )
    shown = _answer(request, answer)
    # This is answered outside of every middleware, so the headers are added here.
    shown.headers.update(headers_for(request.url.path))
    return shown
