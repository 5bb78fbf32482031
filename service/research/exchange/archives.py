"""Office documents: a ZIP with XML in it, opened with limits on what it unfolds to."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from service.errors import TooLarge
from service.research.exchange.values import Unreadable

MAX_UNPACKED_BYTES = 60_000_000
MAX_PART_BYTES = 20_000_000
MAX_PARTS = 5_000
# `zipfile` raises NotImplementedError for a way of packing that it does not know.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, OSError,
    ValueError,
)  # fmt: skip


@contextmanager
def opened(content: bytes, kind: str) -> Iterator[zipfile.ZipFile]:
    """The archive. Raises `Unreadable` when it is none, `TooLarge` when it unfolds to too much.

    `kind` is what the file should be, such as `Word document`.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            whole = sum(part.file_size for part in parts)
            if len(parts) > MAX_PARTS or whole > MAX_UNPACKED_BYTES:
                raise TooLarge(
                    f"This {kind} unfolds to more than {MAX_UNPACKED_BYTES // 1_000_000} MB or "
                    f"{MAX_PARTS} parts. Save it without pictures, or in parts."
                )
            yield archive
    except _DAMAGED as error:
        raise Unreadable(f"This is no {kind}, or it is damaged.") from error


def part_of(archive: zipfile.ZipFile, name: str, kind: str) -> bytes | None:
    """One part of the archive, or None. What a part's size is said to be is not believed."""
    try:
        found = archive.getinfo(name)
    except KeyError:
        return None
    if found.flag_bits & 0x1:
        raise Unreadable(f"This {kind} is locked with a password. Save it without one.")
    with archive.open(found) as part:
        content = part.read(MAX_PART_BYTES + 1)
    if len(content) > MAX_PART_BYTES:
        raise TooLarge(f"A part of this {kind} is larger than {MAX_PART_BYTES // 1_000_000} MB.")
    return content
