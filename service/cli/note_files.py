"""Files of other programs for `luiska notes`: previewed or imported, here or on a server."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from service.access import Work
from service.access.vault import open_vault
from service.barriers import verify_after
from service.cli.client import ServerClient
from service.config import Settings
from service.research.exchange import Choices
from service.research.imports import import_file, preview_file, read_ahead
from service.research.personal import warn_of_personal

# Everything else is notes in the note grammar, unless --format says otherwise.
_ENDINGS = {".vtt", ".srt", ".csv", ".tsv", ".docx", ".xlsx", ".json", ".boris"}

Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        help="vtt, srt, csv, markdown, docx, xlsx, taguette, boris or luiska; by default by the "
        "file's ending, and notes in the note grammar where that says nothing.",
    ),
]
Encoding = Annotated[str | None, typer.Option(help="Such as utf-8 or windows-1252.")]
Separator = Annotated[str | None, typer.Option(help="comma, semicolon, tab, or a sign.")]
Part = Annotated[
    str | None,
    typer.Option(help="The sheet, document, observation or session in the file that is meant."),
]
Spoken = Annotated[
    bool | None,
    typer.Option("--spoken/--written", help="The words are the speakers' own, or notes."),
]
ParticipantName = Annotated[
    list[str] | None, typer.Option("--participant", help="What the file calls the participant.")
]
ModeratorName = Annotated[
    list[str] | None, typer.Option("--moderator", help="What the file calls a moderator.")
]
Preview = Annotated[
    bool, typer.Option("--preview", help="Print what the file would become; store nothing.")
]


@dataclass(frozen=True, kw_only=True)
class NoteFile:
    """A file of another program, and what was said of it."""

    path: Path
    content: bytes
    format: str | None = None
    encoding: str | None = None
    separator: str | None = None
    part: str | None = None
    spoken: bool | None = None
    participant: tuple[str, ...] = ()
    moderator: tuple[str, ...] = ()

    def is_import(self) -> bool:
        """Whether it is read by another format than the note grammar."""
        return self.format is not None or self.path.suffix.lower() in _ENDINGS

    def on_server(self, client: ServerClient, session: str, *, preview: bool) -> Any:
        """The answer of the server. Raises `CannotRun`."""
        told = {
            "format": self.format,
            "encoding": self.encoding,
            "separator": self.separator,
            **dict.fromkeys(_PARTS, self.part),
            "spoken": None if self.spoken is None else str(self.spoken).lower(),
            "participant": list(self.participant) or None,
            "moderator": list(self.moderator) or None,
            "preview": "true" if preview else None,
        }
        query = {name: value for name, value in told.items() if value is not None}
        return client.post_file(
            f"/sessions/{session}/import", self.path.name, self.content, **query
        )

    def imported(self, work: Work, session_id: str) -> tuple[int, list[dict[str, Any]]]:
        """Store it here; how many observations there are, and the doubts."""
        warn = partial(warn_of_personal, work, open_vault(Settings()))
        file = read_ahead(self.content, self._choices())
        _, submitted = import_file(work, session_id, file, warn=warn)
        verify_after(work, submitted)
        observations = sum(entry.kind == "observation" for entry, _ in submitted.entries)
        return observations, list(submitted.submission.warnings)

    def previewed(self, work: Work, session_id: str) -> dict[str, Any]:
        """What it would become here, as the API's preview tells it in short."""
        file = read_ahead(self.content, self._choices())
        previewed = preview_file(work, session_id, file)
        warn_of_personal(work, open_vault(Settings()), previewed.submitted)
        taken = previewed.taken
        return {
            "taken": {**taken.__dict__, "because": list(taken.because)},
            "observations": [
                {
                    "source": {"line": made.line},
                    "kind": made.kind,
                    **{name: getattr(reading, name) for name in _SHOWN},
                }
                for made, reading in previewed.submitted.entries
                if reading is not None
            ],
            "warnings": previewed.submitted.submission.warnings,
            "refusals": [{"detail": each.detail} for each in previewed.refusals],
        }

    def _choices(self) -> Choices:
        roles = {
            **dict.fromkeys(self.participant, "participant"),
            **dict.fromkeys(self.moderator, "moderator"),
        }
        return Choices(
            format=self.format,
            file_name=self.path.name,
            encoding=self.encoding,
            separator=self.separator,
            **dict.fromkeys(_PARTS, self.part),
            spoken=self.spoken,
            roles=roles,
        )


_PARTS = ("sheet", "document", "observation", "session")
_SHOWN = ("text", "quotes", "code", "severity", "actor", "offset_ms", "url", "tags")
