"""Whether Chromium's own sandbox is used: always where it can work."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.browser import chromium
from service.browser.chromium import chromium_options, has_user_namespaces, sandbox_state


@pytest.fixture
def of_an_ordinary_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """As if this process had no rights; the folder is where it finds its programs first."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(chromium, "KERNEL", tmp_path / "sys")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    has_user_namespaces.cache_clear()
    yield tmp_path
    has_user_namespaces.cache_clear()


def have_unshare_end_with(exit_code: int, folder: Path) -> None:
    program = folder / "unshare"
    program.write_text(f"#!/bin/sh\nexit {exit_code}\n")
    program.chmod(0o755)


@pytest.mark.parametrize(("exit_code", "sandboxed"), [(0, True), (1, False)])
def test_an_ordinary_user_without_user_namespaces_as_in_a_container_has_no_sandbox(
    of_an_ordinary_user: Path, exit_code: int, sandboxed: bool
) -> None:
    have_unshare_end_with(exit_code, of_an_ordinary_user)

    assert sandbox_state()[0] is sandboxed
    options = chromium_options(proxy="socks5://127.0.0.1:9", profile=of_an_ordinary_user)
    assert ("--no-sandbox" in options.arguments) is not sandboxed


def test_whether_a_browser_on_a_grid_is_sandboxed_is_for_its_node_to_say(
    of_an_ordinary_user: Path,
) -> None:
    have_unshare_end_with(1, of_an_ordinary_user)

    assert "--no-sandbox" not in chromium_options(proxy="socks5://127.0.0.1:9").arguments


def test_where_apparmor_decides_by_program_the_sandbox_stays_on(of_an_ordinary_user: Path) -> None:
    have_unshare_end_with(1, of_an_ordinary_user)
    setting = of_an_ordinary_user / "sys" / "kernel" / "apparmor_restrict_unprivileged_userns"
    setting.parent.mkdir(parents=True)
    setting.write_text("1\n")

    assert sandbox_state() == (True, "Chromium's own sandbox is on")
