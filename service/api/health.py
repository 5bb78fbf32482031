"""`/healthz` and `/readyz`, open to all: whether the process lives, and whether it can work."""

import logging
from typing import Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from starlette.responses import JSONResponse

from service import db
from service.api.problem import problem, problems
from service.errors import ServiceError, Unavailable

router = APIRouter(tags=["operation"])
_log = logging.getLogger("luiska.health")


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Part(BaseModel):
    """One part that the service needs."""

    ok: bool
    detail: str | None = None


class Ready(BaseModel):
    """Every part works."""

    status: Literal["ready"] = "ready"
    parts: dict[str, Part]


@router.get("/healthz", operation_id="read_liveness", summary="Whether the process lives")
def read_liveness() -> Alive:
    return Alive()


@router.get(
    "/readyz",
    operation_id="read_readiness",
    summary="Whether every part works: database, migrations, browser, queue",
    response_model=Ready,
    responses=problems(503),
)
async def read_readiness(request: Request) -> Any:
    """The 503 has the same `parts`, with what to do about each that does not work."""
    parts = {
        name: await run_in_threadpool(_ask, name, probe)
        for name, probe in request.app.state.probes.items()
    }
    if all(part.ok for part in parts.values()):
        return Ready(parts=parts)
    return _not_ready(parts)


def probe_database(engine: sa.Engine) -> None:
    """Raises `Unavailable` unless the database answers."""
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError as error:
        _log.error("the database does not answer", exc_info=error)
        raise Unavailable("The database cannot be reached.") from None


def probe_migrations(engine: sa.Engine) -> None:
    """Raises `Unavailable` unless the schema is this version's."""
    try:
        current = db.is_current(engine)
    except sa.exc.SQLAlchemyError:
        raise Unavailable("The schema's version cannot be read.") from None
    if not current:
        raise Unavailable("The database has another version's schema. Run `luiska db upgrade`.")


def _ask(name: str, probe: Any) -> Part:
    try:
        probe()
    except ServiceError as error:
        return Part(ok=False, detail=error.detail)
    except Exception as error:  # noqa: BLE001 - a probe that breaks is a part that does not work
        _log.error("the probe %s failed", name, exc_info=error)
        return Part(ok=False, detail="It failed; the log says how.")
    return Part(ok=True)


def _not_ready(parts: dict[str, Part]) -> JSONResponse:
    broken = ", ".join(name for name, part in parts.items() if not part.ok)
    return problem(
        503,
        slug=Unavailable.slug,
        title=Unavailable.title,
        detail=f"Not working: {broken}.",
        instance="/readyz",
        headers={"Retry-After": "5"},
        parts={name: part.model_dump() for name, part in parts.items()},
    )
