"""`.venv`, from a lock with hashes; a copy of the lock in it tells what was installed."""

import importlib.util
import platform
import shutil
import sys
from pathlib import Path

from steps import ROOT, SetupError, answer, call, same_content, say

LOCK = "requirements.lock"
DEV_LOCK = "requirements-dev.lock"
COMPILE_TIMEOUT_S = 600


class Venv:
    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.path = root / ".venv"
        self.python = self.path / "bin" / "python"
        self.home_stamp = self.path / ".luiska-root"

    def is_usable(self) -> bool:
        """False when it was moved (its scripts name the old folder) or its Python is gone."""
        if self.home_stamp.exists() and self.home_stamp.read_text() != str(self.root):
            return False
        return (
            answer([self.python, "-c", "import pip, sys; print(sys.version_info >= (3, 11))"])
            == "True"
        )

    def make(self) -> None:
        if self.is_usable():
            return
        missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
        if missing:
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            raise SetupError(
                f"{sys.executable} cannot make virtual environments (no {', '.join(missing)}): "
                f"Debian, Ubuntu: apt-get install python3-venv (or python{version}-venv)"
            )
        say(f"making .venv with Python {platform.python_version()} ({sys.executable})")
        if self.path.exists():
            shutil.rmtree(self.path)
        call([sys.executable, "-m", "venv", self.path], "making .venv")
        self.home_stamp.write_text(str(self.root))

    def pip(self, *arguments: str | Path, what: str) -> None:
        options = ("--quiet", "--disable-pip-version-check", "--no-input")
        call([self.python, "-m", "pip", "install", *options, *arguments], what)

    def stamp(self, of: str) -> Path:
        """A copy of the file that was last installed from."""
        return self.path / f".installed-{of}"

    def has(self, of: str) -> bool:
        return same_content(self.stamp(of), self.root / of)

    def note(self, of: str) -> None:
        shutil.copyfile(self.root / of, self.stamp(of))

    def install_lock(self, lock: str) -> None:
        """The packages of one lock. The development lock holds those of the other as well."""
        if self.has(lock) or (lock == LOCK and self.has(DEV_LOCK)):
            return
        say(f"installing the packages of {lock} (once)")
        for stale in (LOCK, DEV_LOCK):
            self.stamp(stale).unlink(missing_ok=True)
        self.pip(
            "--require-hashes", "--no-compile", "-r", self.root / lock, what=f"installing {lock}"
        )
        self.compile()
        self.note(lock)

    def compile(self) -> None:
        """On every core at once, which pip does on one. A file that is no Python (a template) is
        passed over, as pip does."""
        compiler = (self.python, "-m", "compileall", "-qq", "-j", "0", self.path / "lib")
        answer(compiler, timeout_s=COMPILE_TIMEOUT_S)

    def install_luiska(self) -> None:
        if self.has("pyproject.toml") and (self.path / "bin" / "luiska").exists():
            return
        say("installing luiska into .venv")
        self.pip("--no-deps", "--no-build-isolation", "-e", self.root, what="installing luiska")
        self.note("pyproject.toml")
