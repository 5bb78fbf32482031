"""`/sessions/{id}/events` and `/reading`: what a page that logs a session live needs."""

from collections.abc import AsyncIterator
from typing import Annotated

import anyio
from fastapi import APIRouter, Depends, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict, Field

from service.access import Permission
from service.api.deps import ASK_AGAIN_S, CurrentWork, ShortWork, WorkOpener
from service.api.problem import problems
from service.api.research.feed import Feeds
from service.api.research.values import SessionId, WarningAnswer
from service.api.values import Body
from service.errors import NotAllowed, NotFound, NotSignedIn
from service.research import personal, sessions
from service.research.grammar import Code, Notes, NoteWarning, parse_notes
from service.research.telling import FORGOTTEN

router = APIRouter()

_KEEP_ALIVE_EVERY = 20
# How soon a follower is cut off whose token was revoked, or whose session was erased.


class Draft(Body):
    """Notes that are not stored."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": '02:15 X !3 "ei löydy"'}]})

    text: Annotated[str, Field(max_length=20_000)]


class DraftEntry(BaseModel):
    """How one line would be read."""

    line: int
    kind: str
    code: str | None
    severity: str | None
    actor: str | None
    offset_ms: int | None
    text: str
    quotes: list[str]
    tags: list[str]
    url: str | None
    selector: str | None
    criterion: str | None
    rule: str | None
    task: int | None
    outcome: str | None
    seq: int | None


class DraftReading(BaseModel):
    """How notes would be read, and what is doubtful about them."""

    entries: list[DraftEntry]
    warnings: list[WarningAnswer]


def readable_session(session_id: SessionId, short_work: ShortWork) -> str:
    """The session's id once it is certain that the caller may read it; holds no connection."""
    return _readable(short_work, session_id)


def _readable(short_work: WorkOpener, session_id: str) -> str:
    with short_work() as work:
        return sessions.find_session(work, session_id, Permission.READ_RESEARCH).id


@router.get(
    "/sessions/{session_id}/events",
    response_class=EventSourceResponse,
    operation_id="follow_session",
    summary="Follow a session's notes",
    responses=problems(401, 403, 404, 422),
)
async def follow_session(
    request: Request,
    session_id: Annotated[str, Depends(readable_session)],
    short_work: ShortWork,
    last_event_id: Annotated[
        str | None,
        Header(alias="Last-Event-ID", pattern=r"^[0-9]{1,9}$", description="Go on after it."),
    ] = None,
    after: Annotated[int, Field(ge=0, description="The same, for a first request.")] = 0,
) -> AsyncIterator[ServerSentEvent]:
    """Server-Sent Events: `noted` and `corrected` with the observation as it is read then, and
    `forgotten` when notes were removed and all is to be read anew: so after a number that the
    store does not know (any more), with the last one that it knows. Each once, in one order.
    It ends soon after the token does, and with `forgotten` when the session is erased.
    """
    told = max(int(last_event_id or 0), after)
    feeds: Feeds = request.app.state.feeds
    feed = feeds.of(session_id)
    silent = 0
    asked = anyio.current_time()
    yield ServerSentEvent(comment="following")
    while not await request.is_disconnected():
        if anyio.current_time() - asked > ASK_AGAIN_S:
            asked = anyio.current_time()
            try:
                await anyio.to_thread.run_sync(_readable, short_work, session_id)
            except NotFound:
                yield ServerSentEvent(event=FORGOTTEN, raw_data="{}", id=str(told))
                return
            except (NotSignedIn, NotAllowed):
                return
        changes = await feed.after(told)
        for change in changes:
            told = change.number
            yield ServerSentEvent(event=change.kind, raw_data=change.data, id=str(change.number))
        silent = 0 if changes else silent + 1
        if silent == _KEEP_ALIVE_EVERY:
            silent = 0
            yield ServerSentEvent(comment="still here")


@router.post(
    "/sessions/{session_id}/reading",
    operation_id="read_draft",
    summary="Read notes without storing them",
    responses=problems(401, 403, 404, 413, 422),
)
def read_draft(session_id: SessionId, draft: Draft, work: CurrentWork) -> DraftReading:
    """How lines would be read by themselves, by this study's letters and names. For typing."""
    sitting = sessions.find_sitting(work, session_id, Permission.READ_RESEARCH)
    notes = parse_notes(
        draft.text,
        aliases={letter: Code(code) for letter, code in sitting.study.aliases.items()},
        names=sitting.study.names,
    )
    return DraftReading(
        entries=[
            DraftEntry.model_validate(entry, from_attributes=True)
            for entry in notes.entries
            if entry.kind not in {"header", "blank"}
        ],
        warnings=[*_warnings(notes), *_personal(draft.text)],
    )


# What a single line cannot know: whether a task runs, what was a problem before.
_NEED_MORE = {"task-not-running", "no-earlier-problem"}


def _warnings(notes: Notes) -> list[WarningAnswer]:
    return [_answer(each) for each in notes.warnings if each.code not in _NEED_MORE]


def _answer(warning: NoteWarning) -> WarningAnswer:
    return WarningAnswer(
        line=warning.line, column=warning.column, code=str(warning.code), detail=warning.detail
    )


def _personal(text: str) -> list[WarningAnswer]:
    return [
        WarningAnswer(line=doubt.line, column=doubt.column, code=doubt.code, detail=doubt.detail)
        for doubt in personal.doubts_about(text, ())
    ]
