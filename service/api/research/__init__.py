"""The research side over HTTP: studies, tasks, participants, sessions, notes, observations."""

from fastapi import APIRouter

from service.api.research import (
    codebook,
    exports,
    imports,
    live,
    notes,
    observations,
    participants,
    privacy,
    questionnaires,
    recordings,
    segments,
    sessions,
    studies,
)

router = APIRouter(tags=["research"])
for part in (
    studies,
    segments,
    participants,
    privacy,
    sessions,
    notes,
    imports,
    live,
    observations,
    questionnaires,
    recordings,
    codebook,
    exports,
):
    router.include_router(part.router)

__all__ = ["router"]
