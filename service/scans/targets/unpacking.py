"""A sitemap's bytes, unpacked piece by piece and never beyond the protocol's size."""

import zlib
from collections.abc import Iterator

MAX_BYTES = 50 * 1024 * 1024
"""sitemaps.org: "must be no larger than 50MB (52,428,800 bytes)", unpacked."""
_MAGIC = b"\x1f\x8b"
_PIECE = 64 * 1024


class CannotUnpack(ValueError):
    """The bytes are damaged or too many; the message completes `The sitemap …`."""


def unpacked(body: bytes) -> Iterator[bytes]:
    """The content in pieces of at most 64 KiB, whether it is packed with gzip or not.

    Gzip is known by its first bytes, whatever the name or the content type says. Raises
    `CannotUnpack` as soon as the content passes `MAX_BYTES`, so a bomb is never unpacked.
    """
    size = 0
    for piece in _gunzipped(body) if body.startswith(_MAGIC) else _pieces(body):
        size += len(piece)
        if size > MAX_BYTES:
            raise CannotUnpack(
                "is larger than 50 MB, which is the protocol's limit; split it into several and "
                "list them in a sitemap index"
            )
        yield piece


def _pieces(body: bytes) -> Iterator[bytes]:
    for at in range(0, len(body), _PIECE):
        yield body[at : at + _PIECE]


def _gunzipped(body: bytes) -> Iterator[bytes]:
    """A file may have several members one after another; what follows the last is let be."""
    member = zlib.decompressobj(wbits=31)
    for read in _pieces(body):
        while read:
            if member.eof:
                if not read.startswith(_MAGIC[:1]):
                    return
                member = zlib.decompressobj(wbits=31)
            try:
                piece = member.decompress(read, _PIECE)
            except zlib.error as error:
                raise CannotUnpack(f"is damaged gzip ({error})") from error
            read = member.unused_data if member.eof else member.unconsumed_tail
            if piece:
                yield piece
    if not member.eof:
        raise CannotUnpack("is gzip that ends too early")
