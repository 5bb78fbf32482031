"""What one more lane brings and what one more page costs to keep: the numbers of docs/scaling.md.

    .venv/bin/python benchmarks/scaling/measure.py FOLDER [--lanes 1 2 4] [--rounds 2]

Serves the HTML files of FOLDER on loopback, has `luiska scan` examine each of them with so many
lanes, and prints a table: pages per minute, CPU-seconds per page (the whole process tree without
the server of the pages), bytes stored per page on SQLite and on PostgreSQL, and the connections to
PostgreSQL at their highest. Run it on a machine that does nothing else.
"""

import argparse
import functools
import http.server
import multiprocessing
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[2]
LUISKA = Path(sys.executable).with_name("luiska")
SAMPLE_S = 0.2
MAX_PAGES = 200
sys.path.insert(0, str(ROOT / "tests"))

# mypy does not see the tests.
from postgres import PostgresServer  # type: ignore[import-not-found] # noqa: E402 - the tests' own server needs no installation


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one scan of all pages took and left."""

    wall_s: float
    cpu_s: float
    peak_bytes: int
    stored_bytes: int
    connections: int


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing: a line for each request would be measured too."""


def serve(folder: str, ports: "multiprocessing.Queue[int]") -> None:
    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        ports.put(server.server_port)
        server.serve_forever()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The origin of a process that serves the folder; its CPU time is not the scan's."""
    ports: multiprocessing.Queue[int] = multiprocessing.Queue()
    process = multiprocessing.Process(target=serve, args=(str(folder), ports), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ports.get(timeout=10)}"
    finally:
        process.terminate()
        process.join()


def luiska(database_url: str, host: str, *arguments: str) -> subprocess.Popen[bytes]:
    settings = {"LUISKA_DATABASE_URL": database_url, "LUISKA_ALLOW_HOSTS": host}
    return subprocess.Popen(
        [str(LUISKA), *arguments],
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def finish(process: subprocess.Popen[bytes]) -> None:
    _, told = process.communicate()
    if process.returncode != 0:
        raise SystemExit(f"luiska ended with {process.returncode}: {told.decode()[-2000:]}")


def watch(process: subprocess.Popen[bytes], count: Callable[[], int]) -> tuple[float, int, int]:
    """CPU-seconds and peak memory of the process tree, and the highest count, until its end."""
    own = psutil.Process(process.pid)
    cpu_s: dict[tuple[int, float], float] = {}
    peak_bytes = highest = 0
    while process.poll() is None:
        used_bytes = 0
        try:
            tree = [own, *own.children(recursive=True)]
        except psutil.NoSuchProcess:
            break
        for each in tree:
            try:
                times = each.cpu_times()
                cpu_s[(each.pid, each.create_time())] = times.user + times.system
                used_bytes += each.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        peak_bytes, highest = max(peak_bytes, used_bytes), max(highest, count())
        time.sleep(SAMPLE_S)
    return sum(cpu_s.values()), peak_bytes, highest


def measure(
    database_url: str,
    urls: Path,
    host: str,
    lanes: int,
    size: Callable[[], int],
    count: Callable[[], int],
) -> Cost:
    finish(luiska(database_url, host, "db", "upgrade"))
    empty_bytes = size()
    began = time.monotonic()
    process = luiska(
        database_url, host, "scan", "--urls-file", str(urls), "--lanes", str(lanes),
        "--format", "json",
    )  # fmt: skip
    cpu_s, peak_bytes, connections = watch(process, count)
    finish(process)
    return Cost(
        wall_s=time.monotonic() - began,
        cpu_s=cpu_s,
        peak_bytes=peak_bytes,
        stored_bytes=size() - empty_bytes,
        connections=connections,
    )


def on_sqlite(urls: Path, host: str, lanes: int) -> Cost:
    with tempfile.TemporaryDirectory(prefix="luiska-scaling-") as folder:
        file = Path(folder) / "luiska.db"

        def size() -> int:
            with sqlite3.connect(file) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            return file.stat().st_size

        return measure(f"sqlite:///{file}", urls, host, lanes, size, lambda: 0)


def on_postgresql(server: PostgresServer, urls: Path, host: str, lanes: int) -> Cost:
    with (
        server.temporary_database() as url,
        psycopg.connect(server.url("postgres"), autocommit=True) as asking,
    ):
        name = url.partition("@/")[2].partition("?")[0]

        def one(query: str) -> int:
            row = asking.execute(query, [name]).fetchone()
            assert row is not None
            return int(row[0])

        return measure(
            url,
            urls,
            host,
            lanes,
            lambda: one("SELECT pg_database_size(%s)"),
            lambda: one("SELECT count(*) FROM pg_stat_activity WHERE datname = %s"),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lanes", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--rounds", type=int, default=2)
    chosen = parser.parse_args()
    pages = sorted(chosen.folder.rglob("*.html"))[:MAX_PAGES]
    if not pages:
        raise SystemExit(f"There is no HTML file in {chosen.folder}.")
    table = Table(
        "store", "lanes", "pages/min", "CPU-s/page", "peak MiB", "bytes/page", "connections",
        title=f"{len(pages)} pages, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
    )  # fmt: skip
    with (
        served(chosen.folder) as origin,
        PostgresServer() as server,
        tempfile.NamedTemporaryFile("w", suffix=".txt") as urls,
    ):
        host = origin.partition("//")[2]
        urls.writelines(f"{origin}/{page.relative_to(chosen.folder)}\n" for page in pages)
        urls.flush()
        stores: dict[str, Callable[[int], Cost]] = {
            "SQLite": lambda lanes: on_sqlite(Path(urls.name), host, lanes),
            "PostgreSQL": lambda lanes: on_postgresql(server, Path(urls.name), host, lanes),
        }
        # Interleaved, so that what else the machine does falls on all of them.
        for _ in range(chosen.rounds):
            for lanes in chosen.lanes:
                for store, run in stores.items():
                    cost = run(lanes)
                    table.add_row(
                        store,
                        str(lanes),
                        f"{len(pages) / cost.wall_s * 60:.0f}",
                        f"{cost.cpu_s / len(pages):.2f}",
                        f"{cost.peak_bytes / 2**20:.0f}",
                        f"{cost.stored_bytes / len(pages):.0f}",
                        str(cost.connections or "-"),
                    )
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
