import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import steps
from steps import browser, npm
from steps.environment import DEV_LOCK, LOCK, Venv

ROOT = Path(__file__).resolve().parents[2]
Program = Callable[[str, str], Path]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Makes a program that prints one line; only these are on the PATH."""
    folder = tmp_path / "programs with a space"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(browser, "MAC_BROWSERS", ())
    monkeypatch.setattr(browser, "DRIVER_FOLDERS", ())
    for name in browser.Browser.NAMES:
        monkeypatch.delenv(name, raising=False)

    def make(name: str, line: str) -> Path:
        file = folder / name
        file.write_text(f"#!/bin/sh\necho '{line}'\n")
        file.chmod(0o755)
        return file

    return make


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    folder.mkdir()
    monkeypatch.setattr(steps, "STATE", folder)
    monkeypatch.setattr(browser, "STATE", folder)
    monkeypatch.setattr(browser, "RECORD", folder / "browser.env")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / ".venv").mkdir(parents=True)
    for name in (LOCK, DEV_LOCK, "pyproject.toml"):
        (root / name).write_text(f"{name} 1\n")
    return root


class RecordingVenv(Venv):
    """Keeps what pip was asked for instead of asking it."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.asked: list[str] = []

    def pip(self, *arguments: str | Path, what: str) -> None:
        self.asked.append(what)


# The virtual environment


def test_a_lock_is_installed_once_and_again_when_it_changes(project: Path) -> None:
    venv = RecordingVenv(project)
    venv.install_lock(LOCK)
    venv.install_lock(LOCK)
    assert venv.asked == ["installing requirements.lock"]
    (project / LOCK).write_text("changed\n")
    venv.install_lock(LOCK)
    assert len(venv.asked) == 2


def test_the_development_lock_stands_for_the_runtime_lock_but_not_the_other_way(
    project: Path,
) -> None:
    venv = RecordingVenv(project)
    venv.install_lock(LOCK)
    venv.install_lock(DEV_LOCK)
    venv.install_lock(LOCK)
    assert venv.asked == ["installing requirements.lock", "installing requirements-dev.lock"]


def test_an_installation_that_failed_is_not_taken_for_done(project: Path) -> None:
    class Failing(RecordingVenv):
        def pip(self, *arguments: str | Path, what: str) -> None:
            raise steps.SetupError(what)

    RecordingVenv(project).install_lock(LOCK)
    (project / LOCK).write_text("changed\n")
    with pytest.raises(steps.SetupError):
        Failing(project).install_lock(LOCK)
    assert not Venv(project).stamp(LOCK).exists()


def test_an_environment_that_was_moved_is_not_usable(project: Path) -> None:
    venv = Venv(project)
    venv.home_stamp.write_text("/somewhere/else")
    assert not venv.is_usable()


def test_packages_are_compiled_and_what_is_no_python_is_passed_over(project: Path) -> None:
    venv = Venv(project)
    venv.python = Path(sys.executable)
    packages = venv.path / "lib" / "site-packages"
    packages.mkdir(parents=True)
    (packages / "template.py").write_text("import {{ name }}\n")
    (packages / "module.py").write_text("x = 1\n")
    venv.compile()
    tag = sys.implementation.cache_tag
    assert [each.name for each in packages.rglob("*.pyc")] == [f"module.{tag}.pyc"]


# axe-core


def lay(root: Path, lock: dict[str, object], present: dict[str, object]) -> None:
    (root / "package-lock.json").write_text(json.dumps({"packages": lock}))
    modules = root / "node_modules"
    modules.mkdir(exist_ok=True)
    (modules / ".package-lock.json").write_text(json.dumps({"packages": present}))
    for folder in present:
        (root / folder).mkdir(parents=True, exist_ok=True)
        (root / folder / "package.json").write_text("{}")


AXE = "node_modules/axe-core"
GRID = "node_modules/grid"


def test_npm_is_done_when_what_lies_there_is_what_the_lock_says(tmp_path: Path) -> None:
    lock = {"": {}, AXE: {"integrity": "sha512-a"}, GRID: {"integrity": "sha512-g", "dev": True}}
    lay(tmp_path, lock, {AXE: {"integrity": "sha512-a"}})
    assert npm.npm_is_done(tmp_path, dev=False)
    assert not npm.npm_is_done(tmp_path, dev=True)


def test_npm_is_not_done_when_the_integrity_differs_or_the_folder_is_gone(tmp_path: Path) -> None:
    lock = {AXE: {"integrity": "sha512-a"}}
    lay(tmp_path, lock, {AXE: {"integrity": "sha512-old"}})
    assert not npm.npm_is_done(tmp_path, dev=False)
    lay(tmp_path, lock, {AXE: {"integrity": "sha512-a"}})
    (tmp_path / AXE / "package.json").unlink()
    assert not npm.npm_is_done(tmp_path, dev=False)


def test_the_machines_npm_is_taken_when_it_is_new_enough(program: Program) -> None:
    program("node", "v20.0.0")
    found = program("npm", "10.8.2")
    command, env = npm.npm_command(Venv())
    assert command == [str(found)]
    assert env["PATH"] == os.environ["PATH"]


# Chromium


def test_the_pair_of_one_major_version_is_found(program: Program) -> None:
    program("chromium", "Chromium 150.0.1.2 built on Debian")
    chrome = program("google-chrome", "Google Chrome 151.0.7.8")
    driver = program("chromedriver", "ChromeDriver 151.0.7.9 (abc)")
    found = browser.find_browser()
    assert (found.chromium, found.driver) == (str(chrome), str(driver))


def test_a_driver_of_another_major_version_is_no_driver(program: Program) -> None:
    chromium = program("chromium", "Chromium 150.0.1.2")
    program("chromedriver", "ChromeDriver 151.0.7.9")
    found = browser.find_browser()
    assert (found.chromium, found.driver) == (str(chromium), None)
    assert found.missing() == "ChromeDriver"


def test_a_stub_that_tells_no_version_is_no_browser(program: Program) -> None:
    program("chromium-browser", "Command requires the chromium snap to be installed.")
    assert browser.find_browser().missing() == "Chromium and ChromeDriver"


def test_a_named_browser_that_does_not_start_is_an_error_that_names_it(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUISKA_CHROMIUM", "/no/such/chromium")
    with pytest.raises(steps.SetupError, match=r"^LUISKA_CHROMIUM names /no/such/chromium"):
        browser.find_browser()


def test_selenium_managers_answer_is_read(
    program: Program, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chrome = program("downloaded-chrome", "Google Chrome 151.0.7.8")
    driver = program("downloaded-driver", "ChromeDriver 151.0.7.8")
    result = {"code": 0, "browser_path": str(chrome), "driver_path": str(driver)}
    fake = program("selenium-manager", json.dumps({"logs": [], "result": result}))
    monkeypatch.setattr(browser, "selenium_manager", lambda venv: str(fake))
    found = browser.find_by_selenium_manager(Venv(), browser.Browser(None, None))
    assert (found.chromium, found.driver) == (str(chrome), str(driver))


def test_what_is_missing_and_cannot_be_installed_is_one_line_that_says_what_to_do(
    program: Program, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "selenium_manager", lambda venv: None)
    monkeypatch.setattr(browser, "apt_prefix", lambda: None)
    with pytest.raises(steps.SetupError) as caught:
        browser.install_browser(Venv())
    assert str(caught.value).startswith("Chromium and ChromeDriver missing")
    assert "apt-get install chromium chromium-driver" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (state / "browser.env").exists()


def test_the_record_is_kept_while_it_holds_and_made_anew_when_it_does_not(
    program: Program, state: Path
) -> None:
    first = program("chromium", "Chromium 150.0.1.2")
    driver = program("chromedriver", "ChromeDriver 150.0.1.2")
    browser.install_browser(Venv())
    assert browser.recorded() == {
        "LUISKA_CHROMIUM": str(first),
        "LUISKA_CHROMEDRIVER": str(driver),
    }
    first.unlink()
    second = program("google-chrome", "Google Chrome 150.0.1.3")
    browser.install_browser(Venv())
    assert browser.recorded()["LUISKA_CHROMIUM"] == str(second)


def test_the_record_is_read_literally_and_other_names_are_passed_over(state: Path) -> None:
    (state / "browser.env").write_text("LUISKA_CHROMIUM=/a b/$(c)=d\nPATH=/evil\n\nrubbish\n")
    assert browser.recorded() == {"LUISKA_CHROMIUM": "/a b/$(c)=d"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)", "156"),
        ("ChromeDriver 156.0.8078.79 (a21ce95c-refs/branch-heads/8078@{#1704})", "156"),
        ("Google Chrome for Testing 149.0.7.1", "149"),
        ("", None),
        (None, None),
    ],
)
def test_the_major_version_is_read(line: str | None, expected: str | None) -> None:
    assert browser.major(line) == expected


# The scripts


def test_no_suitable_python_is_one_line_that_says_what_to_install(tmp_path: Path) -> None:
    for name in ("dirname",):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "deploy/setup/setup.sh"), "venv"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "apt-get install python3 python3-venv" in done.stderr


def test_an_unknown_stage_is_refused_and_nothing_is_touched() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "deploy/setup/setup.py"), "nonsense"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("set-up: no stage is called nonsense")
