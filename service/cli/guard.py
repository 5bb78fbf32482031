"""`luiska guard`: the egress guard by itself, for the container of a Grid's node."""

import signal
import threading
from typing import Annotated

import typer

from service.browser.guard import EgressPolicy, Guard
from service.cli.console import CannotRun, host_and_port, say
from service.config import DenyList, Settings


def guard(
    listen: Annotated[
        str, typer.Option(help="HOST:PORT that the node's browser can reach; port 0 is any.")
    ] = "127.0.0.1:1080",
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="HOST:PORT that may be private, such as 10.0.0.7:3000; repeatable."),
    ] = None,
) -> None:
    """Guard what browsers elsewhere reach, by one set of rules, until a signal.

    Workers name it in LUISKA_GRID_PROXY, as socks5://HOST:PORT. Whoever can connect to it can go
    out through it: listen only where the node is. LUISKA_ALLOW_HOSTS, LUISKA_DENY_HOSTS,
    LUISKA_MAX_RESPONSE_BYTES and LUISKA_MAX_RESPONSE_S count.
    """
    settings = Settings()
    host, port = host_and_port("--listen", listen, least=0)
    for allowed in allow_host or []:
        host_and_port("--allow-host", allowed)
    policy = EgressPolicy(
        allowed_hosts=frozenset((*settings.allow_hosts, *(allow_host or []))),
        denied=DenyList.of(settings.deny_hosts),
        max_response_bytes=settings.max_response_bytes,
        max_visit_bytes=settings.max_response_bytes,
        max_response_s=settings.max_response_s,
    )
    asked_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked_to_stop.set())
    with Guard() as running:
        try:
            door = running.open_door(host, port)
        except OSError as error:
            raise CannotRun(f"--listen {listen}: {error.strerror or error}.") from error
        door.stand_open(policy)
        say(f"Guarding at {door.address}.")
        asked_to_stop.wait()
