"""Scans kept in a store of this machine: requested, executed and followed in this process."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from service import scans
from service.access import Permission
from service.cli.console import closing_engine, find_project, local_work, prepare
from service.cli.progress import ScanProgress
from service.cli.words import JOINED, CannotRun, say
from service.config import Settings
from service.errors import Unavailable
from service.jobs import JobQueue
from service.scans import PictureKey, ScanDocument, ScanEvent, ScanRequest
from service.store import utc_now

# How often pages are told; a scan that ends in this process is told at once.
_POLL_S = 0.5


@dataclass(frozen=True, kw_only=True)
class StoreAtWork:
    """A store, and this process examining what is asked for there."""

    engine: sa.Engine
    queue: JobQueue
    executor: scans.ScanExecutor

    def scan(self, project: str, request: ScanRequest, progress: ScanProgress) -> str:
        """The id of a scan, once it has ended. Raises `CannotRun` where it examined nothing.

        One of the same words that has not ended goes on instead of a new one.
        """
        scan_id, is_joined = self._ask(project, request)
        if is_joined:
            say(JOINED)
        self._see_through(scan_id, is_joined, progress)
        return scan_id

    def scan_now(self, project: str, request: ScanRequest, progress: ScanProgress) -> str:
        """The same, and no page of it was examined before this was called.

        One of the same words that was begun earlier is waited for, and then another is made.
        """
        while True:
            scan_id, is_joined = self._ask(project, request)
            self._see_through(scan_id, is_joined, progress)
            if not is_joined:
                return scan_id

    def _ask(self, project: str, request: ScanRequest) -> tuple[str, bool]:
        """The id of the scan, and whether it was asked for before."""
        with local_work(self.engine) as work:
            found = find_project(work, project, Permission.SCAN)
            scan = scans.request_scan(work, self.queue, found, request)
            return scan.id, scans.is_joined(work, scan)

    def _see_through(self, scan_id: str, is_joined: bool, progress: ScanProgress) -> None:
        try:
            self._follow(scan_id, progress)
        except Unavailable as error:
            raise CannotRun(
                f"{error.detail} What is stored is kept; what next works on this store "
                "goes on with this scan."
            ) from error
        except KeyboardInterrupt:
            # Else whoever starts next on this store would go on with it. One that was under way
            # before is for somebody else.
            if not is_joined:
                with local_work(self.engine) as work:
                    scans.cancel_scan(work, scans.find_scan(work, scan_id))
                self.queue.cancel(scan_id)
            raise
        with local_work(self.engine) as work:
            scan = scans.find_scan(work, scan_id)
            if scan.failure is not None and scan.ended_count == 0:
                raise CannotRun(scan.failure)

    def _follow(self, scan_id: str, progress: ScanProgress) -> None:
        told = 0
        while True:
            for event in self._events_after(scan_id, told):
                told = event.number if event.number is not None else told
                if event.kind == "page":
                    data = event.data
                    progress.page_ended(data["url"], data["error"], data["partial"])
                if event.kind == "progress":
                    progress.planned(event.data["requested"])
                if event.kind == "done":
                    return
            self.executor.check_queue()
            self.executor.wait_for_end(_POLL_S)

    def _events_after(self, scan_id: str, number: int) -> list[ScanEvent]:
        with self.executor.outlasting():
            return list(scans.events_after(self.engine, scan_id, number))
        return []

    def document(self, scan_id: str) -> ScanDocument:
        """What a scan found."""
        with local_work(self.engine) as work:
            return scans.document_of(work.session, scans.find_scan(work, scan_id))

    def pictures(self, scan_id: str) -> dict[PictureKey, bytes]:
        """Of the elements that failed, WebP."""
        with local_work(self.engine) as work:
            return scans.pictures_of(work.session, scans.find_scan(work, scan_id))


@contextmanager
def store_at_work(settings: Settings, *, browsers: int = 0) -> Iterator[StoreAtWork]:
    """The store of these settings, with this process as what executes its scans.

    So many `browsers` start while the store is prepared; others when they are needed.
    """
    with closing_engine(settings) as engine:
        executor = scans.ScanExecutor(engine, settings, utc_now)
        try:
            executor.warm_up(browsers)
            prepare(engine, settings)
            executor.start()
            with contextlib.closing(JobQueue(engine, executor.look)) as queue:
                yield StoreAtWork(engine=engine, queue=queue, executor=executor)
        finally:
            executor.stop()


def scan_in_store(
    settings: Settings,
    project: str,
    request: ScanRequest,
    progress: ScanProgress,
    *,
    on_picture: Callable[[PictureKey, bytes], None] = lambda _key, _content: None,
) -> ScanDocument:
    """The document of a scan that the store keeps; `on_picture` is told of its pictures."""
    with store_at_work(settings, browsers=_certainly_needed(settings, request)) as store:
        scan_id = store.scan(project, request, progress)
        store.executor.begin_to_stop()
        for key, content in store.pictures(scan_id).items():
            on_picture(key, content)
        return store.document(scan_id)


def _certainly_needed(settings: Settings, request: ScanRequest) -> int:
    """How many browsers the scan will use. In a store with earlier visits it may need none."""
    is_new = (
        settings.is_sqlite and not Path(sa.make_url(settings.database_url).database or "").exists()
    )
    if request.approach.is_confidential or not (is_new or request.fresh):
        return 0
    return len(request.urls) or settings.lanes
