"""The OpenAPI document: FastAPI's, with our one kind of error in place of its own."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field

from service.api.problem import problems

DESCRIPTION = """\
Errors are `application/problem+json` (RFC 9457). Lists come in pages: send `next` as `after`.
Repeat a POST safely with an `Idempotency-Key`; change what others may have changed with
`If-Match`. Times are UTC and end in `Z`. A project's slug stands in place of its id anywhere.
"""
TAGS = [
    {"name": "projects", "description": "Digital services under evaluation."},
    {"name": "scans", "description": "Examining pages in a real browser, and the gate."},
    {"name": "barriers", "description": "The ledger of what stands in somebody's way."},
    {"name": "research", "description": "Studies, sessions and what people met."},
    {"name": "access", "description": "Tokens and the audit trail."},
    {"name": "operation", "description": "Whether the service works."},
]


class ProblemError(BaseModel):
    """One wrong field."""

    pointer: str = Field(
        description="JSON Pointer into the body, or /query/…, /path/…, /header/… outside of it.",
        examples=["/urls/0"],
    )
    detail: str


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(description="Stable name of the kind.", examples=["urn:luiska:problem:stale"])
    title: str
    status: int
    detail: str = Field(description="What happened and what to do next.")
    instance: str = Field(description="The address that was asked.")
    errors: list[ProblemError] | None = Field(default=None, description="In every 422.")


def install(app: FastAPI) -> None:
    """Make `app.openapi()` answer the document, built once."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=DESCRIPTION,
        routes=app.routes,
        tags=TAGS,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas.update(_problem_schemas())
    for path in document["paths"].values():
        for operation in path.values():
            _complete(operation)
    return document


def _problem_schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "Problem": schema}


def _complete(operation: dict[str, Any]) -> None:
    """Add the errors that follow from what an operation takes, where its route names none."""
    answers: dict[str, Any] = operation["responses"]
    implied = set()
    if operation.get("security"):
        implied.add(401)
    if operation.get("requestBody"):
        implied |= {413, 422}
    if operation.get("parameters"):
        implied.add(422)
    for status, answer in problems(*implied).items():
        if "application/json" in answers.get(str(status), {}).get("content", {}):
            del answers[str(status)]
        answers.setdefault(str(status), answer)
    operation["responses"] = dict(sorted(answers.items()))
