"""A gate over scans that a store of this machine keeps, beside its ledger."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from service import scans
from service.access import Permission
from service.barriers.gate.policy import PolicyWords
from service.barriers.gate.values import Verdict
from service.cli.console import find_project, local_work
from service.cli.gate_places import Place, Terms
from service.cli.progress import ScanProgress
from service.cli.scan_in_store import StoreAtWork, store_at_work
from service.cli.scan_options import naming_options
from service.config import Settings
from service.scans import PictureKey, ScanDocument, ScanRequest
from service.scans.gating import GateRequest, gate_scans


@dataclass
class InStore:
    """This machine with a store."""

    store: StoreAtWork
    project: str
    terms: Terms
    _visits: list[tuple[str, ...]] = field(default_factory=list)

    def visit(self, requests: tuple[ScanRequest, ...], progress: ScanProgress) -> None:
        self._visits.append(tuple(self._scan(request, progress) for request in requests))

    def _scan(self, request: ScanRequest, progress: ScanProgress) -> str:
        with naming_options(request):
            return self.store.scan_now(self.project, request, progress)

    def verdict(self) -> Verdict:
        terms = self.terms
        with local_work(self.store.engine) as work:
            found = [
                tuple(scans.find_scan(work, scan_id) for scan_id in visit) for visit in self._visits
            ]
            words: PolicyWords = terms.words
            project = find_project(work, self.project, Permission.READ)
            if terms.is_bare and project.policy is not None:
                words = PolicyWords.model_validate(project.policy)
            return gate_scans(
                work,
                found[0],
                GateRequest(
                    policy=words.to_policy(),
                    baseline=terms.baseline,
                    base=terms.base,
                    again=tuple(found[1:]),
                    final_urls=terms.final_urls,
                ),
            )

    def documents(self) -> tuple[ScanDocument, ...]:
        return tuple(
            ScanDocument.merged([self.store.document(scan_id) for scan_id in visit])
            for visit in self._visits
        )

    def pictures(self) -> Mapping[PictureKey, bytes]:
        return {
            key: content
            for visit in self._visits
            for scan_id in visit
            for key, content in self.store.pictures(scan_id).items()
        }


@contextmanager
def place_in_store(settings: Settings, project: str, terms: Terms) -> Iterator[Place]:
    """The store of these settings, at work in this process."""
    with store_at_work(settings) as store:
        yield InStore(store=store, project=project, terms=terms)
