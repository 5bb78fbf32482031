"""BORIS: the events of one observation of a project, `[time, subject, code, modifier, comment]`."""

import json
import math
from typing import Any

from service.research.doubts import Doubt
from service.research.exchange.choosing import chosen
from service.research.exchange.documents import json_object
from service.research.exchange.values import Choices, Imported, Item, Taken, Unreadable
from service.research.timing import MAX_OFFSET_MS

_NO_MODIFIER = {"", "None"}


def read_boris(content: bytes, choices: Choices) -> Imported:
    """The events of a BORIS observation. Raises `Unreadable`."""
    document, encoding = json_object(content, choices)
    observations = document.get("observations")
    if not isinstance(observations, dict):
        raise Unreadable("A BORIS project has an object `observations`.")
    name = chosen(observations, choices.observation, "observation")
    observation = observations[name]
    events = observation.get("events") if isinstance(observation, dict) else None
    if not isinstance(events, list) or not events:
        raise Unreadable(f"The observation {name} has no events.")
    shift = _seconds(observation.get("time offset", 0)) or 0.0
    told = _behaviours(document.get("behaviors_conf"))
    items: list[Item] = []
    doubts: list[Doubt] = []
    for number, event in enumerate(events, start=1):
        item = _item(number, event, shift, told, doubts)
        if item is not None:
            items.append(item)
    if not items:
        raise Unreadable(f"The observation {name} has no event that can be read.")
    because = [
        "Events are notes: the comment is the text, or what the behaviour means where there is "
        "none; behaviour and modifiers are tags."
    ]
    if shift:
        because.append(f"The observation's time offset of {shift:g} s is added.")
    taken = Taken(
        format="boris",
        encoding=encoding,
        part=name,
        spoken=bool(choices.spoken),
        because=tuple(because),
    )
    return Imported(taken=taken, items=tuple(items), doubts=tuple(doubts))


def _item(
    number: int, event: Any, shift: float, told: dict[str, str], doubts: list[Doubt]
) -> Item | None:
    if not isinstance(event, list) or len(event) < 3 or not isinstance(event[2], str):
        detail = "An event is [time, subject, code, modifier, comment]; this one is not taken over."
        doubts.append(Doubt(line=number, code="no-event", detail=detail))
        return None
    subject, behaviour = str(event[1] or ""), event[2].strip()
    modifier, comment = (str(each or "").strip() for each in (*event[3:5], "", "")[:2])
    seconds = _seconds(event[0])
    offset_ms = None if seconds is None else round((seconds + shift) * 1000)
    if offset_ms is None or not 0 <= offset_ms <= MAX_OFFSET_MS:
        offset_ms = None
        detail = "This event has no time within the session; it gets the time above it."
        doubts.append(Doubt(line=number, code="not-a-time", detail=detail))
    modifiers = [each.strip() for each in modifier.split("|")]
    tags = [behaviour, *(each for each in modifiers if each not in _NO_MODIFIER)]
    return Item(
        line=number,
        raw=json.dumps(event, ensure_ascii=False),
        text=comment or told.get(behaviour) or behaviour,
        offset_ms=offset_ms,
        tags=tuple(dict.fromkeys(tag for tag in tags if tag)),
        fields={
            name: value
            for name, value in (("actor", subject), ("behaviour", behaviour))
            if value and value != "No focal subject"
        },
    )


def _behaviours(conf: Any) -> dict[str, str]:
    """What each behaviour means, by its code."""
    if not isinstance(conf, dict):
        return {}
    entries = [each for each in conf.values() if isinstance(each, dict)]
    return {
        str(each["code"]): str(each["description"]).strip()
        for each in entries
        if each.get("code") and each.get("description")
    }


def _seconds(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    return seconds if math.isfinite(seconds) and abs(seconds) < 1e9 else None
