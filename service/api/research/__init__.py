"""The research side over HTTP: studies, tasks, participants, sessions, notes, observations."""

from fastapi import APIRouter

from service.api.research import imports, notes, observations, participants, sessions, studies

router = APIRouter(tags=["research"])
for part in (studies, participants, sessions, notes, imports, observations):
    router.include_router(part.router)

__all__ = ["router"]
