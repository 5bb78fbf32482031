"""The command line under test: in this process where that is enough, else as the program."""

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from local_site import LocalSite
from program import Ended, Served, environment, serve

from service.cli.main import run

Luiska = Callable[..., Ended]

NAMELESS = """<!doctype html><html lang="en"><head><title>Nameless</title></head>
<body><main><h1>Nameless</h1><button></button></main></body></html>"""
CLEAN = """<!doctype html><html lang="en"><head><title>Clean</title></head>
<body><main><h1>Clean</h1><p>Nothing is wrong here.</p></main></body></html>"""
HANGING = """<!doctype html><html lang="en"><head><title>Hanging</title></head>
<body><main><h1>Hanging</h1><img src="/never" alt="A picture"></main></body></html>"""


@pytest.fixture(scope="session")
def site() -> Iterator[LocalSite]:
    """The sample site and three pages more; `/gone` is not there."""
    pages = {"/nameless": NAMELESS, "/clean": CLEAN, "/hanging": HANGING, "/never": None}
    with LocalSite(pages) as site:
        yield site


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every test begins in an empty folder, so in an empty store, with default settings."""
    for name in set(os.environ) - set(environment()):
        monkeypatch.delenv(name)
    monkeypatch.setenv("LUISKA_LANES", "1")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> Luiska:
    """Run one command line in this process."""

    def go(*arguments: str) -> Ended:
        capsys.readouterr()
        code = run(list(arguments))
        told = capsys.readouterr()
        # It keeps the stream that it found, which is closed with this test; later ones flush it.
        logging.getLogger("dbos").handlers.clear()
        return Ended(code=code, out=told.out, err=told.err)

    return go


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, site: LocalSite) -> Iterator[Served]:
    """One `luiska serve` for the tests that only talk to it."""
    served = serve(tmp_path_factory.mktemp("served"), LUISKA_ALLOW_HOSTS=site.host)
    with served.running:
        yield served
