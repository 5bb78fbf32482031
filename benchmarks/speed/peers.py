"""The peers from npm: installed from their lock, with the axe-core that Luiska uses."""

import json
import os
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

PEERS = Path(__file__).parent
INSTALL_TIMEOUT_S = 600
NAMES = ("pa11y-ci", "pa11y", "@axe-core/cli", "puppeteer")


class NoPeers(Exception):
    """The peers cannot be had, or are not what they should be; one line that says what to do."""


@lru_cache
def node() -> str:
    """Node.js on this machine. Raises NoPeers."""
    found = shutil.which("node")
    if found is None:
        raise NoPeers("the peers need Node.js and npm on the PATH (or use --only luiska,limit)")
    return found


def install_peers(axe_version: str) -> dict[str, str]:
    """Install what the lock names, unless it is there. Returns versions. Raises NoPeers."""
    node()
    if not _is_installed():
        _install()
    modules = PEERS / "node_modules"
    copies = {
        str(path.parent.relative_to(modules)): _version(path)
        for path in sorted(modules.rglob("axe-core/package.json"))
    }
    if set(copies.values()) != {axe_version}:
        raise NoPeers(
            f"the peers' axe-core is {copies}, Luiska's is {axe_version}: correct the lock"
        )
    return {name: _version(modules / name / "package.json") for name in NAMES}


def _is_installed() -> bool:
    lock, record = PEERS / "package-lock.json", PEERS / "node_modules" / ".package-lock.json"
    if not record.exists():
        return False
    wanted = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    present = json.loads(record.read_text(encoding="utf-8"))["packages"]
    return all(
        present.get(folder, {}).get("integrity") == entry.get("integrity")
        for folder, entry in wanted.items()
        if folder and not entry.get("optional")
    )


def _install() -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise NoPeers("the peers need npm on the PATH (or use --only luiska,limit)")
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
    done = subprocess.run(
        [npm, "ci", *options],
        cwd=PEERS,
        env={**os.environ, "PUPPETEER_SKIP_DOWNLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=INSTALL_TIMEOUT_S,
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise NoPeers(f"npm ci in {PEERS} failed: {said[-1] if said else done.returncode}")


def _version(path: Path) -> str:
    return str(json.loads(path.read_text(encoding="utf-8"))["version"])
