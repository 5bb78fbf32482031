"""The application: everything is built here, from settings, for one process."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from importlib import metadata

import anyio
import sqlalchemy as sa
from fastapi import FastAPI, Request
from prometheus_client import CollectorRegistry
from starlette.responses import RedirectResponse
from starlette.staticfiles import StaticFiles

from service import db
from service.access.vault import open_vault
from service.api import (
    audit,
    barriers,
    gate,
    headers,
    health,
    limits,
    metrics,
    openapi,
    pictures,
    problem,
    projects,
    reports,
    research,
    scans,
    tokens,
)
from service.api.research.feed import Feeds
from service.config import Settings
from service.jobs import JobQueue
from service.research.live_now import LiveNow
from service.scans import ScanExecutor
from service.scans.metrics import ScanMetrics
from service.store import prepare_store, utc_now
from service.web import (
    docs,
    ledger,
    live,
    privacy,
    questionnaires,
    results,
    signin,
    studies,
)
from service.web import scans as scan_pages
from service.web.deps import SignInFirst
from service.web.errors import error_page
from service.web.render import STATIC

Clock = Callable[[], datetime]
API = "/api/v1"
POOL_SIZE = 20


def create_app(settings: Settings, *, clock: Clock = utc_now, execute_jobs: bool = True) -> FastAPI:
    """The service over one database. Nothing is opened before the lifespan starts.

    `app.state` has `settings`, `engine`, `clock`, `seats`, `registry` (Prometheus) and `probes`
    (name to a callable that raises when that part does not work; `/readyz` asks them).
    """
    app = FastAPI(
        title="Luiska",
        version=metadata.version("luiska"),
        summary="Accessibility and usability testing in one ledger.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    engine = db.make_engine(settings.database_url, pool_size=POOL_SIZE)
    app.state.settings = settings
    app.state.engine = engine
    app.state.clock = clock
    app.state.vault = open_vault(settings)
    app.state.feeds = Feeds(engine)
    app.state.together = db.Together(engine)
    # People who log a session on this machine go before pages that are examined on it.
    app.state.live_now = LiveNow()
    app.state.execute_jobs = execute_jobs
    app.state.seats = anyio.Semaphore(POOL_SIZE)
    app.state.registry = CollectorRegistry(auto_describe=True)
    app.state.scan_metrics = ScanMetrics(app.state.registry, engine, lanes=settings.lanes)
    app.state.probes = {
        "database": lambda: health.probe_database(engine),
        "migrations": lambda: health.probe_migrations(engine),
    }
    problem.install(app, page=error_page)
    app.add_exception_handler(SignInFirst, _to_sign_in)  # type: ignore[arg-type]
    openapi.install(app)
    _add_middleware(app, settings)
    _add_routes(app)
    return app


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    # The last one added is the outermost.
    app.add_middleware(limits.RequestLimits, max_body_bytes=settings.max_body_bytes)
    app.add_middleware(headers.SecurityHeaders)
    app.add_middleware(metrics.RequestMetrics, registry=app.state.registry)


def _add_routes(app: FastAPI) -> None:
    app.include_router(health.router)
    app.include_router(metrics.router)
    for router in (
        projects.router,
        tokens.router,
        audit.router,
        scans.router,
        gate.router,
        reports.router,
        pictures.router,
        barriers.router,
        research.router,
    ):
        app.include_router(router, prefix=API)
    for pages in (
        docs.router,
        signin.router,
        ledger.router,
        scan_pages.router,
        studies.router,
        results.router,
        privacy.router,
        questionnaires.router,
        live.router,
    ):
        app.include_router(pages)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")


def _to_sign_in(_request: Request, error: SignInFirst) -> RedirectResponse:
    return RedirectResponse(error.address, status_code=303)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    engine: sa.Engine = app.state.engine
    await anyio.to_thread.run_sync(prepare_store, engine, app.state.clock())
    executor = ScanExecutor(
        engine, app.state.settings, app.state.clock, app.state.scan_metrics, app.state.live_now
    )
    app.state.queue = JobQueue(engine, executor.look)
    try:
        if app.state.execute_jobs:
            await anyio.to_thread.run_sync(executor.start)
            app.state.probes["queue"] = executor.check_queue
            app.state.probes["browser"] = executor.check_browser
        yield
    finally:
        await anyio.to_thread.run_sync(executor.stop)
        app.state.queue.close()
        await anyio.to_thread.run_sync(db.close_engine, engine)
