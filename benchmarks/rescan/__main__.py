"""Scan a folder of pages twice into one store and compare: `python -m benchmarks.rescan [FOLDER]`.

The first scan examines every page, the second one meets the same pages. Each is a `luiska scan` of
its own, with its start and its browsers' start. Progress and CPU by program go to stderr. With
`--warm` two more follow in one process that goes on running, as a server does.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.speed.measuring import Command, Measured, Usage, measure
from benchmarks.speed.pages import DEFAULT_FOLDER, NoPages, pages_of, spread
from benchmarks.speed.server import Site, served
from service.browser.scriptless import is_scriptless

PAGE_TIMEOUT_S = 300


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What one scan cost and what it says: findings by page, and how many pages were reused."""

    usage: Usage
    findings: dict[str, list[tuple[str, ...]]]
    reused: int

    @property
    def pages_per_minute(self) -> float:
        return 60 * len(self.findings) / self.usage.wall_s

    @property
    def cpu_s_per_page(self) -> float:
        return self.usage.cpu_s / len(self.findings)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rescan", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--limit", type=int, help="only so many pages, of all kinds")
    parser.add_argument("--only", help="only pages whose path begins so")
    parser.add_argument("--scriptless", action="store_true", help="only pages without scripts")
    parser.add_argument("--lanes", type=int, default=2)
    parser.add_argument("--warm", action="store_true", help="measure without the start as well")
    chosen = parser.parse_args()
    folder = chosen.folder.resolve()
    try:
        pages = tuple(page for page in pages_of(folder) if page.startswith(chosen.only or ""))
    except NoPages as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if chosen.scriptless:
        pages = tuple(page for page in pages if _is_scriptless(folder / page))
    pages = spread(pages, chosen.limit)
    with served(folder) as site, tempfile.TemporaryDirectory() as kept:
        scans = [
            run(site, pages, Path(kept), number, chosen.lanes) for number in ("first", "second")
        ]
        warm = run_warm(site, Path(kept), len(pages), chosen.lanes) if chosen.warm else ()
    first, second = scans
    for name, scan in zip(("first", "second"), scans, strict=True):
        print(  # noqa: T201
            f"{name:7} {scan.pages_per_minute:7.1f} pages/min {scan.cpu_s_per_page:6.3f} CPU-s/page"
            f" {scan.reused:4} of {len(scan.findings)} reused"
        )
    print(  # noqa: T201
        f"ratio   {second.pages_per_minute / first.pages_per_minute:7.2f} in pages/min"
        f" {first.cpu_s_per_page / second.cpu_s_per_page:6.2f} in CPU"
    )
    for name, (pages_per_minute, reused) in zip(("first", "second"), warm, strict=False):
        print(  # noqa: T201
            f"{name:7} {pages_per_minute:7.1f} pages/min, started already {reused:8} reused"
        )
    differing = [page for page in first.findings if first.findings[page] != second.findings[page]]
    print(f"findings differ on {len(differing)} pages {differing}")  # noqa: T201
    return 0


def run(site: Site, pages: tuple[str, ...], folder: Path, name: str, lanes: int) -> Scan:
    urls, output = folder / "urls.txt", folder / f"{name}.json"
    urls.write_text("".join(f"{site.url(page)}\n" for page in pages), encoding="utf-8")
    argv = (
        *(str(Path(sys.executable).with_name("luiska")), "scan", "--urls-file", str(urls)),
        *("--store", f"sqlite:///{folder / 'luiska.db'}", "--lanes", str(lanes)),
        *("--allow-host", site.host, "--output", str(output)),
    )
    usage = measure(
        Measured(
            commands=(Command(argv=argv, stdout=folder / "out.txt", stderr=folder / "err.txt"),),
            cwd=Path(__file__).resolve().parents[2],
            timeout_s=PAGE_TIMEOUT_S * len(pages),
            env={"LUISKA_PAGE_DEADLINE_S": str(PAGE_TIMEOUT_S)},
        ),
        folder,
    )
    if not output.exists():
        raise SystemExit((folder / "err.txt").read_text(encoding="utf-8"))
    sys.stderr.write(f"{name}: {json.dumps(usage.cpu_by_program_s)}\n")
    document = json.loads(output.read_text(encoding="utf-8"))
    return Scan(
        usage=usage,
        findings={
            site.page(page["url"]): sorted(
                (each["outcome"], each["rule"], each["selector"], each["fingerprint"])
                for each in page["findings"]
            )
            for page in document["pages"]
        },
        reused=sum(page["reused_from"] is not None for page in document["pages"]),
    )


def run_warm(site: Site, folder: Path, pages: int, lanes: int) -> list[tuple[float, int]]:
    """Pages a minute and how many were reused, of a first and a second scan into a new store."""
    store = f"sqlite:///{folder / 'warm.db'}"
    argv = (sys.executable, "-m", "benchmarks.rescan.warm", store, str(lanes), site.host)
    done = subprocess.run(
        (*argv, str(folder / "urls.txt")), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return [(60 * pages / scan["took_s"], scan["reused"]) for scan in told]


def _is_scriptless(file: Path) -> bool:
    return is_scriptless(file.read_text(encoding="utf-8", errors="replace"))


if __name__ == "__main__":
    raise SystemExit(main())
