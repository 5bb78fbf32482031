"""The research side over HTTP: studies, tasks, participants, sessions, notes, observations."""

from fastapi import APIRouter

from service.api.research import (
    cif,
    codebook,
    exports,
    imports,
    live,
    measures,
    notes,
    observations,
    participants,
    pictures,
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
    measures,
    pictures,
    cif,
):
    router.include_router(part.router)

__all__ = ["router"]
