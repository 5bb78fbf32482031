"""Every hostile page ends in its named outcome in time, and no good page among them is harmed."""

import logging
import os
import random
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from hostile_case import EXAMINED, PARTIAL, Case
from hostile_corpus import CASES, GOOD_PAGES, SERVED
from hostile_site import Site
from traces import MemoryWatch, processes_of, zombies
from visiting import AXE, TAGS, verdicts

from service.browser import (
    BrowserOptions,
    Fleet,
    Viewport,
    VisitOutcome,
    VisitRequest,
)

IS_TORTURE = bool(os.environ.get("LUISKA_TORTURE"))
SHUFFLES = 10 if IS_TORTURE else 1
LANES = 2
RECYCLE_AFTER = 25
# A visit is ended by force a second after its deadline; what follows is the browser's own end.
GRACE_S = 10.0
# What a good page has taken at most on a quiet machine; others make ours slower.
QUIET_VISIT_S = 1.0
MOST_PACE = 6.0

# Both browsers together: one process of each may hold 4 GB of its own, and is ended for it.
MOST_MEMORY = 10e9

CHOSEN = tuple(case for case in CASES if IS_TORTURE or not case.long)

_log = logging.getLogger(__name__)

Verdicts = set[tuple[str, str, str]]


@dataclass
class Ground:
    """A fleet, the site it visits, what the twins are judged, and the pace of this machine."""

    fleet: Fleet
    site: Site
    twins: dict[str, Verdicts] = field(default_factory=dict)
    recent_s: deque[float] = field(default_factory=lambda: deque([0.0], maxlen=2 * LANES))

    def visit(self, path: str, deadline_s: float = 60.0) -> VisitOutcome:
        return self.fleet.visit(
            VisitRequest(
                url=f"{self.site.origin}{path}",
                viewport=Viewport(width=1280, height=1024),
                axe_tags=TAGS,
                allowed_hosts=self.site.hosts,
                deadline_s=deadline_s,
            )
        )

    def learn(self) -> None:
        """Judge every twin before anything bad has happened, and see how fast that goes."""
        paths = sorted({*GOOD_PAGES, *(case.twin for case in CHOSEN if case.twin)})
        with ThreadPoolExecutor(LANES) as lanes:
            self.twins = dict(zip(paths, map(verdicts, lanes.map(self.visit, paths)), strict=True))
            for outcome in lanes.map(self.visit, GOOD_PAGES):
                self.note(outcome)

    def note(self, good: VisitOutcome) -> None:
        """How long a good page took, which others beside it made slower."""
        self.recent_s.append((good.timings_ms["total"] - good.timings_ms["queue"]) / 1000)

    @property
    def pace(self) -> float:
        """How many times as long as on a quiet machine everything takes just now."""
        return min(max(*self.recent_s, QUIET_VISIT_S) / QUIET_VISIT_S, MOST_PACE)


def faults_of(case: Case, ground: Ground) -> list[str]:
    """What is wrong with how the visit of a hostile page ends."""
    pace = ground.pace
    outcome = ground.visit(case.path, case.deadline_s * pace)
    faults = []
    seen = (
        (PARTIAL if outcome.partial else EXAMINED) if outcome.error is None else outcome.error.code
    )
    took_s = (outcome.timings_ms["total"] - outcome.timings_ms["queue"]) / 1000
    _log.debug("%s: %s in %.1f s", case.path, outcome.error or seen, took_s)
    if seen not in case.ends:
        faults.append(f"ended as {seen}: {outcome.error or outcome.partial_reasons}")
    if (outcome.artifacts is None) != (outcome.error is not None):
        faults.append("an error with a verdict, or none with none")
    if outcome.artifacts is not None and case.twin and verdicts(outcome) != ground.twins[case.twin]:
        faults.append(f"judged differently: {verdicts(outcome) ^ ground.twins[case.twin]}")
    if took_s > (case.deadline_s + GRACE_S) * pace:
        faults.append(f"took {took_s:.1f} s of {case.deadline_s * pace:.1f} s")
    return [f"{case.path} {fault}" for fault in faults]


def harm_to(path: str, ground: Ground) -> list[str]:
    """What is wrong with the visit of a good page."""
    outcome = ground.visit(path, 90.0)
    ground.note(outcome)
    if outcome.error is not None or outcome.partial:
        return [f"good {path}: {outcome.error or outcome.partial_reasons}"]
    difference = verdicts(outcome) ^ ground.twins[path]
    return [f"good {path} judged differently: {difference}"] if difference else []


def shuffled_faults(ground: Ground, seed: int) -> list[str]:
    """The corpus in a random order among good pages; everything that went wrong."""
    chance = random.Random(seed)
    cases = chance.sample(CHOSEN, len(CHOSEN))
    # A good page after each, or in the short form after every third.
    goods = [
        chance.choice(GOOD_PAGES) if IS_TORTURE or place % 3 == 0 else None
        for place in range(len(cases))
    ]
    started = time.monotonic()

    def turn(case: Case, good: str | None) -> list[str]:
        return faults_of(case, ground) + (harm_to(good, ground) if good else [])

    with ThreadPoolExecutor(LANES) as lanes:
        faults = [fault for found in lanes.map(turn, cases, goods) for fault in found]
    _log.info(
        "seed %d: %d hostile and %d good pages in %.0f s, pace %.1f at last, faults: %s",
        seed,
        len(cases),
        sum(good is not None for good in goods),
        time.monotonic() - started,
        ground.pace,
        faults,
    )
    return [f"seed {seed}: {fault}" for fault in faults]


def test_hostile_pages_end_as_named_and_harm_no_good_page(own_temp: Path) -> None:
    options = BrowserOptions(axe_path=AXE, lanes=LANES, recycle_after_pages=RECYCLE_AFTER)
    before = zombies()
    faults = []
    with Site(more=SERVED) as site, MemoryWatch(own_temp) as memory:
        with Fleet(options) as fleet:
            ground = Ground(fleet=fleet, site=site)
            ground.learn()
            for _ in range(SHUFFLES):
                faults += shuffled_faults(ground, seed=random.randrange(10**9))
        assert faults == []
        assert processes_of(own_temp) == []
        assert list(own_temp.iterdir()) == []
        assert list(Path(os.environ["HOME"]).glob("Downloads/*")) == []
    _log.info("at most %.1f GB in %d browsers", memory.most / 1e9, LANES)
    assert set(zombies()) <= set(before)
    assert memory.most < MOST_MEMORY
