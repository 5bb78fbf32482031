"""The research side over HTTP: studies, tasks, participants, sessions, notes, observations."""

from fastapi import APIRouter

from service.api.research import (
    measures,
    notes,
    observations,
    participants,
    pictures,
    sessions,
    studies,
)

router = APIRouter(tags=["research"])
for part in (studies, participants, sessions, notes, observations, measures, pictures):
    router.include_router(part.router)

__all__ = ["router"]
