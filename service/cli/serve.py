"""`luiska serve`: the API, the pages and this process's own lanes."""

import contextlib
import socket
from collections.abc import Callable
from typing import Annotated, Any

import sqlalchemy as sa
import typer
import uvicorn
from sqlmodel import select
from starlette.types import Message, Receive, Scope, Send

from service.access import Role, signin, tokens
from service.access.tables import Token
from service.app import create_app
from service.cli.console import CannotRun, local_work, say
from service.config import Settings
from service.config.logs import logging_to_stderr

# Longer than proxies keep theirs, so that none sends a request into a closing connection.
_KEEP_ALIVE_S = 75


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on [127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port [8000].")] = None,
    lanes: Annotated[
        int | None, typer.Option(min=1, max=64, help="How many browsers at once.")
    ] = None,
) -> None:
    """Serve the API and its pages, and examine pages with the browsers of this machine.

    Prints a sign-in link for the browser, and once, on a new database, the first owner's token.
    """
    settings = Settings()
    change: dict[str, Any] = {"host": host, "port": port, "lanes": lanes}
    settings = settings.model_copy(update={k: v for k, v in change.items() if v is not None})
    with listening(settings.host, settings.port) as listener:
        address = address_of(settings.host, listener)
        server = Server(settings, on_start=lambda engine: greet(engine, address))
        # Ctrl-C and SIGTERM are how it is meant to end.
        with (
            contextlib.suppress(KeyboardInterrupt),
            logging_to_stderr(settings.log_level, settings.log_format),
        ):
            server.run(sockets=[listener])


class Server(uvicorn.Server):
    """The service on open sockets; `on_start` is called once it serves.

    `run` raises what kept it from starting, which is then in `failure` as well.
    """

    def __init__(
        self, settings: Settings, *, on_start: Callable[[sa.Engine], None] | None = None
    ) -> None:
        self.failure: Exception | None = None
        self._app = create_app(settings)
        self._on_start = on_start
        super().__init__(
            uvicorn.Config(
                self._answer,
                interface="asgi3",
                # Its lines go where ours go.
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=3,
                timeout_keep_alive=_KEEP_ALIVE_S,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:
            raise self.failure or CannotRun("The service did not start.") from None
        if self._on_start is not None:
            self._on_start(self._app.state.engine)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        async def send_without_trace(message: Message) -> None:
            # uvicorn would log the whole traceback of what is told in one line at the end.
            await send({**message, "message": ""} if "message" in message else message)

        try:
            await self._app(scope, receive, send_without_trace)
        except Exception as error:
            self.failure = error
            raise


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises `CannotRun` when it is taken."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        # Python writes the address into the system's words a second time.
        reason = str(error.strerror).partition(" (while ")[0]
        raise CannotRun(
            f"Cannot listen on {host}:{port}: {reason}. Choose another --host or --port."
        ) from error


def address_of(host: str, listener: socket.socket) -> str:
    """The address that a browser on this machine opens."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{listener.getsockname()[1]}"


def greet(engine: sa.Engine, address: str) -> None:
    """Print the first owner's token, once ever, and a fresh single-use sign-in link."""
    with local_work(engine) as work:
        has_owner = work.session.exec(select(Token.id).limit(1)).first() is not None
        secret = None
        if not has_owner:
            _, secret = tokens.create_token(work, "first owner", Role.OWNER, None)
        code = signin.create_operator_code(work)
    if secret is not None:
        say("Owner's token, shown only now. Keep it; `luiska token create` makes others:")
        say(f"  {secret}")
    say(f"Serving on {address}  (API: {address}/docs)")
    say(f"Sign in here, once, within 15 minutes: {address}/sign-in/{code}")
