"""What tests of attacks have in common: the names, the fleet's options, how a page is attacked."""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import matrix
from victims import Attacker

from service.browser import BrowserOptions, Fleet, Viewport, VisitOutcome, VisitRequest
from service.browser.addresses import resolve_name
from service.browser.guard.passage import ProtocolFactory, connect_to
from service.config import DenyList

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
DENIED = "denied.example"


class Names:
    """A resolver whose answers change; what it does not know is asked of the system."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()

    def forget(self) -> None:
        self._asked.clear()

    def __call__(self, host: str) -> list[str]:
        if host == DENIED:
            return ["127.0.0.1"]
        if host not in matrix.ANSWERS:
            return resolve_name(host)
        answers = matrix.ANSWERS[host]
        at = min(self._asked[host], len(answers) - 1)
        self._asked[host] += 1
        return answers[at]


async def connect(address: str, port: int, factory: ProtocolFactory) -> asyncio.Transport:
    """As the guard connects, but that the one public address answers nobody."""
    if address == matrix.PUBLIC:
        raise OSError("no route to the public internet from a test")
    return await connect_to(address, port, factory)


def options(**changes: object) -> BrowserOptions:
    return BrowserOptions(
        axe_path=AXE,
        lanes=2,
        denied=DenyList.of([DENIED]),
        **changes,  # type: ignore[arg-type]
    )


def visit_with(fleet: Fleet, attacker: Attacker, url: str, **changes: object) -> VisitOutcome:
    settings: dict[str, object] = {
        "url": url,
        "viewport": Viewport(width=800, height=600),
        "axe_tags": ("cat.language",),
        "allowed_hosts": frozenset({attacker.host}),
        "deadline_s": 60.0,
    }
    return fleet.visit(VisitRequest(**(settings | changes)))  # type: ignore[arg-type]


def attack_with(fleet: Fleet, attacker: Attacker, *pages: str) -> list[VisitOutcome]:
    """Visit pages of attacks side by side, each until it has done its worst."""

    def go(page: str) -> VisitOutcome:
        return visit_with(fleet, attacker, attacker.page(page), wait_for="#done")

    with ThreadPoolExecutor(2) as lanes:
        return list(lanes.map(go, pages))
