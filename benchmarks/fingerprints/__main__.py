"""`python -m benchmarks.fingerprints`: identity under change, over real pages in real Chromium."""

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bs4 import BeautifulSoup
from rich.console import Console
from rich.table import Table

from benchmarks.fingerprints.identity import Tally, compare, marked
from benchmarks.fingerprints.mutations import MUTATIONS, RESTYLING, defect_added, parsed
from benchmarks.speed.pages import DEFAULT_FOLDER, pages_of
from benchmarks.speed.server import served
from service import scans
from service.barriers.document import PageDocument
from service.browser import Fleet
from service.config import Settings
from service.scans import ScanRequest

KEPT = 0.99
SHARED = 0.01
_out = Console(width=130)


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One page under one mutation: the names of its two files."""

    page: str
    mutation: str
    before: str
    after: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--limit", type=int, default=24, help="so many pages, spread evenly")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=int, default=3)
    chosen = parser.parse_args()
    tallies = measure(chosen.pages.resolve(), chosen.limit, chosen.seed)
    total = Tally()
    for tally in tallies.values():
        total.add(tally)
    _out.print(_table({**tallies, "all": total}))
    for name, tally in tallies.items():
        for example in tally.examples[: chosen.examples]:
            _out.print(f"{name}: {example}", markup=False, style="dim")
    is_held = total.recognised_share >= KEPT and total.shared_share <= SHARED
    sys.exit(0 if is_held else 3)


def measure(folder: Path, limit: int, seed: int) -> dict[str, Tally]:
    """The tally of each mutation over the pages."""
    names = pages_of(folder, None)
    pages = names[:: max(1, len(names) // limit)][:limit]
    chance = random.Random(seed)
    tallies = {name: Tally() for name in MUTATIONS if name not in RESTYLING}
    with tempfile.TemporaryDirectory(prefix="luiska-fingerprints-") as temp:
        site = Path(temp) / "site"
        shutil.copytree(folder, site)
        with served(site) as server, _fleet(server.host) as scan:
            plain = [_written(site, page, "plain", _tree(folder, page)) for page in pages]
            found = dict(zip(pages, scan([server.url(name) for name in plain]), strict=True))
            variants = [
                _variant(site, folder, page, mutation, _defects(found[page]), chance)
                for page in pages
                for mutation in tallies
            ]
            addresses = [
                server.url(name) for each in variants for name in (each.before, each.after)
            ]
            documents = iter(scan(addresses))
            for variant, before, after in zip(variants, documents, documents, strict=True):
                key = f"/{variant.page}"
                other = key if variant.mutation != "on another page" else f"{key}-other"
                tallies[variant.mutation].add(
                    compare(replace(before, key=key), replace(after, key=other))
                )
    return tallies


class _fleet:  # noqa: N801 - reads as a block: `with _fleet(host) as scan`
    """Scans addresses of one host with browsers that stay."""

    def __init__(self, host: str) -> None:
        self._settings = Settings()
        self._host = host

    def __enter__(self) -> "_fleet":
        self._browsers = Fleet(scans.browser_options(self._settings))
        return self

    def __exit__(self, *_: object) -> None:
        self._browsers.close()

    def __call__(self, urls: list[str]) -> tuple[PageDocument, ...]:
        document = scans.examine_unstored(
            self._browsers,
            ScanRequest(urls=tuple(urls)),
            scans.Conditions(
                allowed_hosts=frozenset({self._host}),
                page_deadline_s=60,
                lanes=self._settings.lanes,
            ),
            on_page=lambda _page: None,
        )
        failed = [page for page in document.pages if page.error]
        for page in failed:
            _out.print(f"{page.url}: {page.error}: {page.error_detail}", style="red")
        if failed:
            raise SystemExit("Some pages could not be examined; no figure would mean anything.")
        return document.pages


def _tree(folder: Path, page: str) -> BeautifulSoup:
    return parsed((folder / page).read_text(encoding="utf-8", errors="replace"))


def _defects(page: PageDocument) -> frozenset[str]:
    return frozenset(mark for mark, _ in marked(page))


def _variant(
    site: Path,
    folder: Path,
    page: str,
    mutation: str,
    defects: frozenset[str],
    chance: random.Random,
) -> Variant:
    trees = _tree(folder, page), _tree(folder, page)
    MUTATIONS[mutation](trees, defects, chance)
    defect_added(trees[1], chance)
    name = mutation.replace(" ", "-").replace(",", "")
    return Variant(
        page=page,
        mutation=mutation,
        before=_written(site, page, f"{name}.before", trees[0]),
        after=_written(site, page, f"{name}.after", trees[1]),
    )


def _written(site: Path, page: str, kind: str, tree: BeautifulSoup) -> str:
    """The page's new file beside it, so that all it loads is where it was."""
    name = f"{page.removesuffix('.html')}.{kind}.html"
    (site / name).write_text(str(tree), encoding="utf-8")
    return name


def _table(tallies: dict[str, Tally]) -> Table:
    table = Table(
        "mutation", "defects", "same keys", "recognised", "mistaken", "added", "masked", "share one"
    )
    for name, tally in tallies.items():
        table.add_row(name, *_row(tally))
    return table


def _row(tally: Tally) -> Iterator[str]:
    yield str(tally.unchanged)
    yield f"{tally.kept_share:.2%}"
    yield f"{tally.recognised_share:.2%}"
    yield str(tally.mistaken)
    yield str(tally.added)
    yield str(tally.masked)
    yield f"{tally.shared_share:.2%}"


if __name__ == "__main__":
    main()
