"""What a machine adds to how a page looks: its fonts, its language, its Chromium."""

import hashlib
import os
import sys
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

_FONTS = (
    "/etc/fonts", "/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts",
    "~/.config/fontconfig", "/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts",
)  # fmt: skip
_LANGUAGE = ("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "TZ")
# Looking at every font file is not to be done for every page.
_LOOK_EVERY_S = 60.0


def machine_digest(chromium: str) -> str:
    """A digest of what pages look like here beside what they are; at most a minute old."""
    return _digest(chromium, int(time.monotonic() / _LOOK_EVERY_S))


@lru_cache(maxsize=2)
def _digest(chromium: str, _minute: int) -> str:
    total = hashlib.sha256(sys.platform.encode())
    for name in _LANGUAGE:
        total.update(f"\n{name}={os.environ.get(name, '')}".encode())
    for line in sorted(_files(Path(chromium))):
        total.update(f"\n{line}".encode("utf-8", "surrogateescape"))
    for folder in _FONTS:
        for line in sorted(_files(Path(folder).expanduser())):
            total.update(f"\n{line}".encode("utf-8", "surrogateescape"))
    return total.hexdigest()


def _files(path: Path) -> Iterator[str]:
    """Each file with its size and time. What cannot be read has no say in a browser either."""
    try:
        if path.is_dir():
            for each in path.iterdir():
                yield from _files(each)
        else:
            facts = path.stat()
            yield f"{path} {facts.st_size} {facts.st_mtime_ns}"
    except OSError:
        return
