"""What people and CI start: the Makefile, .ci/run, the image, the compose file."""

import fnmatch
import json
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ("setup", "demo", "run", "test", "check", "doctor", "db", "format", "lock", "clean")
SETUP_FILES = [
    *("Makefile", "Dockerfile", ".dockerignore", ".ci/run", "package.json", "pyproject.toml"),
    *("deploy/compose.yaml", "deploy/setup/setup.sh", "deploy/setup/setup.py"),
    *(str(p.relative_to(ROOT)) for p in sorted((ROOT / "deploy/setup/steps").glob("*.py"))),
]


def make(*arguments: str) -> str:
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(
        ["make", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_make_without_a_target_lists_the_targets() -> None:
    listed = make()
    for target in TARGETS:
        assert re.search(rf"^  make {target} +\S", listed, flags=re.MULTILINE), target


def test_demo_and_run_do_the_setup_first() -> None:
    for target, started in (("demo", "luiska demo"), ("run", "luiska serve")):
        lines = make("--dry-run", target).splitlines()
        assert lines[0].endswith("setup.sh venv axe browser")
        assert started in lines[1]
    assert '--host "127.0.0.1" --port "8000"' in make("--dry-run", "run")
    assert '--port "9001"' in make("--dry-run", "run", "PORT=9001")


def test_test_runs_lint_types_contracts_and_every_test() -> None:
    planned = make("--dry-run", "test")
    for part in ("ruff check", "ruff format --check", "mypy", "lint-imports", "pytest"):
        assert part in planned
    assert "dev axe-dev browser" in planned
    assert "tests/unit" not in planned
    assert "tests/unit" in make("--dry-run", "check")


@pytest.mark.parametrize("name", SETUP_FILES)
def test_a_file_of_the_setup_names_no_registry(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    addresses = set(re.findall(r"[a-z+]+://[^\s\"']*", text))
    own = {
        a for a in addresses if re.match(r"(https?://(127\.0\.0\.1|hub:)|sqlite:|postgresql)", a)
    }
    assert addresses - own == set()
    assert not re.search(r"index-url|find-links|--registry|proxy=", text)


# CI


def ci_with(tmp_path: Path, make_prints: str, exit_code: int) -> subprocess.CompletedProcess[str]:
    fake = tmp_path / "make"
    fake.write_text(f"#!/bin/sh\nprintf '%s\\n' '{make_prints}'\nexit {exit_code}\n")
    fake.chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    command = ["bash", str(ROOT / ".ci/run")]
    return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("prints", "exit_code", "expected"),
    [
        ("===== 12 passed in 0.10s =====", 0, 0),
        ("1 passed, 2 warnings in 3s", 0, 0),
        ("===== 1 failed, 12 passed in 0.10s =====", 2, 2),
        ("no tests ran in 0.01s", 5, 5),
        ("===== 3 skipped in 0.01s =====", 0, 1),
        ("", 0, 1),
    ],
)
def test_ci_passes_only_when_make_test_does_and_a_test_passed(
    tmp_path: Path, prints: str, exit_code: int, expected: int
) -> None:
    assert ci_with(tmp_path, prints, exit_code).returncode == expected


# The image


def instructions() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    kept = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    lines = [line.strip() for line in kept.replace("\\\n", " ").splitlines() if line.strip()]
    return [(line.split(None, 1)[0], " ".join(line.split()[1:])) for line in lines]


def stage(name: str) -> list[tuple[str, str]]:
    found, inside = [], False
    for instruction, value in instructions():
        if instruction == "FROM":
            inside = value.endswith(f" AS {name}")
        elif inside:
            found.append((instruction, value))
    return found


def test_the_stages_stand_on_one_slim_debian() -> None:
    froms = [value for instruction, value in instructions() if instruction == "FROM"]
    assert froms == ["debian:bookworm-slim AS base", "base AS build", "base AS final"]


def test_the_image_runs_luiska_as_an_ordinary_user_under_an_init() -> None:
    final = dict(stage("final"))
    assert final["USER"].isdecimal()
    assert int(final["USER"]) > 0
    assert f"--uid {final['USER']} " in final["RUN"]
    assert json.loads(final["ENTRYPOINT"]) == ["tini", "--", "luiska"]
    assert json.loads(final["CMD"]) == ["serve", "--host", "0.0.0.0"]


def test_the_image_asks_its_own_health_without_a_shell() -> None:
    check = dict(stage("final"))["HEALTHCHECK"]
    command = json.loads(check[check.index("CMD") + len("CMD") :])
    assert command[:2] == ["python", "-c"]
    assert "http://127.0.0.1:8000/healthz" in command[2]
    compile(command[2], "healthcheck", "exec")


def test_the_image_is_set_up_by_the_makefiles_own_scripts() -> None:
    runs = " ".join(value for instruction, value in stage("build") if instruction == "RUN")
    assert "setup.sh packages axe" in runs
    assert "setup.sh venv" in runs
    assert not re.search(r"\bpip install|\bnpm\b|\bcurl\b|\bwget\b", runs)


def test_apt_installs_only_what_is_named_and_leaves_no_lists() -> None:
    apt = [value for i, value in instructions() if i == "RUN" and "apt-get install" in value]
    assert apt
    for value in apt:
        assert "--no-install-recommends" in value
        assert value.endswith("rm -rf /var/lib/apt/lists/*")


def test_what_the_image_copies_exists_and_reaches_the_engine() -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    admitted = [line[1:] for line in ignore if line.startswith("!")]
    assert "*" in ignore
    copies = [value for i, value in instructions() if i == "COPY" and "--from" not in value]
    for source in (word for value in copies for word in value.split()[:-1]):
        assert (ROOT / source).exists(), source
        assert any(fnmatch.fnmatch(source, pattern) for pattern in admitted), source


def test_every_package_of_the_wheel_is_copied_into_the_image() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    copied = {v.split()[0] for i, v in instructions() if i == "COPY" and "--from" not in v}
    assert set(packages) <= copied


# Compose


def test_compose_runs_one_image_as_server_and_worker_on_postgresql() -> None:
    compose = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))
    services = compose["services"]
    assert {"db", "serve", "worker"} <= set(services)
    assert services["serve"]["image"] == services["worker"]["image"]
    assert (ROOT / "deploy" / services["serve"]["build"]["context"]).resolve() == ROOT
    assert "command" not in services["serve"]
    assert services["worker"]["command"] == ["worker"]
    url = services["worker"]["environment"]["LUISKA_DATABASE_URL"]
    assert url.startswith("postgresql+psycopg://luiska:${LUISKA_DB_PASSWORD:?")
    assert services["serve"]["ports"] == ["127.0.0.1:${LUISKA_PORT:-8000}:8000"]
