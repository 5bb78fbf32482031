"""A gate over scans that a running service makes; the service judges, by its own ledger."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from service.barriers.gate.baseline import write_baseline
from service.barriers.gate.values import Verdict
from service.cli.client import ServerClient
from service.cli.gate_places import Place, Terms, policy_body
from service.cli.progress import ScanProgress
from service.cli.scan_on_server import document_on_server, pictures_on_server, scan_made_now
from service.cli.scan_options import naming_options
from service.cli.words import CannotRun
from service.scans import PictureKey, ScanDocument, ScanRequest

_VERDICT = TypeAdapter(Verdict)


@dataclass
class OnServer:
    """A running service, asked through its API."""

    client: ServerClient
    project: str
    terms: Terms
    _visits: list[list[Any]] = field(default_factory=list)

    def visit(self, requests: tuple[ScanRequest, ...], progress: ScanProgress) -> None:
        self._visits.append([self._scan(request, progress) for request in requests])

    def _scan(self, request: ScanRequest, progress: ScanProgress) -> Any:
        with naming_options(request):
            return scan_made_now(self.client, self.project, request, progress)

    def verdict(self) -> Verdict:
        terms = self.terms
        first, *again = [[scan["id"] for scan in visit] for visit in self._visits]
        body: dict[str, Any] = {
            "also": first[1:],
            "again": again,
            "final_urls": dict(terms.final_urls),
            "base_shas": list(terms.base.shas),
            "branch": terms.base.branch,
        }
        if not terms.is_bare:
            body |= policy_body(terms.words)
        if terms.baseline is not None:
            body["baseline"] = {
                "name": terms.baseline.source,
                "text": write_baseline(terms.baseline),
            }
        return verdict_of(self.client.post(f"/scans/{first[0]}/gate", body))

    def documents(self) -> tuple[ScanDocument, ...]:
        return tuple(
            ScanDocument.merged([document_on_server(self.client, scan) for scan in visit])
            for visit in self._visits
        )

    def pictures(self) -> Mapping[PictureKey, bytes]:
        pictures: dict[PictureKey, bytes] = {}
        for visit in self._visits:
            for scan in visit:
                pictures |= pictures_on_server(self.client, scan)
        return pictures


def verdict_of(answer: Any) -> Verdict:
    """The verdict as the server told it. Raises `CannotRun` where it is not like one."""
    try:
        return _VERDICT.validate_python(_with_sizes(answer))
    except ValidationError as error:
        raise CannotRun("The server's verdict cannot be read; is it of another release?") from error


def _with_sizes(value: Any) -> Any:
    """The same, with viewports as (width, height)."""
    if isinstance(value, list):
        return [_with_sizes(each) for each in value]
    if not isinstance(value, dict):
        return value
    told = {name: _with_sizes(each) for name, each in value.items()}
    if isinstance(told.get("viewport"), dict):
        told["viewport"] = (told["viewport"].get("width"), told["viewport"].get("height"))
    return told


@contextmanager
def place_on_server(server: str, token: str | None, project: str, terms: Terms) -> Iterator[Place]:
    """A running service. Raises `CannotRun` with its own words."""
    with ServerClient(server, token) as client:
        yield OnServer(client=client, project=project, terms=terms)
