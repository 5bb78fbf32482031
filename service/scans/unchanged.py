"""Pages that are the same as at their last visit, told without a browser."""

import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from checks import PageArtifacts
from service.browser import Sources, Viewport, VisitOutcome, VisitRequest
from service.browser.asking import Asker, Shared
from service.browser.guard import Door, EgressPolicy, Guard, guarded_client
from service.scans.reusing import Earlier

# More is a reason to look with a browser, which has a deadline of its own.
_SHARE_OF_DEADLINE = 0.25
# Scans whose shared answers are kept.
_SCANS = 8


class Rechecker(Protocol):
    """Who can tell that a page is as it was, and what its visits then bring."""

    def knows(
        self,
        request: VisitRequest,
        earlier: Mapping[Viewport, Earlier],
        viewports: Sequence[Viewport],
    ) -> bool:
        """Whether `unchanged` has anything to go by."""

    def unchanged(
        self,
        scan_id: str,
        request: VisitRequest,
        earlier: Mapping[Viewport, Earlier],
        viewports: Sequence[Viewport],
        cancelled: threading.Event,
    ) -> tuple[VisitOutcome, ...] | None:
        """The outcomes in the order of the viewports; None where a browser has to look."""


class Examiner(Protocol):
    """What has to be known of a fleet: the conditions of its visits, and its way out."""

    @property
    def guard(self) -> Guard: ...
    @property
    def browser_version(self) -> str | None: ...
    @property
    def axe_version(self) -> str: ...
    def conditions(self, request: VisitRequest) -> str | None: ...
    def policy(self, request: VisitRequest) -> EgressPolicy: ...


class AlwaysVisit:
    """Nothing is told without a browser."""

    def knows(self, *_: object) -> bool:
        return False

    def unchanged(self, *_: object) -> None:
        return None


class AskAgain:
    """Asks again for all that a page without scripts was made from. Thread-safe.

    It goes out through doors of the fleet's guard, by the rules of a browser's visit.
    """

    def __init__(self, fleet: Examiner) -> None:
        self._fleet = fleet
        self._free: queue.LifoQueue[Door] = queue.LifoQueue()
        self._lock = threading.Lock()
        self._shared: OrderedDict[str, Shared] = OrderedDict()

    def knows(
        self,
        request: VisitRequest,
        earlier: Mapping[Viewport, Earlier],
        viewports: Sequence[Viewport],
    ) -> bool:
        known = _sources(earlier, viewports)
        if request.wants_links and any(sources.links is None for sources in known):
            return False
        return len(known) == len(viewports) and all(
            sources.conditions == self._fleet.conditions(replace(request, viewport=viewport))
            for sources, viewport in zip(known, viewports, strict=True)
        )

    def unchanged(
        self,
        scan_id: str,
        request: VisitRequest,
        earlier: Mapping[Viewport, Earlier],
        viewports: Sequence[Viewport],
        cancelled: threading.Event,
    ) -> tuple[VisitOutcome, ...] | None:
        started = time.monotonic()
        known = _sources(earlier, viewports)
        answers = tuple(dict.fromkeys(answer for each in known for answer in each.answers))
        try:
            with self._asker(request, cancelled) as asker:
                if not asker.are_unchanged(answers, self._shared_by(scan_id)):
                    return None
        except (OSError, TimeoutError):
            # The guard has no door for this; the browser's visit will tell if it cannot go out.
            return None
        took_ms = int((time.monotonic() - started) * 1000)
        return tuple(
            self._outcome(request, sources, earlier[viewport], took_ms)
            for sources, viewport in zip(known, viewports, strict=True)
        )

    @contextmanager
    def _asker(self, request: VisitRequest, cancelled: threading.Event) -> Iterator[Asker]:
        try:
            door = self._free.get_nowait()
        except queue.Empty:
            door = self._fleet.guard.open_door()
        policy = self._fleet.policy(request)
        door.begin(policy)
        try:
            with guarded_client(door) as client:
                yield Asker(
                    client,
                    door,
                    deadline_s=request.deadline_s * _SHARE_OF_DEADLINE,
                    max_bytes=policy.max_response_bytes,
                    has_to_stop=cancelled.is_set,
                )
        finally:
            door.end()
            self._free.put(door)

    def _shared_by(self, scan_id: str) -> Shared:
        with self._lock:
            shared = self._shared.pop(scan_id, None) or Shared()
            self._shared[scan_id] = shared
            if len(self._shared) > _SCANS:
                self._shared.popitem(last=False)
            return shared

    def _outcome(
        self, request: VisitRequest, sources: Sources, earlier: Earlier, took_ms: int
    ) -> VisitOutcome:
        return VisitOutcome(
            state="examined",
            partial=False,
            partial_reasons=(),
            error=None,
            artifacts=PageArtifacts(
                url=request.url,
                final_url=sources.final_url,
                status=sources.status,
                content_type=sources.content_type,
                title=sources.title,
                language=sources.language,
                axe={},
                links=sources.links if request.wants_links else None,
            ),
            timings_ms={"ask": took_ms, "total": took_ms},
            browser_version=self._fleet.browser_version,
            axe_version=self._fleet.axe_version,
            digest=earlier.digest,
            reused=True,
            sources=sources,
        )


def _sources(earlier: Mapping[Viewport, Earlier], viewports: Sequence[Viewport]) -> list[Sources]:
    """Those that are known, in the order of the viewports."""
    found = (earlier[each].sources for each in viewports if each in earlier)
    return [each for each in found if each is not None]
