import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from traces import own_folder


@pytest.fixture
def own_temp(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where this test's browsers have their folders; also the home that a download would reach."""
    folder, home = own_folder(), own_folder()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("HOME", str(home))
    yield folder
    shutil.rmtree(folder)
    shutil.rmtree(home)
