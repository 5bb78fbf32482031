"""Everything that Luiska needs on a machine: `sh deploy/setup/setup.sh STAGE...`.

Stages, in the order they are asked for:

    packages   .venv with the packages of requirements.lock
    venv       packages, and Luiska itself in .venv
    dev        the same with requirements-dev.lock
    axe        axe-core from package-lock.json, by the machine's npm or a pinned Node.js from PyPI
    axe-dev    the same with the packages that only tests need
    browser    Chromium and its driver, recorded in .setup/browser.env
    run CMD…   not a stage: runs CMD with what .setup/browser.env records

Only the standard library is used, because this runs before there is a virtual environment. What is
done is told by the result itself (the lock that was installed, the version that lies in
node_modules, the recorded browser that is still there), so a second run redoes nothing and an
interrupted one goes on.
"""

import contextlib
import fcntl
import os
import sys
from collections.abc import Iterator, Sequence

from steps import STATE, SetupError, say
from steps.browser import install_browser, recorded
from steps.environment import DEV_LOCK, LOCK, Venv
from steps.npm import install_axe

STAGES = ("packages", "venv", "dev", "axe", "axe-dev", "browser")


def run(command: Sequence[str]) -> None:
    """Becomes the command, which sees the recorded browser unless its environment names another."""
    if not command:
        raise SetupError("run: name the command")
    env = dict(os.environ)
    for name, value in recorded().items():
        env[name] = env.get(name) or value
    try:
        os.execvpe(command[0], list(command), env)
    except OSError as problem:
        raise SetupError(f"{command[0]}: {problem.strerror}: run make setup") from problem


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One set-up at a time in this folder: another waits, and then finds the work done."""
    STATE.mkdir(exist_ok=True)
    with (STATE / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def perform(stage: str, venv: Venv) -> None:
    if stage in ("packages", "venv", "dev"):
        venv.make()
        venv.install_lock(DEV_LOCK if stage == "dev" else LOCK)
        if stage != "packages":
            venv.install_luiska()
    elif stage in ("axe", "axe-dev"):
        install_axe(venv, dev=stage == "axe-dev")
    elif stage == "browser":
        install_browser(venv)


def main(arguments: Sequence[str]) -> int:
    try:
        if arguments and arguments[0] == "run":
            run(arguments[1:])
        unknown = [stage for stage in arguments if stage not in STAGES]
        if unknown:
            raise SetupError(f"no stage is called {unknown[0]}: {', '.join(STAGES)}, run")
        with alone():
            for stage in arguments:
                perform(stage, Venv())
    except SetupError as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        say("interrupted; the next run goes on from here")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
