"""The steps of the set-up, and how each of them runs commands and speaks."""

import filecmp
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
STATE = ROOT / ".setup"
LINES_SHOWN = 30
"""Of a failed command's output."""


class SetupError(Exception):
    """A part is missing; the message is one line that says what to do."""


def say(line: str) -> None:
    sys.stderr.write(f"set-up: {line}\n")
    sys.stderr.flush()


def call(command: Sequence[str | Path], what: str, env: Mapping[str, str] | None = None) -> None:
    """Run a command of the set-up; its output goes to the log, whose end is shown when it fails."""
    log = STATE / "setup.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        file.write(f"\n== {what}\n")
        file.flush()
        start = file.tell()
        try:
            done = subprocess.run(
                [str(part) for part in command],
                cwd=ROOT,
                env=env,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        except OSError as problem:
            raise SetupError(f"{what} failed: {command[0]}: {problem.strerror}") from problem
    if done.returncode:
        with log.open(encoding="utf-8", errors="replace") as file:
            file.seek(start)
            sys.stderr.writelines(file.readlines()[-LINES_SHOWN:])
        raise SetupError(
            f"{what} failed (exit {done.returncode}): the lines above and .setup/setup.log say why"
        )


def answer(command: Sequence[str | Path], timeout_s: float = 60) -> str | None:
    """What a command prints, or None when it cannot be run or fails."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            timeout=timeout_s,
            cwd=ROOT,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def same_content(left: Path, right: Path) -> bool:
    return left.exists() and right.exists() and filecmp.cmp(left, right, shallow=False)
