"""Ids of entries that rise in the order of the lines, so that a session can be paged by id."""

import secrets
from collections.abc import Callable
from datetime import datetime

_PLACE = 20


def line_ids(now: datetime, after: str | None) -> Callable[[int], str]:
    """Makes the id of the entry with an ordinal: above `after`, rising with the ordinal.

    48 bits of time (pushed on when `after` is not older than that), 32 of ordinal, 48 of chance,
    in hex; of the same form as every other id.
    """
    moment = int(now.timestamp() * 1000)
    if after is not None:
        moment = max(moment, int(after[:12], 16) + 1)

    def make(ordinal: int) -> str:
        return f"{moment:012x}{ordinal:08x}{secrets.token_hex(6)}"

    return make


def is_at_or_before(one: str, other: str) -> bool:
    """Whether the entry with the id `one` stands above `other`, or at the same line."""
    return one[:_PLACE] <= other[:_PLACE]


def is_same_line(one: str, other: str) -> bool:
    """Whether two ids were made for the same line of the same submission."""
    return one[:_PLACE] == other[:_PLACE]
