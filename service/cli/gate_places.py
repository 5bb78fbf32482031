"""Where a gate examines pages: here, here with a store, or on a server.

Each place makes scans and judges them by the same pure function; a server does so on its side.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from service import scans
from service.barriers.gate.baseline import Baseline
from service.barriers.gate.policy import PolicyFile
from service.barriers.gate.values import Verdict
from service.barriers.gate.visits import Question, judge_visits
from service.browser import Fleet
from service.cli.gate_plan import site_of
from service.cli.progress import ScanProgress
from service.cli.words import CannotRun
from service.config import Settings
from service.projects import page_key
from service.scans import PictureKey, ScanDocument, ScanRequest
from service.scans.gating import Base
from service.scans.targets import TargetsUnreadable
from service.scans.web import GuardedWeb
from service.store import utc_now


@dataclass(frozen=True, kw_only=True)
class Terms:
    """By what a place is to judge. `is_bare` tells that no policy was named or found."""

    words: PolicyFile
    is_bare: bool
    baseline: Baseline | None
    base: Base
    final_urls: Mapping[str, str]


class Place(Protocol):
    """Visits pages, and judges what all visits so far found."""

    def visit(self, requests: tuple[ScanRequest, ...], progress: ScanProgress) -> None:
        """Make these scans; they are one visit."""

    def verdict(self) -> Verdict:
        """The verdict on all visits so far."""

    def documents(self) -> tuple[ScanDocument, ...]:
        """What each visit found, whole."""

    def pictures(self) -> Mapping[PictureKey, bytes]:
        """What elements look like, as far as pictures were asked for."""


@dataclass
class Unstored:
    """This machine, keeping nothing."""

    fleet: Fleet
    settings: Settings
    terms: Terms
    origins: tuple[str, ...]
    _visits: list[ScanDocument] = field(default_factory=list)
    _pictures: dict[PictureKey, bytes] = field(default_factory=dict)

    def visit(self, requests: tuple[ScanRequest, ...], progress: ScanProgress) -> None:
        self._visits.append(
            ScanDocument.merged([self._scan(request, progress) for request in requests])
        )

    def verdict(self) -> Verdict:
        terms = self.terms
        site = site_of(self.origins)
        return judge_visits(
            self._visits,
            Question(
                policy=terms.words.to_policy(),
                baseline=terms.baseline,
                today=utc_now().date(),
                final_urls={
                    page_key(site, url): page_key(site, final)
                    for url, final in terms.final_urls.items()
                },
                remarks=()
                if terms.baseline is not None
                else ("There is no baseline: everything counts as new.",),
            ),
        )

    def documents(self) -> tuple[ScanDocument, ...]:
        return tuple(self._visits)

    def pictures(self) -> Mapping[PictureKey, bytes]:
        return self._pictures

    def _scan(self, request: ScanRequest, progress: ScanProgress) -> ScanDocument:
        settings = self.settings
        try:
            return scans.examine_unstored(
                self.fleet,
                request,
                scans.Conditions(
                    allowed_hosts=frozenset(settings.allow_hosts),
                    page_deadline_s=settings.page_deadline_s,
                    lanes=settings.lanes,
                    origins=self.origins,
                ),
                on_page=lambda page: progress.page_ended(page.url, page.error, page.partial),
                on_planned=progress.planned,
                on_picture=self._pictures.__setitem__,
                open_web=GuardedWeb(self.fleet.guard, scans.browser_options(settings)),
            )
        except TargetsUnreadable as error:
            raise CannotRun(str(error)) from error


@contextmanager
def unstored_place(settings: Settings, terms: Terms, origins: tuple[str, ...]) -> Iterator[Place]:
    """This machine. Raises `CannotRun` where the policy asks what only a ledger can tell."""
    if terms.words.gate.witnessed:
        raise CannotRun(
            "witnessed = true asks what people met, which the ledger tells: name it with --server "
            "(LUISKA_SERVER) or --store."
        )
    with Fleet(scans.browser_options(settings)) as fleet:
        yield Unstored(fleet=fleet, settings=settings, terms=terms, origins=origins)


def policy_body(words: PolicyFile) -> dict[str, Any]:
    """The part of a policy that judges, as the API takes it."""
    return words.model_dump(mode="json", include={"gate", "suppress"}, exclude_none=True)
