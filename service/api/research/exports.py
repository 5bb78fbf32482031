"""`/studies/{id}/export.*`, `codebook.qdc` and `/sessions/{id}/transcript.*`."""

from collections.abc import Callable, Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response

from service.api.deps import CurrentWork
from service.api.problem import problems
from service.api.research.values import SessionId, StudyId
from service.reports import observations as rendering
from service.reports import refi_qda
from service.research import exporting, transcript
from service.research.exporting import SessionExport, StudyExport

router = APIRouter()

_RENDERERS: Mapping[str, Callable[[StudyExport], bytes]] = {
    "csv": rendering.render_csv,
    "json": rendering.render_json,
    "xlsx": rendering.render_xlsx,
}
_TRANSCRIPTS: Mapping[str, tuple[Callable[[SessionExport], bytes], str]] = {
    "txt": (transcript.as_notes, "text/plain; charset=utf-8"),
    "md": (transcript.as_markdown, "text/markdown; charset=utf-8"),
}


def _files(*media_types: str) -> dict[int | str, dict[str, object]]:
    content = {
        kind.partition(";")[0]: {"schema": {} if kind.endswith("json") else {"type": "string"}}
        for kind in media_types
    }
    return {200: {"description": "The file.", "content": content}, **problems(401, 403, 404, 422)}


@router.get(
    "/studies/{study_id}/export.{extension}",
    operation_id="export_study",
    summary="Export a study's observations",
    response_class=Response,
    responses=_files(*rendering.MEDIA_TYPES.values()),
)
def export_study(
    study_id: StudyId,
    extension: Annotated[Literal["csv", "json", "xlsx"], Path(description="The format.")],
    work: CurrentWork,
) -> Response:
    """Every entry as it is read now, by pseudonym. The JSON reads back by importing it."""
    export = exporting.export_study(work, study_id)
    name = f"luiska-study-{export.study.id}.{extension}"
    return _file(_RENDERERS[extension](export), rendering.MEDIA_TYPES[extension], name)


@router.get(
    "/studies/{study_id}/codebook.qdc",
    operation_id="export_codebook",
    summary="Export a study's codebook in the REFI-QDA format",
    response_class=Response,
    responses=_files(refi_qda.MEDIA_TYPE),
)
def export_codebook(study_id: StudyId, work: CurrentWork) -> Response:
    """Its codes below one another, tags in use without a code, and the note grammar's codes."""
    codebook = exporting.export_codebook(work, study_id)
    name = f"luiska-study-{codebook.study.id}.qdc"
    return _file(refi_qda.render_codebook(codebook), refi_qda.MEDIA_TYPE, name)


@router.get(
    "/sessions/{session_id}/transcript.{extension}",
    operation_id="export_transcript",
    summary="Export a session on one time line",
    response_class=Response,
    responses=_files(*(media_type for _, media_type in _TRANSCRIPTS.values())),
)
def export_transcript(
    session_id: SessionId,
    extension: Annotated[Literal["txt", "md"], Path(description="Note grammar, or to read.")],
    work: CurrentWork,
) -> Response:
    """Notes and transcripts together. As `txt` it is in the note grammar and reads the same."""
    render, media_type = _TRANSCRIPTS[extension]
    export = exporting.export_session(work, session_id)
    return _file(render(export), media_type, f"luiska-session-{export.session.id}.{extension}")


def _file(content: bytes, media_type: str, name: str) -> Response:
    return Response(
        content,
        media_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
