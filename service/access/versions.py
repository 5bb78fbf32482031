"""Versions of what people edit: a write that names an older version is refused, never merged."""

from collections.abc import Collection

from service.errors import Stale


def check_version(current: int, expected: Collection[int] | None) -> None:
    """Refuse with `Stale` unless `current` is among `expected`; None expects nothing."""
    if expected is not None and current not in expected:
        raise Stale(
            "It was changed after you read it. Read it again, and send the change with the "
            "`ETag` of that answer as `If-Match`."
        )
