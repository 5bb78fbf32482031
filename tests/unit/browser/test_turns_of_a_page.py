"""The turns that a page is given before it is judged, and how long they are."""

import re
from pathlib import Path

from service.browser import gate


def test_what_came_counts_for_as_long_as_the_turns_take() -> None:
    source = Path(gate.__file__).with_name("world.js").read_text(encoding="utf-8")
    (tick_ms,) = re.findall(r"const TICK_MS = ([0-9]+);", source)

    assert gate.SETTLE_TURNS * int(tick_ms) == gate.SETTLE_S * 1000
