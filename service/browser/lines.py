"""Lines to a Grid that can be cut: nobody waits for a frozen machine longer than he wants to."""

import contextlib
import socket
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import TypeVar

import urllib3
from selenium.webdriver.remote.remote_connection import RemoteConnection
from urllib3.connection import HTTPConnection, HTTPSConnection

T = TypeVar("T")


class SeverableConnection(RemoteConnection):
    """Selenium's connection, whose command under way ends at once when it is severed."""

    def sever(self) -> None:
        """Break every socket: a command that waits raises urllib3's ProtocolError."""
        for line in list(self._lines):
            if line.sock is not None:
                with contextlib.suppress(OSError):
                    line.sock.shutdown(socket.SHUT_RDWR)

    def _get_connection_manager(self) -> urllib3.PoolManager:
        lines: weakref.WeakSet[HTTPConnection] = weakref.WeakSet()
        self._lines = lines

        class Http(HTTPConnection):
            def connect(self) -> None:
                lines.add(self)
                super().connect()

        class Https(HTTPSConnection):
            def connect(self) -> None:
                lines.add(self)
                super().connect()

        class HttpPool(urllib3.HTTPConnectionPool):
            ConnectionCls = Http

        class HttpsPool(urllib3.HTTPSConnectionPool):
            ConnectionCls = Https

        manager: urllib3.PoolManager = super()._get_connection_manager()  # type: ignore[no-untyped-call]
        manager.pool_classes_by_scheme = {"http": HttpPool, "https": HttpsPool}
        return manager


class GivenUp(Exception):
    """What was begun has not come in time, or is not wanted any more."""


def begin(
    start: Callable[[], T],
    *,
    undo: Callable[[T], None],
    limit_s: float,
    on_start: Callable[[Callable[[], None]], None],
) -> T:
    """What `start()` answers or raises; GivenUp after `limit_s`, or when told to.

    `on_start` gets the way to tell. What comes too late is undone as it comes: a Grid goes on
    making a session that nobody waits for any more.
    """
    wanted: Future[T] = Future()

    def run() -> None:
        try:
            made = start()
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            if wanted.set_running_or_notify_cancel():
                wanted.set_exception(error)
            return
        if wanted.set_running_or_notify_cancel():
            wanted.set_result(made)
        else:
            undo(made)

    threading.Thread(target=run, name="luiska-start", daemon=True).start()
    on_start(lambda: _cancel(wanted))
    try:
        return wanted.result(limit_s)
    except TimeoutError as error:
        if wanted.cancel():
            raise GivenUp(f"it did not come within {limit_s:.0f} s") from error
        return wanted.result()
    except CancelledError as error:
        raise GivenUp("it is not wanted any more") from error


def _cancel(wanted: "Future[T]") -> None:
    wanted.cancel()
