import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = ROOT / "requirements.lock"
DEV = ROOT / "requirements-dev.lock"
NODE = ROOT / "deploy" / "setup" / "requirements-node.lock"


def entries(lock: Path) -> dict[str, str]:
    """Each requirement's text with its marker and hashes, by name and marker."""
    joined = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip()]
    return {line.split(" --hash")[0].strip(): line for line in lines}


def pins(lock: Path) -> set[str]:
    """Name and version; markers may be wider where more packages ask."""
    return {pin.split(";")[0].strip() for pin in entries(lock)}


def names(lock: Path) -> set[str]:
    return {normal(pin.split("==")[0]) for pin in entries(lock)}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~ ;]", name, maxsplit=1)[0]).lower()


def direct(*extras: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    return {normal(requirement) for requirement in wanted}


@pytest.mark.parametrize("lock", [RUNTIME, DEV, NODE], ids=lambda lock: lock.name)
def test_every_entry_of_a_lock_is_pinned_and_hashed(lock: Path) -> None:
    loose = [
        pin
        for pin, line in entries(lock).items()
        if "==" not in pin or not re.search(r"--hash=sha256:[0-9a-f]{64}\b", line)
    ]
    assert loose == []
    assert entries(lock)


def test_every_direct_dependency_stands_in_its_lock() -> None:
    assert direct("build") - names(RUNTIME) == set()
    assert direct("build", "dev") - names(DEV) == set()


def test_the_development_lock_holds_the_runtime_lock_version_for_version() -> None:
    assert pins(RUNTIME) - pins(DEV) == set()


def test_the_runtime_lock_holds_nothing_that_only_tests_need() -> None:
    asked_for_by_axe_selenium_python = {"pytest"}
    assert (direct("dev") - direct()) & names(RUNTIME) == asked_for_by_axe_selenium_python


def test_axe_core_is_pinned_exactly_and_locked_with_its_integrity() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert wanted["dependencies"] == {"axe-core": "4.14.1"}
    assert lock["packages"][""]["dependencies"] == wanted["dependencies"]
    assert lock["packages"]["node_modules/axe-core"]["version"] == "4.14.1"
    for folder, entry in lock["packages"].items():
        assert not folder or entry["integrity"].startswith("sha512-"), folder


@pytest.mark.parametrize(
    "lock", [RUNTIME, DEV, NODE, ROOT / "package-lock.json"], ids=lambda lock: lock.name
)
def test_a_lock_records_no_download_address(lock: Path) -> None:
    assert re.findall(r"://|--(?:extra-)?index-url|--find-links", lock.read_text("utf-8")) == []
