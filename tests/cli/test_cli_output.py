"""What `--output` writes is there as a whole, or what stood there before."""

import os
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from service.cli.console import give
from service.cli.words import CannotRun


@contextmanager
def no_room_for(size: int) -> Iterator[None]:
    """Files of this process can have so many bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("before", [None, "what was known"])
def test_a_disk_without_room_leaves_what_stood_there(tmp_path: Path, before: str | None):
    output = tmp_path / "baseline.json"
    if before is not None:
        output.write_text(before)
    with no_room_for(1000), pytest.raises(CannotRun, match=r"--output .*: File too large"):
        give("x" * 2000, output)
    assert [each.read_text() for each in tmp_path.iterdir()] == [before][: before is not None]


def test_a_file_that_is_written_anew_keeps_its_mode_and_its_links(tmp_path: Path):
    file, link = tmp_path / "report.json", tmp_path / "latest.json"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to(file)
    give("new", link)
    assert (link.is_symlink(), file.read_text(), file.stat().st_mode & 0o777) == (
        True,
        "new",
        0o640,
    )
    assert sorted(tmp_path.iterdir()) == [link, file]


def test_a_pipe_is_written_to(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = threading.Thread(target=give, args=("hello", pipe))
    writing.start()
    assert pipe.read_text() == "hello"
    writing.join()
    assert pipe.is_fifo()
