"""Imports as they are answered."""

from collections import Counter
from typing import Any

from pydantic import BaseModel, Field

from service.api.research.notes import NotesAnswer
from service.api.research.observation_models import ObservationAnswer, ReadingAnswer
from service.api.research.values import WarningAnswer
from service.api.values import Answer, Time
from service.research.exchange import UNITS, Taken
from service.research.imports import Previewed
from service.research.submissions import Entry, Submitted
from service.research.tables import NoteImport


class ImportAnswer(Answer):
    """A file that was read into a session."""

    id: str
    session_id: str
    submission_id: str | None = Field(description="Null once it is undone.")
    format: str = Field(examples=["vtt"])
    name: str = Field(description="The file's name, where it was told.")
    encoding: str | None
    content_sha256: str
    entries: int
    made_by: str
    made_at: Time
    undone_at: Time | None
    undone_by: str | None


class ImportMade(ImportAnswer):
    """An import with what it made."""

    observations: list[ObservationAnswer]
    stored: dict[str, int] = Field(description="How many entries were stored, by kind.")
    warnings: list[WarningAnswer]

    @classmethod
    def made(
        cls, imported: NoteImport, submitted: Submitted | None, tasks: dict[str, int]
    ) -> "ImportMade":
        told = NotesAnswer.of(submitted, tasks) if submitted is not None else None
        return cls(
            **ImportAnswer.model_validate(imported).model_dump(),
            observations=told.observations if told else [],
            stored=told.stored if told else {},
            warnings=told.warnings if told else [],
        )


class TakenAnswer(BaseModel):
    """What a file was taken for, and why."""

    format: str
    encoding: str | None
    separator: str | None
    part: str | None = Field(description="The sheet, the document or the observation in it.")
    spoken: bool = Field(description="The words are somebody's own, as in a transcript.")
    because: list[str]

    @classmethod
    def of(cls, taken: Taken) -> "TakenAnswer":
        return cls(
            format=taken.format,
            encoding=taken.encoding,
            separator=taken.separator,
            part=taken.part,
            spoken=taken.spoken,
            because=list(taken.because),
        )


class Source(BaseModel):
    """Where in the file something stands."""

    line: int = Field(description="From 1; of Word paragraphs, Excel rows, BORIS events.")
    place: str = Field(examples=["line 4", "paragraph 2"])


class PreviewedEntry(BaseModel):
    """What a piece of a file would become."""

    source: Source
    kind: str
    raw: str
    text: str | None
    quotes: list[str]
    code: str | None
    severity: str | None
    actor: str | None
    offset_ms: int | None
    time_inherited: bool
    task: int | None
    url: str | None
    selector: str | None
    criterion: str | None
    rule: str | None
    tags: list[str]
    warnings: list[WarningAnswer]


class RefusalAnswer(BaseModel):
    """Why the file would not be stored as it is."""

    type: str = Field(examples=["urn:luiska:problem:consent-missing"])
    detail: str


class ImportPreview(BaseModel):
    """What a file would become; nothing of it is stored."""

    taken: TakenAnswer
    observations: list[PreviewedEntry]
    stored: dict[str, int] = Field(description="How many entries would be stored, by kind.")
    warnings: list[WarningAnswer]
    refusals: list[RefusalAnswer]

    @classmethod
    def of(cls, previewed: Previewed, tasks: dict[str, int]) -> "ImportPreview":
        entries = previewed.submitted.entries
        unit = UNITS.get(previewed.taken.format, "line")
        return cls(
            taken=TakenAnswer.of(previewed.taken),
            observations=[_entry(entry, tasks, unit) for entry in entries],
            stored=dict(Counter(made.kind for made, _ in entries)),
            warnings=[
                WarningAnswer.model_validate(each)
                for each in previewed.submitted.submission.warnings
            ],
            refusals=[
                RefusalAnswer(type=f"urn:luiska:problem:{each.slug}", detail=each.detail)
                for each in previewed.refusals
            ],
        )


_UNREAD: dict[str, Any] = {
    **dict.fromkeys(PreviewedEntry.model_fields),
    "quotes": [],
    "tags": [],
    "warnings": [],
    "time_inherited": False,
}


def _entry(entry: Entry, tasks: dict[str, int], unit: str) -> PreviewedEntry:
    made, reading = entry
    values = _UNREAD if reading is None else ReadingAnswer.of(reading, tasks).model_dump()
    line = made.line or 0
    own = {"source": Source(line=line, place=f"{unit} {line}"), "kind": made.kind}
    own["raw"] = made.raw.decode(errors="replace")
    return PreviewedEntry(**{**values, **own})
