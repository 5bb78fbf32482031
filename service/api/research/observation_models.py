"""Observations as they are sent and answered."""

import base64
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictInt
from pydantic.config import JsonDict

from service.api.research.values import Address, Text, WarningAnswer
from service.api.values import Body, Time
from service.research.named import NoteItem
from service.research.observations import ObservationRecord
from service.research.tables import Reading

EXAMPLE: JsonDict = {
    "text": 'P: "En löydä hakunappia"',
    "offset_ms": 160_000,
    "code": "X",
    "severity": 3,
    "actor": "P",
    "url": "https://astia.example/haku",
    "selector": "#search-button",
    "criterion": "2.4.7",
    "rule": "axe:button-name",
    "tags": ["haku"],
    "task": 2,
}
Short = Annotated[str, Field(min_length=1, max_length=200)]


class ObservationFields(Body):
    """What may be said of an observation. Codes and the like go by letter or by name."""

    offset_ms: StrictInt | None = Field(default=None, description="From the session's start.")
    code: Short | None = Field(
        default=None, description="`X`, `D`, `V` … or `problem`, `same_problem`, `highlight` …"
    )
    severity: StrictInt | Short | None = Field(
        default=None, description="0 to 4, or a name from `not_a_problem` to `catastrophe`."
    )
    actor: Short | None = Field(
        default=None, description="`P`, `M`, `O`, `participant`, `moderator` or `observer`."
    )
    url: Address | None = Field(
        default=None, description="The page: left out, the one in force; null, none."
    )
    selector: Annotated[str, Field(min_length=1, max_length=2_000)] | None = None
    criterion: Short | None = Field(default=None, examples=["2.4.7"])
    rule: Short | None = Field(default=None, examples=["axe:button-name"])
    tags: list[Short] = Field(default_factory=list, max_length=50)
    task: StrictInt | None = Field(
        default=None, description="A task's number: left out, the one that runs; null, none."
    )

    def to_item(self) -> NoteItem:
        """The same for the domain, which knows what was left out."""
        return NoteItem(**self.model_dump(), given=frozenset(self.model_fields_set))


class NewObservation(ObservationFields):
    """One observation."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    text: Text


class NewObservations(Body):
    """Observations, in order."""

    observations: list[NewObservation] = Field(min_length=1, max_length=10_000)


class Correction(ObservationFields):
    """What is read differently now; what is left out stays, null takes it away."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"severity": 4, "criterion": "4.1.2"}]}
    )

    text: Text = ""


class ReadingAnswer(BaseModel):
    """One version of how an observation is read."""

    version: int
    text: str
    quotes: list[str]
    code: str
    severity: str | None
    actor: str | None
    offset_ms: int | None
    time_inherited: bool = Field(description="The time was taken from the line above.")
    task: int | None = Field(description="The task's number.")
    task_id: str | None
    page_id: str | None
    url: str | None
    selector: str | None
    criterion: str | None
    rule: str | None
    tags: list[str]
    refers_to_id: str | None = Field(description="The problem that a `D` repeats.")
    warnings: list[WarningAnswer]
    written_by: str
    written_at: Time

    @classmethod
    def of(cls, reading: Reading, tasks: dict[str, int]) -> "ReadingAnswer":
        return cls(**_values(reading, tasks))


class ObservationAnswer(BaseModel):
    """What was noted, byte for byte, and how it is read now.

    A header and a blank line have no reading: their `version` and the rest of it are null.
    """

    id: str
    session_id: str
    participant_id: str
    submission_id: str
    ordinal: int = Field(description="Its place in its submission, from 0.")
    line: int | None = Field(description="Its first line in its submission, from 1.")
    kind: str = Field(
        description="`observation`, `page`, `task_start`, `task_end`, `header` or `blank`."
    )
    raw: str = Field(description="As it was sent; U+FFFD stands for bytes that are not UTF-8.")
    raw_base64: str | None = Field(description="The exact bytes, when they are not UTF-8.")
    created_at: Time
    version: int | None
    text: str | None
    quotes: list[str]
    code: str | None
    severity: str | None
    actor: str | None
    offset_ms: int | None
    time_inherited: bool
    task: int | None = Field(description="The task's number.")
    task_id: str | None
    page_id: str | None
    url: str | None
    selector: str | None
    criterion: str | None
    rule: str | None
    tags: list[str]
    refers_to_id: str | None = Field(description="The problem that a `D` repeats.")
    warnings: list[WarningAnswer]
    written_by: str | None
    written_at: Time | None
    history: list[ReadingAnswer] | None = Field(
        default=None, description="Every version, oldest first, where it was asked for."
    )

    @classmethod
    def of(
        cls, known: ObservationRecord, tasks: dict[str, int], *, history: bool = False
    ) -> "ObservationAnswer":
        raw = known.observation.raw
        values = _values(known.readings[-1], tasks) if known.readings else _UNREAD
        told = [ReadingAnswer.of(each, tasks) for each in known.readings] if history else None
        return cls(
            **known.observation.model_dump(exclude={"raw"}),
            raw=raw.decode(errors="replace"),
            raw_base64=None if _is_utf8(raw) else base64.b64encode(raw).decode(),
            **values,
            history=told,
        )


_UNREAD: dict[str, Any] = {
    **dict.fromkeys(ReadingAnswer.model_fields),
    "quotes": [],
    "tags": [],
    "warnings": [],
    "time_inherited": False,
}


def _values(reading: Reading, tasks: dict[str, int]) -> dict[str, Any]:
    return {
        **reading.model_dump(exclude={"observation_id", "is_latest"}),
        "task": tasks.get(reading.task_id) if reading.task_id is not None else None,
    }


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
