"""What a second viewport of a page costs: `python -m benchmarks.sizes [FOLDER] [--limit N]`.

Each page is examined wide, then narrow as a scan does (by resizing it where it runs no script, else
by a load); and narrow once more by itself.
All three are told in milliseconds a page, by phase, without the browser's start and the waiting for
a lane. The findings of both narrow ones are compared. Nothing is stored.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from benchmarks.speed.pages import DEFAULT_FOLDER, ROOT, NoPages, pages_of, spread
from benchmarks.speed.server import Site, served
from checks import read_axe, standard
from service.browser import BrowserOptions, Fleet, Viewport, VisitOutcome, VisitRequest

WIDE = Viewport(width=1280, height=1024)
NARROW = Viewport(width=390, height=844)
STANDARD = "wcag22aa"
PHASES = ("navigate", "digest", "axe", "elements")
DEADLINE_S = 60.0
AXE = ROOT / "node_modules/axe-core/axe.min.js"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sizes", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--limit", type=int, default=24, help="only so many pages, of all kinds")
    chosen = parser.parse_args()
    folder = chosen.folder.resolve()
    try:
        pages = spread(pages_of(folder), chosen.limit)
    except NoPages as error:
        sys.stderr.write(f"{error}\n")
        return 1
    took: dict[str, Counter[str]] = {name: Counter() for name in ("first", "second", "loaded")}
    differing = []
    with served(folder) as site, Fleet(BrowserOptions(axe_path=AXE, lanes=1)) as fleet:
        for page in pages:
            first, second = fleet.visit_page(_request(site, page), (WIDE, NARROW))
            (loaded,) = fleet.visit_page(_request(site, page), (NARROW,))
            for name, outcome in zip(took, (first, second, loaded), strict=True):
                took[name].update({phase: outcome.timings_ms.get(phase, 0) for phase in PHASES})
            if _findings(second) != _findings(loaded):
                differing.append(page)
    for name, phases in took.items():
        print(f"{name:8} {_told(phases, len(pages))}")  # noqa: T201
    whole = {name: phases.total() for name, phases in took.items()}
    print(f"second / first  {whole['second'] / whole['first']:5.2f}")  # noqa: T201
    print(f"second / loaded {whole['second'] / whole['loaded']:5.2f}")  # noqa: T201
    print(f"findings differ on {len(differing)} of {len(pages)} pages {differing}")  # noqa: T201
    return 0


def _request(site: Site, page: str) -> VisitRequest:
    return VisitRequest(
        url=site.url(page),
        viewport=WIDE,
        axe_tags=standard(STANDARD).axe_tags,
        allowed_hosts=frozenset({site.host}),
        deadline_s=DEADLINE_S,
        digests={},
    )


def _findings(outcome: VisitOutcome) -> list[tuple[str, ...]]:
    if outcome.artifacts is None:
        raise SystemExit(f"a page was not examined: {outcome.error}")
    return sorted(
        (each.outcome, each.rule, each.selector, each.fingerprint)
        for each in read_axe(outcome.artifacts, standard(STANDARD)).findings
    )


def _told(phases: Mapping[str, int], pages: int) -> str:
    parts = (f"{phase} {phases[phase] / pages:4.0f}" for phase in PHASES)
    return f"{sum(phases.values()) / pages:6.0f} ms a page: {', '.join(parts)}"


if __name__ == "__main__":
    raise SystemExit(main())
