"""In a network where the private addresses are real: none is reached, and all would be."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from walled_network import LOOPBACK, PRIVATE

HERE = Path(__file__).parent
NAMESPACE = ("unshare", "--user", "--map-root-user", "--net")


def run(mode: str) -> dict[str, Any]:
    """In a network namespace where one can be made, else on loopback."""
    network = can_make_namespace()
    ended = subprocess.run(
        [
            *(NAMESPACE if network else ()),
            *(sys.executable, str(HERE / "walled_network.py")),
            *(mode, "network" if network else "loopback"),
        ],
        env={**os.environ, "PYTHONPATH": str(HERE.parent)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    told: dict[str, Any] = json.loads(ended.stdout)
    assert told["private"] == sorted(PRIVATE if network else LOOPBACK)
    assert told["page"] is None
    return told


def can_make_namespace() -> bool:
    try:
        return (
            subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0
        )
    except FileNotFoundError:
        return False


def test_no_private_address_is_reached_by_a_page_or_visited_itself() -> None:
    told = run("guarded")
    assert told["reached"] == []
    assert told["straight"] == dict.fromkeys(told["straight"], "blocked_address")
    assert len(told["straight"]) >= 3


def test_without_the_guard_the_same_page_reaches_every_one() -> None:
    told = run("bare")
    assert told["reached"] == told["private"]
