"""Doing something to the processes of a browser while a page is shown in it."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
from hostile_site import Answer, Handler, Site, send_html
from traces import processes_of

RENDERER = "--type=renderer"
DRIVER = "chromedriver"
PAUSE_S = 0.5


class Shown:
    """A page that tells when it was asked for, and how often."""

    def __init__(self, answer: Answer) -> None:
        self.asked = 0
        self.is_shown = threading.Event()
        self._answer = answer

    def __call__(self, handler: Handler, site: Site) -> None:
        self.asked += 1
        self.is_shown.set()
        if isinstance(self._answer, str):
            send_html(handler, self._answer)
        else:
            self._answer(handler, site)


@contextlib.contextmanager
def while_shown(
    page: Shown, folder: Path, sign: str, do: Callable[[psutil.Process], None]
) -> Iterator[None]:
    """Does it to each process with this sign, of the browsers in a folder, soon afterwards."""

    def act() -> None:
        assert page.is_shown.wait(60)
        time.sleep(PAUSE_S)
        for process in processes_of(folder):
            # The others of a group end with the first.
            with contextlib.suppress(psutil.NoSuchProcess):
                if sign in " ".join(process.cmdline()):
                    do(process)

    thread = threading.Thread(target=act)
    thread.start()
    try:
        yield
    finally:
        thread.join()
