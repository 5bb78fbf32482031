"""`/codes`: a study's codebook."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from service.access import Permission
from service.api.deps import CurrentWork
from service.api.etag import IfMatch, set_etag
from service.api.idempotency import Idempotent
from service.api.paging import PageOf, PageParameters, paginate
from service.api.problem import problems
from service.api.research.import_body import CODEBOOK_BODY, ImportBody, import_body
from service.api.research.values import Name, StudyId, Text, Word
from service.api.values import Answer, Body, Time
from service.research import codebook, codebook_import
from service.research.exchange import Choices
from service.research.tables import CodeEntry

router = APIRouter()

CodeId = Annotated[str, Path(min_length=1, max_length=64)]
Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$", examples=["#005ea5"])]
_CODE: dict[str, Any] = {
    "name": "Search is not found",
    "tag": "haku",
    "definition": "The participant looks for the search and does not see it.",
    "code": "problem",
    "color": "#005ea5",
}


class NewCode(Body):
    """A code of a study's codebook."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CODE]})

    name: Name
    tag: Word = Field(description="What observations carry: `#haku` in notes.")
    definition: Text = ""
    code: Name | None = Field(
        default=None, description="The note grammar's code that it refines, such as `problem`."
    )
    color: Color | None = None
    parent_id: Name | None = Field(default=None, description="The code that it stands below.")


class CodeChange(Body):
    """What may be changed of a code; what is left out stays. The tag cannot be changed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"definition": "…"}]})

    name: Name | None = None
    definition: Text | None = None
    code: Name | None = None
    color: Color | None = None
    parent_id: Name | None = None

    def changes(self) -> dict[str, str | None]:
        """What was sent; only what may be empty is emptied by null."""
        sent: dict[str, str | None] = self.model_dump(exclude_unset=True)
        return {
            name: value
            for name, value in sent.items()
            if value is not None or name in {"code", "color", "parent_id"}
        }


class CodeAnswer(Answer):
    """A code of a study's codebook."""

    id: str
    study_id: str
    parent_id: str | None
    name: str
    tag: str
    definition: str
    code: str | None
    color: str | None
    guid: str
    created_at: Time


@router.post(
    "/studies/{study_id}/codes",
    status_code=201,
    operation_id="add_code",
    summary="Add a code to a study's codebook",
    responses=problems(401, 403, 404, 409, 413, 422),
)
def add_code(
    study_id: StudyId,
    body: NewCode,
    work: CurrentWork,
    response: Response,
    idempotent: Idempotent,
) -> CodeAnswer:
    """Its tag is unique in the study (409)."""
    if made := idempotent.made():
        entry = codebook.find_code(work, made, Permission.WRITE_RESEARCH)
    else:
        entry = codebook.add_code(work, study_id, **body.model_dump())
        idempotent.remember(entry.id)
    response.headers["Location"] = f"/api/v1/codes/{entry.id}"
    return _answer(entry, response)


class CodebookTaken(BaseModel):
    """What a codebook of another program added to the study's own."""

    added: list[CodeAnswer]
    kept: int = Field(description="How many of its codes were there already, and stay as they are.")


@router.post(
    "/studies/{study_id}/codebook",
    operation_id="import_codebook",
    summary="Import a codebook of Taguette (CSV)",
    responses=problems(401, 403, 404, 413, 422),
    openapi_extra={"requestBody": CODEBOOK_BODY},
)
def import_codebook(
    study_id: StudyId, work: CurrentWork, body: Annotated[ImportBody, Depends(import_body)]
) -> CodebookTaken:
    """Codes whose tags are there already stay as they are, so it can be sent again."""
    choices = Choices(encoding=body.charset, file_name=body.file_name)
    added, kept = codebook_import.import_codebook(work, study_id, body.content, choices)
    return CodebookTaken(added=[CodeAnswer.model_validate(each) for each in added], kept=kept)


@router.get(
    "/studies/{study_id}/codes",
    operation_id="list_codes",
    summary="List a study's codebook",
    responses=problems(401, 403, 404, 422),
)
def list_codes(study_id: StudyId, work: CurrentWork, page: PageParameters) -> PageOf[CodeAnswer]:
    """In the order in which they were added."""
    statement = codebook.list_codes(work, study_id)
    return paginate(work.session, statement, page, CodeAnswer.model_validate, key=CodeEntry.id)


@router.get(
    "/codes/{code_id}",
    operation_id="read_code",
    summary="Read a code",
    responses=problems(401, 403, 404, 422),
)
def read_code(code_id: CodeId, work: CurrentWork, response: Response) -> CodeAnswer:
    return _answer(codebook.find_code(work, code_id, Permission.READ_RESEARCH), response)


@router.patch(
    "/codes/{code_id}",
    operation_id="change_code",
    summary="Change a code",
    responses=problems(401, 403, 404, 409, 412, 413, 422),
)
def change_code(
    code_id: CodeId, body: CodeChange, work: CurrentWork, response: Response, if_match: IfMatch
) -> CodeAnswer:
    changed = codebook.change_code(work, code_id, body.changes(), expected=if_match)
    return _answer(changed, response)


@router.delete(
    "/codes/{code_id}",
    status_code=204,
    operation_id="remove_code",
    summary="Remove a code",
    responses=problems(401, 403, 404, 422),
)
def remove_code(code_id: CodeId, work: CurrentWork) -> None:
    """Those below it move up; observations keep their tags."""
    codebook.remove_code(work, code_id)


def _answer(entry: CodeEntry, response: Response) -> CodeAnswer:
    set_etag(response, entry.version)
    return CodeAnswer.model_validate(entry)
