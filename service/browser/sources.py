"""What a page was made from: every answer that Chromium got for it, and under which conditions.

A page that runs no script is a function of these. Where all of them are the same again, so is the
page, and what was found on it still holds without a browser.
"""

import hashlib
import json
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from checks.values import Link, Links
from service.browser.digest import asked, sources_digest
from service.browser.values import Answer, Hop, Sources, VisitRequest


def conditions(request: VisitRequest, *, browser_version: str, axe_path: Path, machine: str) -> str:
    """A digest of all that findings depend on beside the answers: who asks what, and where."""
    return hashlib.sha256(
        json.dumps(
            {
                "asked": asked(request),
                "browser": browser_version,
                "sources": sources_digest(axe_path),
                "machine": machine,
            },
            sort_keys=True,
        ).encode()
    ).hexdigest()


def packed(sources: Sources) -> bytes:
    """As few bytes as its headers, which are much the same from answer to answer, allow."""
    return zlib.compress(json.dumps(asdict(sources)).encode())


def unpacked(content: bytes) -> Sources | None:
    """What `packed` was given; None of what another release wrote in its own way."""
    try:
        told = json.loads(zlib.decompress(content))
        answers = tuple(_answer(each) for each in told.pop("answers"))
        return Sources(answers=answers, links=_links(told.pop("links")), **told)
    except (zlib.error, ValueError, KeyError, TypeError, AttributeError):
        return None


def _answer(told: dict[str, Any]) -> Answer:
    hops = (
        Hop(**{**hop, "asked": _pairs(hop["asked"]), "counting": _pairs(hop["counting"])})
        for hop in told["hops"]
    )
    return Answer(hops=tuple(hops), sha256=told["sha256"])


def _links(told: dict[str, Any] | None) -> Links | None:
    if told is None:
        return None
    return Links(**{**told, "found": tuple(Link(**each) for each in told["found"])})


def _pairs(values: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in values)
