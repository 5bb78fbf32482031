"""docs/files.md tells of every format and column that can be read."""

import re
from pathlib import Path

from service.research.exchange import FORMATS
from service.research.exchange.columns import columns_of

DOCUMENT = (Path(__file__).parents[4] / "docs" / "files.md").read_text(encoding="utf-8")
ROWS = [line for line in DOCUMENT.splitlines() if re.match(r"\| `[a-z]+`", line)]


def test_every_format_is_told_of() -> None:
    named = [name for row in ROWS for name in re.findall(r"`([a-z]+)`", row.split("|")[1])]
    assert sorted(named) == sorted(FORMATS)


def test_every_column_that_is_told_of_is_known() -> None:
    [told] = [row for row in ROWS if row.startswith("| `csv`")]
    names = re.findall(r"[a-z_]+", told.split("Swedish: ")[1].split("|")[0])
    found = columns_of(names)
    assert found is not None
    assert found.left_out == ()
    assert len(found.places) == len(names)
