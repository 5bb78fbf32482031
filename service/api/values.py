"""Value types at the HTTP edge: times, and what request and answer bodies have in common."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    PlainSerializer,
    WithJsonSchema,
)


def _to_utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise ValueError("this time is outside of the years 1 to 9999") from None


def _spell(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


Time = Annotated[
    AwareDatetime,
    AfterValidator(_to_utc),
    PlainSerializer(_spell, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-22T09:30:00Z"]}),
]
"""A moment: read with any offset (a naive one is refused), written in UTC with a `Z`."""


class Body(BaseModel):
    """A request body: an unknown field is an error that names it, so a typo is never ignored."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """An answer; built from a table's row by `Answer.model_validate(row)`."""

    model_config = ConfigDict(from_attributes=True)
