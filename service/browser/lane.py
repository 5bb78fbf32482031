"""One warm browser and the guard's door that it goes out through."""

import os
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from service.browser.approach import Approach
from service.browser.failures import FAILURES
from service.browser.guard import Door
from service.browser.observer import BrowserEnd, FleetObserver
from service.browser.session import BrowserSession
from service.browser.starting import start_session
from service.browser.values import BrowserOptions, MissingPart, PageError, PageErrorCode
from service.browser.visit import Examined
from service.browser.watch import Watch

# After these the page may still be running wild in there: that browser is not lent again.
_SPOILING = frozenset(
    {
        PageErrorCode.RENDER_TIMEOUT,
        PageErrorCode.CHECK_TIMEOUT,
        PageErrorCode.BROWSER_CRASH,
        PageErrorCode.INFRASTRUCTURE,
        PageErrorCode.CANCELLED,
    }
)


@dataclass(frozen=True, kw_only=True)
class Programs:
    """The Chromium and chromedriver of this machine; none where a Grid has them."""

    chromium: str | None = None
    chromedriver: str | None = None

    def check(self) -> None:
        """Raises MissingPart when one of them is gone."""
        for part, program in (("Chromium", self.chromium), ("chromedriver", self.chromedriver)):
            if program is not None and not os.access(program, os.X_OK):
                raise MissingPart(f"{part} is not at {program} any more; run `luiska doctor`")


class Lane:
    """Lent to one visit at a time. Its browser is started when it is first needed.

    Ordered by who is lent next.
    """

    def __init__(
        self, door: Door, options: BrowserOptions, programs: Programs, observer: FleetObserver
    ) -> None:
        self.door = door
        self.session: BrowserSession | None = None
        self._options = options
        self._programs = programs
        self._observer = observer
        self._isolates_sites = False
        self._used = 0.0
        self._is_counted = False

    def __lt__(self, other: "Lane") -> bool:
        """Who is lent first: the one whose browser was used last; one without comes last."""
        return (self.session is None, -self._used) < (other.session is None, -other._used)

    def ready(
        self, watch: Watch, *, isolates_sites: bool = False, gives_way: bool = False
    ) -> BrowserSession:
        """A browser that answers, the present one or a new one; from now on the watch ends it.

        With `gives_way` it works on what others leave of the machine. Raises SessionLost when none
        starts. For `isolates_sites` see `chromium_options`.
        """
        session = self._answering(watch, isolates_sites, gives_way)
        if gives_way and not session.gives_way:
            session.give_way()
        return session

    def _answering(self, watch: Watch, isolates_sites: bool, gives_way: bool) -> BrowserSession:
        if self.session is not None and (
            self._isolates_sites != isolates_sites or (self.session.gives_way and not gives_way)
        ):
            self.quit(BrowserEnd.RECYCLED)
        self._isolates_sites = isolates_sites
        if self.session is not None:
            watch.guards(self.session.end)
            if self.session.is_alive():
                return self.session
            self._end(BrowserEnd.DIED)
        self.session = start_session(
            chromium=self._programs.chromium,
            chromedriver=self._programs.chromedriver,
            grid_url=self._options.grid_url,
            proxy=self._options.grid_proxy or self.door.address,
            on_start=watch.guards,
            isolates_sites=isolates_sites,
        )
        watch.guards(self.session.end)
        self._is_counted = True
        self._observer.browser_started()
        return self.session

    def clean_up(self, result: Examined | PageError, approach: Approach) -> None:
        """Leave a clean tab for the next visit, or no browser if it must not be lent again.

        Who signed in by the approach stays so: the fleet signs out before any other visit.
        """
        session = self.session
        if session is None:
            return
        session.pages += 1
        self._used = time.monotonic()
        spoiled = isinstance(result, PageError) and result.code in _SPOILING
        if spoiled or session.is_stuck or session.ended:
            self._end(BrowserEnd.SPOILED)
            return
        if session.pages >= self._options.recycle_after_pages:
            self.quit(BrowserEnd.RECYCLED)
            return
        try:
            if approach.changes_browser or not _cleared(session, result):
                session.open_clean_tab(keeps_login=approach.login is not None)
        except FAILURES:
            # The page would not go; the next visit starts a new browser.
            self._end(BrowserEnd.SPOILED)

    def spoil(self) -> None:
        """What is in the browser is not known: it is not lent again."""
        if self.session is not None:
            self._end(BrowserEnd.SPOILED)

    def quit(self, reason: BrowserEnd) -> None:
        """Nobody needs the browser any more."""
        if self.session is not None:
            self.session.quit()
            self._forget(reason)

    def _end(self, reason: BrowserEnd) -> None:
        assert self.session is not None
        self.session.end()
        self._forget(reason)

    def _forget(self, reason: BrowserEnd) -> None:
        self.session = None
        if self._is_counted:
            self._is_counted = False
            self._observer.browser_ended(reason)


def _origin(result: Examined) -> str:
    scheme, authority = urlsplit(result.artifacts.final_url)[:2]
    return f"{scheme}://{authority}"


def _cleared(session: BrowserSession, result: Examined | PageError) -> bool:
    """Whether the tab is clean: it showed one whole document, of one site, which went quietly."""
    return (
        isinstance(result, Examined)
        and not result.has_frames
        and not result.partial_reasons
        and urlsplit(result.artifacts.url)[:2] == urlsplit(result.artifacts.final_url)[:2]
        and session.clear_tab(result.document.world.context_id, _origin(result))
    )
