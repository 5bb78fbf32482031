"""`python -m benchmarks.live`: how soon a note is stored while twenty people write.

Observers write one line a second each over HTTP, as the live page does, and everybody follows the
session's events; first with nothing else going on, then beside a scan on the same SQLite file. A
line's time is from its sending to the answer that says it is stored. Ends with 3 when the 95th
percentile beside a scan is 100 ms or more, or when the scan ended before the writers.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.speed.pages import DEFAULT_FOLDER, ROOT, pages_of
from benchmarks.speed.server import served

sys.path.insert(0, str(ROOT / "tests"))

# mypy does not see the tests.
from program import serve  # type: ignore[import-not-found]

P95_MS = 100
_CONSENT = {
    "notes": True, "quotes": True, "observers": True, "text_version": "1", "language": "en",
    "given_at": "2026-01-01T00:00:00Z", "channel": "paper",
}  # fmt: skip
_out = Console(width=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--observers", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=45)
    parser.add_argument("--lanes", type=int, default=2)
    chosen = parser.parse_args()
    folder = chosen.pages.resolve()
    names = pages_of(folder, None)
    with served(folder) as site, tempfile.TemporaryDirectory(prefix="luiska-live-") as temp:
        lanes = str(chosen.lanes)
        service = serve(Path(temp), LUISKA_ALLOW_HOSTS=site.host, LUISKA_LANES=lanes)
        with service.running, _client(service.address, service.token) as client:
            alone = _written(client, service.token, chosen)
            urls = [site.url(name) for name in names]
            scan = client.post("projects/default/scans", json={"urls": urls}).json()["id"]
            beside = _written(client, service.token, chosen)
            state = client.get(f"scans/{scan}").json()
            client.post(f"scans/{scan}/cancel")
    _print(chosen, alone, beside)
    pages = state["pages"]
    _out.print(f"the scan: {state['state']}, {pages['examined']} of {pages['requested']} pages")
    is_fast = _percentile(beside, 95) < P95_MS
    sys.exit(0 if is_fast and state["state"] == "running" else 3)


def _written(client: httpx.Client, token: str, chosen: argparse.Namespace) -> list[float]:
    """Milliseconds of each line; what is stored is what was sent, or this raises."""
    session = _session(client)
    taken = asyncio.run(_write(str(client.base_url), token, session, chosen))
    stored = 0
    after: dict[str, str] = {}
    while True:
        page = client.get(f"sessions/{session}/observations", params={"limit": 200, **after}).json()
        stored += len(page["items"])
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    if stored != len(taken):
        raise SystemExit(f"{len(taken)} lines were sent and {stored} are stored")
    return taken


async def _write(base: str, token: str, session: str, chosen: argparse.Namespace) -> list[float]:
    headers = {"Authorization": f"Bearer {token}"}
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        base_url=base, headers=headers, timeout=30, limits=limits
    ) as client:
        followers = [asyncio.create_task(_follow(client, session)) for _ in range(chosen.observers)]
        writers = [
            _observe(client, session, number, chosen.seconds, number / chosen.observers)
            for number in range(chosen.observers)
        ]
        taken = await asyncio.gather(*writers)
        for each in followers:
            each.cancel()
        await asyncio.gather(*followers, return_exceptions=True)
    return [each for line in taken for each in line]


async def _observe(
    client: httpx.AsyncClient, session: str, number: int, seconds: int, wait_s: float
) -> list[float]:
    taken = []
    begun = time.perf_counter() + wait_s
    for second in range(seconds):
        await asyncio.sleep(max(0, begun + second - time.perf_counter()))
        sent = time.perf_counter()
        answer = await client.post(
            f"sessions/{session}/notes",
            params={
                "live": "true",
                "observer": f"O{number}",
                "noted_at": datetime.now(UTC).isoformat(),
            },
            headers={
                "Content-Type": "text/plain; charset=utf-8",
                "Idempotency-Key": uuid.uuid4().hex,
            },
            content=f"X !3 P: line {second} of {number} #tag{second % 7}".encode(),
        )
        answer.raise_for_status()
        taken.append((time.perf_counter() - sent) * 1000)
    return taken


async def _follow(client: httpx.AsyncClient, session: str) -> None:
    async with client.stream("GET", f"sessions/{session}/events", timeout=None) as stream:
        async for _ in stream.aiter_lines():
            pass


def _client(address: str, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=f"{address}/api/v1/", headers=headers, timeout=30)


def _session(client: httpx.Client) -> str:
    def made(path: str, body: dict[str, object]) -> str:
        answer = client.post(path, json=body)
        answer.raise_for_status()
        return str(answer.json()["id"])

    study = made("projects/default/studies", {"name": "Live"})
    person: dict[str, object] = {"pseudonym": "P01", "consent": _CONSENT}
    who = made(f"studies/{study}/participants", person)
    return made(f"studies/{study}/sessions", {"participant_id": who, "moderator": "MK"})


def _print(chosen: argparse.Namespace, alone: list[float], beside: list[float]) -> None:
    table = Table(title=f"{chosen.observers} observers, one line a second each, {chosen.seconds} s")
    for column in ("", "lines", "p50 ms", "p95 ms", "p99 ms", "longest ms", "p95 to alone"):
        table.add_column(column, justify="right")
    for name, taken in (("alone", alone), ("beside a scan", beside)):
        figures = [statistics.median(taken), *(_percentile(taken, n) for n in (95, 99)), max(taken)]
        ratio = _percentile(taken, 95) / _percentile(alone, 95)
        table.add_row(name, str(len(taken)), *(f"{each:.0f}" for each in figures), f"{ratio:.2f}")
    _out.print(table)


def _percentile(taken: list[float], percent: int) -> float:
    return statistics.quantiles(taken, n=100, method="inclusive")[percent - 1]


if __name__ == "__main__":
    main()
