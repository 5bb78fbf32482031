"""A file as it comes to `/import`: as a form's `file`, or as the body itself."""

from dataclasses import dataclass
from email.message import Message
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from service.errors import FieldError, Malformed
from service.research.exchange import FORMATS, MEDIA_TYPES

_FORM = "multipart/form-data"
BODY: dict[str, Any] = {
    "required": True,
    "content": {
        _FORM: {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "format": {"type": "string", "enum": list(FORMATS)},
                },
            }
        },
        **{
            media_type: {"schema": {"type": "string", "format": "binary"}}
            for media_type in MEDIA_TYPES
            if media_type != "application/json"
        },
        "application/json": {"schema": {"type": "object", "description": "A BORIS project."}},
    },
}

CODEBOOK_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "text/csv": {
            "schema": {"type": "string"},
            "example": "tag,description\nnav,What is looked for in menus\n",
        },
        _FORM: {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        },
    },
}


@dataclass(frozen=True, kw_only=True)
class ImportBody:
    """A file with what was told about it."""

    content: bytes
    media_type: str = ""
    charset: str | None = None
    file_name: str = ""
    format: str | None = None


async def import_body(request: Request) -> ImportBody:
    """The file of a request. Raises `Malformed`."""
    media_type, charset = _told(request.headers.get("content-type", ""))
    # Kept by the request, so that whoever else asks for the body still gets it after the form.
    content = await request.body()
    if media_type != _FORM:
        return ImportBody(content=content, media_type=media_type, charset=charset)
    try:
        async with request.form(max_files=1, max_fields=10) as form:
            return await _file_of(form)
    except HTTPException as error:
        raise _no_file("The form cannot be read.") from error


async def _file_of(form: FormData) -> ImportBody:
    file, format_ = form.get("file"), form.get("format")
    if not isinstance(file, UploadFile):
        raise _no_file("Send the file as the form's field `file`, with its name.")
    media_type, charset = _told(file.content_type or "")
    return ImportBody(
        content=await file.read(),
        media_type=media_type,
        charset=charset,
        file_name=file.filename or "",
        format=format_ if isinstance(format_, str) and format_ else None,
    )


def _told(content_type: str) -> tuple[str, str | None]:
    told = Message()
    told["Content-Type"] = content_type
    charset = told.get_param("charset") if content_type else None
    media_type = told.get_content_type() if content_type else ""
    return media_type, str(charset) if charset else None


def _no_file(detail: str) -> Malformed:
    return Malformed(
        "There is no file in the request.", errors=(FieldError(pointer="/file", detail=detail),)
    )
