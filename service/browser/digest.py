"""One digest for all that the findings of a visit depend on: equal digests, equal findings.

What stands in the document is told by digest.js. Beside it count what was asked for, who examines
(every source of `checks` and of this package, axe-core, Chromium), the headers of the document and
its frames, and what the guard refused. What cannot be told of makes no digest, never a weaker one.
"""

import hashlib
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import checks
from service.browser.axe import axe_options
from service.browser.failures import Clock, CommandRefused
from service.browser.gate import Document
from service.browser.guard import Door
from service.browser.session import BrowserSession
from service.browser.unseen import Place, closed_roots
from service.browser.values import Answer, VisitRequest

if TYPE_CHECKING:
    from service.browser.recording import Recording

COMMAND_CAP_S = 10.0
# The log of a page that is there may lag behind it on a busy machine.
LATE_LOG_S = 1.0
LATE_LOG_POLL_S = 0.02
# Headers that differ from answer to answer and are about the way of the answer, not about the page.
# All others count. (Set-Cookie is kept out of this log by Chromium itself.)
VOLATILE_HEADERS = frozenset(
    {
        "age", "alt-svc", "cf-ray", "connection", "date", "expires", "keep-alive", "nel",
        "report-to", "reporting-endpoints", "server-timing", "set-cookie", "transfer-encoding",
        "via", "x-amz-cf-id", "x-amz-id-2", "x-amz-request-id", "x-amzn-trace-id", "x-cache",
        "x-cache-hits", "x-correlation-id", "x-request-id", "x-response-time", "x-runtime",
        "x-served-by", "x-timer", "x-trace-id", "x-varnish", "traceparent",
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class State:
    """What stands in a tab. `digest` is None where something that counts cannot be told of.

    It does not know yet of closed shadow roots. `nodes` are those that stand elsewhere, as a survey
    counts them; 0 where none was made.
    """

    digest: str | None
    framed: bool
    nodes: int = 0


@dataclass
class Digests:
    """Makes the digests of one load of a page, in one size after the other."""

    session: BrowserSession
    axe_path: Path
    door: Door
    clock: Clock
    recording: "Recording"
    _answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    _hosts: set[str] = field(default_factory=set)
    _texts: dict[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        """Forget what was answered before. Before the page is asked for."""
        self._read_log()
        self.recording.clear()
        self._answers.clear()
        self._hosts.clear()
        self._texts.clear()

    def state(self, request: VisitRequest, document: Document) -> State:
        """The state of the document now. Raises WorldGone and what a command raises."""
        account = json.loads(document.world.call("account", timeout_s=self.clock.left_s()))
        return self.state_of(account, request, document)

    def state_of(
        self, account: Mapping[str, Any], request: VisitRequest, document: Document
    ) -> State:
        """The state that the document's account tells of, as digest.js gives it."""
        framed = bool(account["framed"])
        headers = self._headers(document)
        sheets = self._sheets(document, account.get("unreadable", ()))
        if "obstacle" in account or headers is None or sheets is None:
            return State(digest=None, framed=framed)
        text = account.get("text")
        digest = _hash(
            {
                "content": account["hash"] if text is None else _sha256(text),
                "headers": headers,
                "sheets": sheets,
                "status": document.status,
                "refused": self._refused(),
                "asked": asked(request),
                "browser": self.session.browser_version,
                "sources": sources_digest(self.axe_path),
            }
        )
        return State(
            digest=digest,
            framed=framed,
            nodes=account.get("survey", {}).get("nodes", 0),
        )

    def sealed(self, state: State, places: tuple[Place, ...] | None = None) -> str | None:
        """The digest with the places of closed shadow roots, which are looked for if not known.

        Raises what a command raises.
        """
        if state.digest is None:
            return None
        if places is None:
            roots = closed_roots(self.session, state.nodes, self.clock)
            places = tuple(root.place for root in roots)
        return _hash({"state": state.digest, "closed": places})

    def answers(self, document: Document) -> tuple[Answer, ...] | None:
        """What the document was made from, where that can be told and makes all of it."""
        end = time.monotonic() + min(LATE_LOG_S, self.clock.left_s())
        while self.recording.is_behind and time.monotonic() < end:
            time.sleep(LATE_LOG_POLL_S)
            self._read_log()
        return self.recording.answers(document, self.clock)

    def _headers(self, document: Document) -> list[Any] | None:
        """Of the document and of its frames' documents; None when the document's are not known."""
        self._read_log()
        own = self._answers.get(document.world.frame_id)
        if own is None or own["url"].partition("#")[0] != document.href.partition("#")[0]:
            return None
        return sorted([answer["url"], answer["counting"]] for answer in self._answers.values())

    def _read_log(self) -> None:
        try:
            events = self.session.read_log(self.clock.left_s(COMMAND_CAP_S))
        except CommandRefused:
            # A Grid's node without this log: nothing is known of headers, so nothing is reused.
            return
        for event in events:
            self.recording.note(event)
            params = event["params"]
            method = event["method"]
            if method == "Network.requestWillBeSent":
                url = params["request"]["url"]
                self._hosts.add(urlsplit(url).hostname or "")
                if params.get("type") == "Stylesheet":
                    self._texts.pop(url, None)
            elif method == "Network.webSocketCreated":
                self._hosts.add(urlsplit(params["url"]).hostname or "")
            elif method == "Network.responseReceived" and params["type"] == "Document":
                response = params["response"]
                self._answers[params["frameId"]] = {
                    "url": response["url"],
                    "counting": counting_headers(response["headers"]),
                }

    def _refused(self) -> list[list[object]]:
        """Without what Chromium wanted for itself, which differs from visit to visit."""
        return sorted(
            [each.host, each.port, each.code, each.reason, each.is_cut]
            for each in self.door.refusals
            if each.host in self._hosts
        )

    def _sheets(self, document: Document, urls: Iterable[str]) -> list[list[str]] | None:
        """The hashes of style sheets that no script may read; None when one cannot be had."""
        for url in set(urls) - self._texts.keys():
            try:
                answer = self.session.command(
                    "Page.getResourceContent",
                    self.clock.left_s(COMMAND_CAP_S),
                    frameId=document.world.frame_id,
                    url=url,
                )
            except CommandRefused:
                return None
            # What it imports in its turn is out of reach.
            if answer["base64Encoded"] or "@import" in answer["content"].lower():
                return None
            # Kept until it is loaded again.
            self._texts[url] = _sha256(answer["content"])
        return sorted([url, self._texts[url]] for url in set(urls))


def counting_headers(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Names in lower case and values, sorted, without those that differ from answer to answer."""
    pairs = ((name.lower(), value) for name, value in headers.items())
    return sorted(pair for pair in pairs if pair[0] not in VOLATILE_HEADERS)


@lru_cache(maxsize=2)
def sources_digest(axe_path: Path) -> str:
    """A digest of axe-core and of every source that takes part in making a finding."""
    folders = (Path(checks.__file__).parent, Path(__file__).parent)
    files = [
        file
        for folder in folders
        for file in sorted(folder.rglob("*"))
        if file.suffix in {".py", ".js"}
    ]
    total = hashlib.sha256(axe_path.read_bytes())
    for file in files:
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def asked(request: VisitRequest) -> dict[str, Any]:
    return {
        "url": request.url,
        "viewport": str(request.viewport),
        "options": axe_options(request.axe_tags),
        "wait_for": request.wait_for,
        "must_contain": request.approach.must_contain,
        "allowed_hosts": sorted(request.allowed_hosts),
        "site_hosts": sorted(request.site_hosts),
    }


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _hash(value: Mapping[str, Any]) -> str:
    return _sha256(json.dumps(value, sort_keys=True))
