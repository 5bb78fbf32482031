"""What the network log of one load tells: every request, its answer, and the body it brought."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from service.browser.digest import counting_headers
from service.browser.failures import Clock, CommandRefused
from service.browser.gate import Document
from service.browser.headers import as_sent, certificate_of, is_lasting
from service.browser.kept import Headers
from service.browser.scriptless import is_scriptless, stays
from service.browser.session import BrowserSession
from service.browser.values import Answer, Hop

COMMAND_CAP_S = 10.0
MAX_ANSWERS = 300
MAX_BODIES_BYTES = 10_000_000
# What a document without scripts is made of. Any other kind of request makes it another page.
_KINDS = frozenset({"Document", "Stylesheet", "Image", "Font"})


class NotTold(Exception):
    """Something counts that the log does not tell: the page cannot be known by its answers."""


@dataclass
class Head:
    """One hop: what was asked for, and what was answered, as the renderer knows both."""

    url: str
    method: str
    response: Mapping[str, Any] | None = None
    on_wire: bool = False


@dataclass
class Exchange:
    """One request with its redirects, as the log tells of it bit by bit."""

    id: str
    kind: str = ""
    frame_id: str = ""
    heads: list[Head] = field(default_factory=list)
    sent: list[Mapping[str, str]] = field(default_factory=list)
    received: list[Mapping[str, str]] = field(default_factory=list)
    length: int = 0
    is_cached: bool = False
    is_finished: bool = False

    @property
    def url(self) -> str:
        return self.heads[-1].url

    @property
    def is_icon(self) -> bool:
        """The browser's own request for what it shows beside the title, in no page's rendering."""
        accepted = self.sent[0].get("Accept", "") if self.sent else ""
        return self.kind == "Other" and accepted.startswith("image/")

    @property
    def over_network(self) -> list[Head]:
        return [head for head in self.heads if head.on_wire and not self.is_cached]

    @property
    def is_told(self) -> bool:
        """Whether the headers of each hop over the network are there, and none besides."""
        return len(self.over_network) == len(self.sent) == len(self.received)

    def asked(self) -> Iterator[tuple[Head, Mapping[str, str] | None, bool]]:
        """Each hop with the headers that went over the network, and whether it lasts.

        None for a hop whose answer came from a cache, or of which too little was told.
        """
        is_told = self.is_told
        wire = iter(zip(self.sent, self.received, strict=True) if is_told else ())
        for head in self.heads:
            if is_told and head in self.over_network:
                sent, received = next(wire)
                yield head, sent, is_lasting(sent, received)
            else:
                yield head, None, True


class Recording:
    """Of one load of a page, from `clear` on. `answers` asks the browser for the bodies."""

    def __init__(self, session: BrowserSession) -> None:
        self._session = session
        self.clear()

    def clear(self) -> None:
        self._exchanges: dict[str, Exchange] = {}
        self._is_strange = False
        self._bodies: dict[str, str] = {}

    def note(self, event: Mapping[str, Any]) -> None:
        """Take in one event of the log, in its order."""
        method, params = event["method"], event["params"]
        if method.startswith(("Network.webSocket", "Network.webTransport")):
            self._is_strange = True
            return
        if not method.startswith("Network.") or "requestId" not in params:
            return
        id_ = params["requestId"]
        exchange = self._exchanges.setdefault(id_, Exchange(id=id_))
        if method == "Network.requestWillBeSent":
            _note_request(params, exchange)
        elif method == "Network.requestWillBeSentExtraInfo":
            exchange.sent.append(params["headers"])
        elif method == "Network.responseReceivedExtraInfo":
            exchange.received.append(params["headers"])
        elif method == "Network.requestServedFromCache":
            exchange.is_cached = True
        elif method == "Network.responseReceived" and exchange.heads:
            exchange.heads[-1].response = params["response"]
            exchange.heads[-1].on_wire = params.get("hasExtraInfo", False)
        elif method == "Network.dataReceived":
            exchange.length += params["dataLength"]
        elif method == "Network.loadingFinished" and exchange.heads:
            exchange.is_finished = True
        # What went over the network may be told after the end of it, by another of its processes.
        if exchange.is_finished:
            for head, sent, lasts in exchange.asked():
                if sent is not None:
                    self._session.kept.remember_asked(head.url, sent if lasts else None)

    @property
    def is_behind(self) -> bool:
        """Whether headers of finished exchanges are still to be told."""
        return any(each.is_finished and not each.is_told for each in self._exchanges.values())

    def answers(self, document: Document, clock: Clock) -> tuple[Answer, ...] | None:
        """All that the document was made from; None unless nothing else made it what it is.

        Raises what a command raises, but for a refusal.
        """
        if document.content_type != "text/html":
            # In XML an element's name can be spelled in many ways.
            return None
        try:
            return tuple(self._told(document, clock))
        except (NotTold, CommandRefused):
            return None

    def _told(self, document: Document, clock: Clock) -> Iterator[Answer]:
        exchanges = [
            each
            for each in self._exchanges.values()
            # What came before this load, or stands in the document or a style sheet itself.
            if each.heads and not each.url.startswith("data:") and not each.is_icon
        ]
        if self._is_strange or len(exchanges) > MAX_ANSWERS:
            raise NotTold
        if any(not each.is_finished or each.kind not in _KINDS for each in exchanges):
            raise NotTold
        if sum(each.length for each in exchanges) > MAX_BODIES_BYTES:
            raise NotTold
        documents = [each for each in exchanges if each.kind == "Document"]
        if len(documents) != 1 or documents[0].frame_id != document.world.frame_id:
            raise NotTold
        own = documents[0]
        if own.url.partition("#")[0] != document.href.partition("#")[0]:
            raise NotTold
        yield self._answer(own, document, clock)
        for exchange in exchanges:
            if exchange is not own:
                yield self._answer(exchange, document, clock)

    def _answer(self, exchange: Exchange, document: Document, clock: Clock) -> Answer:
        hops = tuple(self._hops(exchange))
        sha256 = self._bodies.get(exchange.id)
        if sha256 is None:
            sha256 = self._bodies[exchange.id] = self._hash(exchange, document, clock)
        return Answer(hops=hops, sha256=sha256)

    def _hops(self, exchange: Exchange) -> Iterator[Hop]:
        for head, sent, lasts in exchange.asked():
            response = head.response
            if response is None or head.method != "GET" or not lasts:
                raise NotTold
            if response.get("fromServiceWorker") or not is_lasting({}, response["headers"]):
                raise NotTold
            asked = tuple(sent.items()) if sent else self._session.kept.asked.get(head.url)
            if asked is None or not head.url.startswith(("http://", "https://")):
                raise NotTold
            yield Hop(
                url=head.url.partition("#")[0],
                asked=as_sent(asked),
                status=response["status"],
                counting=tuple(counting_headers(_joined(response["headers"]))),
                certificate=self._certificate(head.url),
            )

    def _certificate(self, url: str) -> str | None:
        """Of the server's; not every answer of a server comes with it."""
        if url.startswith("http://"):
            return None
        for exchange in self._exchanges.values():
            for head in exchange.heads:
                details = (head.response or {}).get("securityDetails")
                if details is not None and urlsplit(head.url)[:2] == urlsplit(url)[:2]:
                    return certificate_of(
                        details["validFrom"], details["validTo"], details["sanList"]
                    )
        raise NotTold

    def _hash(self, exchange: Exchange, document: Document, clock: Clock) -> str:
        """Of the decoded body; of one from the browser's cache as it was when it came."""
        response = exchange.heads[-1].response or {}
        headers: Headers = tuple(response["headers"].items())
        kept = self._session.kept
        from_cache = exchange.is_cached or response.get("fromDiskCache", False)
        known = kept.hashes.get((exchange.url, headers))
        # A document's letters have to be looked at.
        if from_cache and known is not None and exchange.kind != "Document":
            return known
        sha256 = hashlib.sha256(self._body(exchange, response, document, clock)).hexdigest()
        kept.remember_hash(exchange.url, headers, sha256)
        return sha256

    def _body(
        self, exchange: Exchange, response: Mapping[str, Any], document: Document, clock: Clock
    ) -> bytes:
        told = self._session.command(
            "Network.getResponseBody", clock.left_s(COMMAND_CAP_S), requestId=exchange.id
        )
        text = told["body"]
        if told["base64Encoded"]:
            # Nobody has looked at its letters.
            if exchange.kind in {"Document", "Stylesheet"}:
                raise NotTold
            body = base64.b64decode(text)
        else:
            if not stays(text) or (exchange.kind == "Document" and not is_scriptless(text)):
                raise NotTold
            if not text.isascii() and not self._is_utf8(exchange, response, text, document, clock):
                raise NotTold
            body = _utf8(text)
        # Chromium tells decoded text. Only where these are equal it came from these very bytes.
        if len(body) != exchange.length:
            raise NotTold
        return body

    def _is_utf8(
        self,
        exchange: Exchange,
        response: Mapping[str, Any],
        text: str,
        document: Document,
        clock: Clock,
    ) -> bool:
        declared = str(response.get("charset", "")).lower()
        if declared:
            return declared == "utf-8"
        if exchange.kind == "Document":
            return bool(document.world.evaluate("document.characterSet", clock.left_s()) == "UTF-8")
        return text[:17].lower() == '@charset "utf-8";'


def _joined(headers: Mapping[str, str]) -> dict[str, str]:
    """Chromium writes a header that came twice on two lines, or on one, as HTTP allows."""
    return {name: value.replace("\n", ", ") for name, value in headers.items()}


def _note_request(params: Mapping[str, Any], exchange: Exchange) -> None:
    exchange.kind = params.get("type", "")
    exchange.frame_id = params.get("frameId", "")
    if exchange.heads:
        exchange.heads[-1].response = params.get("redirectResponse")
        exchange.heads[-1].on_wire = params.get("redirectHasExtraInfo", False)
    request = params["request"]
    exchange.heads.append(Head(url=request["url"], method=request["method"]))


def _utf8(text: str) -> bytes:
    # What could not be decoded stands there as this, and what it was is not known.
    if "\ufffd" in text:
        raise NotTold
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise NotTold from error
