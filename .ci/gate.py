"""The project's own gate: the sample site by its baseline, then our own pages, signed in.

`python .ci/gate.py` after the set-up; exits with the code of the first gate that does not pass.
`--update` writes the sample site's baseline anew.
"""

import contextlib
import functools
import http.server
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LUISKA = Path(sys.executable).with_name("luiska")
SAMPLES = ROOT / "samples"
START_S = 60


def main() -> None:
    codes = []
    update = sys.argv[1:] == ["--update"]
    with tempfile.TemporaryDirectory(prefix="luiska-gate-") as folder:
        store = f"sqlite:///{folder}/luiska.db"
        with sample_site() as host:
            gate_samples = [
                *("--policy", str(SAMPLES / "luiska.toml")),
                *("--baseline", str(SAMPLES / "luiska-baseline.jsonl")),
                *("--base-url", f"http://{host}/", "--allow-host", host),
            ]
            if update:
                sys.exit(luiska(folder, "gate", *gate_samples, "--update-baseline"))
            codes.append(
                luiska(folder, "gate", *gate_samples, "--output", f"{folder}/samples.json")
            )
            # Our own pages are to show something.
            page = f"http://{host}/fi/etusivu.html"
            luiska(
                folder, "scan", page, "--allow-host", host, "--store", store, "-o", f"{folder}/s"
            )
        with own_pages(folder, store) as (address, token):
            codes.append(
                luiska(
                    folder,
                    "gate",
                    *("--policy", str(ROOT / ".ci" / "luiska.toml"), "--base-url", f"{address}/"),
                    *("--allow-host", address.removeprefix("http://")),
                    *("--output", f"{folder}/own.json"),
                    LUISKA_SECRET_TOKEN=token,
                )
            )
    sys.exit(next((code for code in codes if code), 0))


def luiska(folder: str, *arguments: str, **settings: str) -> int:
    done = subprocess.run(
        [str(LUISKA), *arguments], cwd=folder, env={**os.environ, **settings}, check=False
    )
    return done.returncode


@contextlib.contextmanager
def sample_site() -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(SAMPLES / "site"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing: the gate says what matters."""


@contextlib.contextmanager
def own_pages(folder: str, store: str) -> Iterator[tuple[str, str]]:
    """The service on a free port: its address and an owner's token."""
    env = {**os.environ, "LUISKA_DATABASE_URL": store}
    made = subprocess.run(
        [str(LUISKA), "token", "create"], env=env, cwd=folder, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    log = Path(folder, "serve.log")
    with log.open("w") as out:
        served = subprocess.Popen(
            [str(LUISKA), "serve", "--port", "0"], env=env, cwd=folder, stderr=out, stdout=out
        )
    try:
        yield _address(log, served), made.stdout.strip()
    finally:
        served.terminate()
        served.wait(20)


def _address(log: Path, served: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + START_S
    while time.monotonic() < end and served.poll() is None:
        for line in log.read_text().splitlines():
            if line.startswith("Serving on "):
                return line.split()[2]
        time.sleep(0.1)
    sys.exit(f"the service did not start:\n{log.read_text()}")


if __name__ == "__main__":
    main()
