"""The research side over HTTP: studies, tasks, participants, sessions, notes, observations."""

from fastapi import APIRouter

from service.api.research import (
    codebook,
    imports,
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
    observations,
    questionnaires,
    recordings,
    codebook,
):
    router.include_router(part.router)

__all__ = ["router"]
