"""`/sessions/{id}/import`: files of other programs, seen first, stored, and taken back."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.responses import JSONResponse

from service import barriers
from service.access import Permission, Work
from service.access.vault import Vault
from service.api.deps import CurrentWork, ShortWork
from service.api.idempotency import KeyOfRequest, RequestKey
from service.api.paging import PageOf, PageParameters, paginate
from service.api.problem import problems
from service.api.research.import_body import BODY, ImportBody, import_body
from service.api.research.import_models import ImportAnswer, ImportMade, ImportPreview
from service.api.research.notes import tasks_of
from service.api.research.privacy import CurrentVault
from service.api.research.values import SessionId
from service.research import imports, personal, sessions, submissions
from service.research.exchange import Choices
from service.research.imports import FileRead
from service.research.personal import PersonalSearch
from service.research.submissions import Submitted
from service.research.tables import NoteImport

router = APIRouter()

ImportId = Annotated[str, Path(min_length=1, max_length=64, description="The import's id.")]
Told = Annotated[str | None, Query(min_length=1, max_length=200)]
Names = Annotated[list[str], Query(max_length=50)]


class ImportChoices:
    """What the address says of a file; what is left out is told apart from the file itself."""

    def __init__(
        self,
        format_: Annotated[
            str | None,
            Query(
                alias="format",
                max_length=40,
                description="`vtt`, `srt`, `csv`, `markdown`, `docx`, `xlsx`, `taguette`, `boris` "
                "or `luiska`. Left out: by the file's name or media type.",
            ),
        ] = None,
        encoding: Annotated[
            str | None, Query(max_length=40, description="Such as `utf-8` or `windows-1252`.")
        ] = None,
        separator: Annotated[
            str | None, Query(max_length=20, description="`comma`, `semicolon`, `tab`, or a sign.")
        ] = None,
        sheet: Annotated[Told, Query(description="Of a workbook; left out: the first.")] = None,
        observation: Annotated[Told, Query(description="Of a BORIS project.")] = None,
        document: Annotated[Told, Query(description="Of Taguette's highlights.")] = None,
        session: Annotated[Told, Query(description="Of an export of Luiska, by label.")] = None,
        spoken: Annotated[
            bool | None,
            Query(description="Whether the words are the speakers' own, as in a transcript."),
        ] = None,
        participant: Annotated[Names, Query(description="Names of the participant.")] = [],  # noqa: B006
        moderator: Annotated[Names, Query(description="Names of moderators.")] = [],  # noqa: B006
        observer: Annotated[Names, Query(description="Names of observers.")] = [],  # noqa: B006
    ) -> None:
        roles = {"participant": participant, "moderator": moderator, "observer": observer}
        self._told = {
            "format": format_,
            "encoding": encoding,
            "separator": separator,
            "sheet": sheet,
            "observation": observation,
            "document": document,
            "session": session,
        }
        self._spoken = spoken
        self._roles = {name: role for role, names in roles.items() for name in names}

    def about(self, body: ImportBody) -> Choices:
        """The same for the domain, with what the request itself says of the file."""
        told = {**self._told, "format": self._told["format"] or body.format}
        told["encoding"] = told["encoding"] or body.charset
        return Choices(
            **told,
            media_type=body.media_type,
            file_name=body.file_name,
            spoken=self._spoken,
            roles=self._roles,
        )


@router.post(
    "/sessions/{session_id}/import",
    status_code=201,
    operation_id="import_file",
    summary="Import a file into a session, or see first what it would become",
    responses={
        200: {"model": ImportPreview, "description": "The preview; nothing was stored."},
        **problems(401, 403, 404, 409, 413, 422),
    },
    openapi_extra={"requestBody": BODY},
)
def import_file(
    session_id: SessionId,
    short_work: ShortWork,
    body: Annotated[ImportBody, Depends(import_body)],
    choices: Annotated[ImportChoices, Depends()],
    key: KeyOfRequest,
    vault: CurrentVault,
    response: Response,
    preview: Annotated[
        bool, Query(description="Answer 200 with what it would become, and store nothing.")
    ] = False,
) -> ImportMade:
    """WebVTT, SubRip, CSV, Markdown, Word, Excel, Taguette, BORIS and our own export.

    Nothing in the file is left out in silence, and nothing about it is guessed in silence: the
    preview says what the file was taken for and why, and what each piece becomes. Words that
    somebody speaks in a transcript are quotes, unless a moderator or an observer says them. 409
    without living consent to notes or, for such words, to quotes (`consent-missing`), and for a
    file that is in the session already (`already-imported`). What looks like personal data is a
    warning (`personal-data`) that names the place.
    """
    # What takes long stands outside of the transaction, in which nobody else writes on SQLite.
    with short_work(only_reads=True) as work:
        sessions.find_session(work, session_id, Permission.WRITE_RESEARCH)
        search = personal.search_for(work, vault, session_id)
    file = imports.read_ahead(body.content, choices.about(body))
    search.look_through(file.texts())
    if preview:
        with short_work() as work:
            previewed = imports.preview_file(work, session_id, file)
            personal.warn_of_personal(work, vault, previewed.submitted, search)
            tasks = tasks_of(work, previewed.submitted)
        shown = ImportPreview.of(previewed, tasks)
        return JSONResponse(shown.model_dump(mode="json"))  # type: ignore[return-value]
    with short_work() as work:
        imported, submitted = _imported(work, session_id, file, key, vault, search)
        tasks = tasks_of(work, submitted) if submitted is not None else {}
    response.headers["Location"] = f"/api/v1/imports/{imported.id}"
    return ImportMade.made(imported, submitted, tasks)


def _imported(
    work: Work,
    session_id: str,
    file: FileRead,
    key: RequestKey,
    vault: Vault,
    search: PersonalSearch,
) -> tuple[NoteImport, Submitted | None]:
    idempotent = key.within(work)
    if made := idempotent.made():
        imported = imports.find_import(work, made, Permission.WRITE_RESEARCH)
        if imported.submission_id is None:
            return imported, None
        return imported, submissions.find_submission(work, imported.submission_id)
    warn = partial(personal.warn_of_personal, work, vault, search=search)
    imported, submitted = imports.import_file(work, session_id, file, warn=warn)
    barriers.verify_after(work, submitted)
    idempotent.remember(imported.id)
    return imported, submitted


@router.get(
    "/sessions/{session_id}/imports",
    operation_id="list_imports",
    summary="List the files that were imported into a session",
    responses=problems(401, 403, 404, 422),
)
def list_imports(
    session_id: SessionId, work: CurrentWork, page: PageParameters
) -> PageOf[ImportAnswer]:
    """Those that were undone too, in the order in which they were made."""
    return paginate(
        work.session,
        imports.list_imports(work, session_id),
        page,
        ImportAnswer.model_validate,
        key=NoteImport.id,
    )


@router.get(
    "/imports/{import_id}",
    operation_id="read_import",
    summary="Read an import",
    responses=problems(401, 403, 404, 422),
)
def read_import(import_id: ImportId, work: CurrentWork) -> ImportAnswer:
    return ImportAnswer.model_validate(
        imports.find_import(work, import_id, Permission.READ_RESEARCH)
    )


@router.post(
    "/imports/{import_id}/undo",
    operation_id="undo_import",
    summary="Take an import back",
    responses=problems(401, 403, 404, 409, 422),
)
def undo_import(
    import_id: ImportId,
    work: CurrentWork,
    force: Annotated[
        bool, Query(description="Also what was linked to barriers or corrected since.")
    ] = False,
) -> ImportAnswer:
    """All that it stored goes, in one transaction; that there was an import stays known.

    409 (`import-in-use`) when some of it was linked or corrected since, unless `force`.
    """
    return ImportAnswer.model_validate(barriers.undo_import(work, import_id, force=force))
