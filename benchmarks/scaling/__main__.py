"""`python -m benchmarks.scaling --lanes 1 2 4 --rounds 2`: the numbers of docs/scaling.md.

Serves a folder of pages on loopback, has `luiska scan --store` examine each of them with so many
lanes, and prints a table: pages per minute, CPU-seconds per page (the whole process tree without
the server of the pages), bytes stored per page on SQLite and on PostgreSQL, and the connections to
PostgreSQL at their highest. Run it on a machine that does nothing else.
"""

import argparse
import os
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from rich.console import Console
from rich.table import Table

from benchmarks.speed.measuring import Command, Measured, Usage, measure
from benchmarks.speed.pages import DEFAULT_FOLDER, ROOT, pages_of
from benchmarks.speed.server import Site, served

LUISKA = Path(sys.executable).with_name("luiska")
SAMPLE_S = 0.2
PAGE_TIMEOUT_S = 60
sys.path.insert(0, str(ROOT / "tests"))

# mypy does not see the tests.
from postgres import PostgresServer  # type: ignore[import-not-found] # noqa: E402 - the tests' own server needs no installation


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one scan of all pages took and left."""

    usage: Usage
    stored_bytes: int
    connections: int


@dataclass(frozen=True, kw_only=True)
class Task:
    """The pages to scan, and with how many lanes."""

    urls: tuple[str, ...]
    site: Site
    lanes: int


def scan(task: Task, database_url: str, folder: Path) -> Usage:
    urls = folder / "urls.txt"
    urls.write_text("".join(f"{url}\n" for url in task.urls), encoding="utf-8")
    argv = (
        *(str(LUISKA), "scan", "--urls-file", str(urls), "--store", database_url),
        *("--lanes", str(task.lanes), "--allow-host", task.site.host),
        *("--output", str(folder / "scan.json")),
    )
    usage = _run(argv, folder, PAGE_TIMEOUT_S * len(task.urls))
    if usage.timed_out or usage.exit_codes != (0,):
        raise SystemExit(f"luiska scan ended with {usage.exit_codes}: {_told(folder)}")
    return usage


def prepare(database_url: str, folder: Path) -> None:
    usage = _run((str(LUISKA), "db", "upgrade"), folder, 60, LUISKA_DATABASE_URL=database_url)
    if usage.exit_codes != (0,):
        raise SystemExit(f"luiska db upgrade ended with {usage.exit_codes}: {_told(folder)}")


def _run(argv: tuple[str, ...], folder: Path, timeout_s: float, **env: str) -> Usage:
    command = Command(argv=argv, stdout=folder / "out.txt", stderr=folder / "err.txt")
    measured = Measured(commands=(command,), cwd=ROOT, timeout_s=timeout_s, env=env)
    return measure(measured, folder)


def _told(folder: Path) -> str:
    return (folder / "err.txt").read_text(encoding="utf-8")[-2000:]


def on_sqlite(task: Task, folder: Path) -> Cost:
    file = folder / "luiska.db"
    url = f"sqlite:///{file}"

    def size() -> int:
        connection = sqlite3.connect(file)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return file.stat().st_size

    prepare(url, folder)
    empty_bytes = size()
    usage = scan(task, url, folder)
    return Cost(usage=usage, stored_bytes=size() - empty_bytes, connections=0)


def on_postgresql(server: PostgresServer, task: Task, folder: Path) -> Cost:
    with server.temporary_database() as url:
        name = url.partition("@/")[2].partition("?")[0]
        with psycopg.connect(server.url("postgres"), autocommit=True) as asking:

            def one(query: str) -> int:
                row = asking.execute(query, [name]).fetchone()
                assert row is not None
                return int(row[0])

            prepare(url, folder)
            empty_bytes = one("SELECT pg_database_size(%s)")
            in_use = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
            with highest(lambda: one(in_use)) as connections:
                usage = scan(task, url, folder)
            stored_bytes = one("SELECT pg_database_size(%s)") - empty_bytes
    return Cost(usage=usage, stored_bytes=stored_bytes, connections=max(connections))


@contextmanager
def highest(count: Callable[[], int]) -> Iterator[list[int]]:
    """What `count` gave while the block ran."""
    seen = [0]
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(SAMPLE_S):
            seen.append(count())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pages", type=Path, default=DEFAULT_FOLDER, help="a folder of pages")
    parser.add_argument("--limit", type=int, help="only so many pages, spread over all")
    parser.add_argument("--lanes", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--rounds", type=int, default=2)
    chosen = parser.parse_args()
    pages = pages_of(chosen.pages.resolve(), chosen.limit)
    table = Table(
        "store", "lanes", "pages/min", "CPU-s/page", "peak MiB", "bytes/page", "connections",
        title=f"{len(pages)} pages, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
    )  # fmt: skip
    with served(chosen.pages.resolve()) as site, PostgresServer() as server:
        stores: dict[str, Callable[[Task, Path], Cost]] = {
            "SQLite": on_sqlite,
            "PostgreSQL": lambda task, folder: on_postgresql(server, task, folder),
        }
        # Interleaved, so that what else the machine does falls on all of them.
        for _ in range(chosen.rounds):
            for lanes in chosen.lanes:
                task = Task(urls=tuple(map(site.url, pages)), site=site, lanes=lanes)
                for store, run in stores.items():
                    with tempfile.TemporaryDirectory(prefix="luiska-scaling-") as folder:
                        cost = run(task, Path(folder))
                    table.add_row(
                        store,
                        str(lanes),
                        f"{len(pages) / cost.usage.wall_s * 60:.0f}",
                        f"{cost.usage.cpu_s / len(pages):.2f}",
                        f"{cost.usage.peak_pss_bytes / 2**20:.0f}",
                        f"{cost.stored_bytes / len(pages):.0f}",
                        str(cost.connections or "-"),
                    )
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
