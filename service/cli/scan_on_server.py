"""A scan that a running service makes, followed to its end through the API."""

import time
from dataclasses import asdict
from typing import Any

from service.cli.client import ServerAway, ServerClient
from service.cli.progress import ScanProgress
from service.cli.words import JOINED, CannotRun, say
from service.scans import (
    ENDED,
    FindingDocument,
    PageDocument,
    PictureKey,
    RefusedHost,
    ScanDocument,
    ScanRequest,
)
from service.scans.values import VISIT_ENDED

_POLL_S = 0.5
_AWAY_S = 60.0


def scan_on_server(
    server: str, token: str | None, project: str, request: ScanRequest, progress: ScanProgress
) -> ScanDocument:
    """The document of a scan that the server makes; the same as one made here."""
    with ServerClient(server, token) as client:
        asked = client.post(f"/projects/{project}/scans", _body(request))
        if asked["joined"]:
            say(JOINED)
        return document_on_server(client, _seen_through(client, asked, progress))


def scan_made_now(
    client: ServerClient, project: str, request: ScanRequest, progress: ScanProgress
) -> Any:
    """A scan of the server, once it has ended; no page of it was examined before this was called.

    One of the same words that was begun earlier is waited for, and then another is made. Raises
    `CannotRun` where it examined nothing.
    """
    while True:
        asked = client.post(f"/projects/{project}/scans", _body(request))
        scan = _seen_through(client, asked, progress)
        if not asked["joined"]:
            return scan


def _seen_through(client: ServerClient, asked: Any, progress: ScanProgress) -> Any:
    try:
        scan = _followed(client, asked["id"], progress)
    except KeyboardInterrupt:
        # One that somebody else asked for in the same words goes on for them.
        if not asked["joined"]:
            client.post(f"/scans/{asked['id']}/cancel", {})
        raise
    if scan["failure"] is not None and not scan["pages"]["examined"] + scan["pages"]["failed"]:
        raise CannotRun(scan["failure"])
    return scan


def document_on_server(client: ServerClient, scan: Any) -> ScanDocument:
    """The document of a scan that the server answered."""
    findings: dict[str, list[Any]] = {}
    for finding in client.every(f"/scans/{scan['id']}/findings"):
        findings.setdefault(finding["visit_id"], []).append(finding)
    return ScanDocument(
        standard=scan["standard"],
        engine=scan["engine"],
        pages=tuple(
            _page(visit, findings.get(visit["id"], []), scan["page_state"])
            for visit in client.every(f"/scans/{scan['id']}/pages")
        ),
        left_out=scan["left_out"],
        notices=tuple(scan["notices"]),
    )


def pictures_on_server(client: ServerClient, scan: Any) -> dict[PictureKey, bytes]:
    """Of the elements that failed in a scan that the server answered, WebP."""
    found: dict[PictureKey, bytes] = {}
    for visit in client.every(f"/scans/{scan['id']}/pages") if scan["pictures"] else ():
        at = f"/scans/{scan['id']}/pages/{visit['id']}"
        size = visit["viewport"]["width"], visit["viewport"]["height"]
        for selector in client.get(f"{at}/pictures")["selectors"]:
            content = client.get_bytes(f"{at}/picture", selector=selector)
            found[visit["url"], size, scan["page_state"], selector] = content
    return found


def _followed(client: ServerClient, scan_id: str, progress: ScanProgress) -> Any:
    """The scan as it is when it has ended."""
    told: str | None = None
    while True:
        scan = _standing(client, scan_id)
        progress.planned(scan["pages"]["requested"])
        for event, number, data in client.events(f"/scans/{scan_id}/events", told):
            told = number or told
            if event == "page":
                progress.page_ended(data["url"], data["error"], data["partial"])
            else:
                progress.planned(data["requested"])
            if event == "done":
                return _standing(client, scan_id)
        # They broke off, or never came through: to ask again tells why, and where they went on.
        if scan["state"] in ENDED:
            return scan
        time.sleep(_POLL_S)


def _standing(client: ServerClient, scan_id: str) -> Any:
    """The scan as it is. A server that restarts goes on with it, so it is waited for."""
    end = time.monotonic() + _AWAY_S
    is_told = False
    while True:
        try:
            return client.get(f"/scans/{scan_id}")
        except ServerAway as error:
            if time.monotonic() > end:
                raise
            if not is_told:
                say(
                    f"{str(error).rstrip('.')}. The scan goes on when it is back: it is waited for."
                )
                is_told = True
            time.sleep(_POLL_S)


def _body(request: ScanRequest) -> dict[str, Any]:
    return {
        "urls": list(request.urls),
        "sitemap": request.sitemap,
        "crawl": None if request.crawl is None else asdict(request.crawl),
        "max_pages": request.max_pages,
        "standard": request.standard,
        "viewports": [{"width": width, "height": height} for width, height in request.viewports],
        "checks": list(request.checks),
        "wait_for": request.wait_for,
        "fresh": request.fresh,
        "commit": asdict(request.commit),
        "page_state": request.page_state,
        **asdict(request.approach),
        "headers": dict(request.approach.headers),
    }


def _page(visit: dict[str, Any], findings: list[dict[str, Any]], page_state: str) -> PageDocument:
    fields = {name: visit[name] for name in PageDocument.__dataclass_fields__ if name in visit}
    fields["viewport"] = (visit["viewport"]["width"], visit["viewport"]["height"])
    if visit["state"] not in VISIT_ENDED:
        # The scan ended without it: no report may look whole for lack of a page.
        fields |= {"state": "error", "error": "infrastructure"}
    fields["page_state"] = page_state
    fields["partial_reasons"] = tuple(visit["partial_reasons"])
    fields["refused"] = tuple(RefusedHost(**each) for each in visit["refused"])
    fields["completed"] = frozenset(visit.get("completed", ()))
    fields["findings"] = tuple(_finding(each) for each in findings)
    return PageDocument(**fields)


def _finding(answer: dict[str, Any]) -> FindingDocument:
    fields = {name: answer[name] for name in FindingDocument.__dataclass_fields__}
    fields["criteria"] = tuple(answer["criteria"])
    return FindingDocument(**fields)
