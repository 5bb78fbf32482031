"""Luiska's own JSON export of a study, read back: the observations of one session."""

import json
from typing import Any

from service.research.doubts import Doubt
from service.research.exchange.choosing import chosen
from service.research.exchange.documents import json_object
from service.research.exchange.values import Choices, Imported, Item, Taken, Unreadable
from service.research.timing import MAX_OFFSET_MS

EXPORT_FORMAT = "luiska-observations"
_FIELDS = (
    "kind", "code", "severity", "actor", "url", "selector", "criterion", "rule", "task",
    "outcome", "seq",
)  # fmt: skip


def read_exported(content: bytes, choices: Choices) -> Imported:
    """The observations of one session of an export. Raises `Unreadable`."""
    document, encoding = json_object(content, choices)
    if document.get("format") != EXPORT_FORMAT or not isinstance(
        document.get("observations"), list
    ):
        raise Unreadable(f"An export of Luiska has `format` {EXPORT_FORMAT} and `observations`.")
    entries = [each for each in document["observations"] if isinstance(each, dict)]
    session = chosen((str(each.get("session")) for each in entries), choices.session, "session")
    items: list[Item] = []
    doubts: list[Doubt] = []
    for number, entry in enumerate(document["observations"], start=1):
        if not isinstance(entry, dict):
            detail = "This is no observation, so it is not taken over."
            doubts.append(Doubt(line=number, code="no-observation", detail=detail))
        elif str(entry.get("session")) == session:
            items.append(_item(number, entry))
    taken = Taken(format="luiska", encoding=encoding, part=session)
    return Imported(taken=taken, items=tuple(items), doubts=tuple(doubts))


def _item(number: int, entry: dict[str, Any]) -> Item:
    offset_ms = entry.get("offset_ms")
    timed = (
        isinstance(offset_ms, int)
        and not entry.get("time_inherited")
        and 0 <= offset_ms <= MAX_OFFSET_MS
    )
    tags = entry.get("tags")
    return Item(
        line=number,
        raw=json.dumps(entry, ensure_ascii=False, sort_keys=True),
        text=str(entry.get("text") or ""),
        offset_ms=offset_ms if timed else None,
        tags=tuple(str(tag) for tag in tags) if isinstance(tags, list) else (),
        fields={name: str(entry[name]) for name in _FIELDS if entry.get(name) is not None},
    )
