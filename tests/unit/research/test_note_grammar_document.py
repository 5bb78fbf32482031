"""docs/notes-grammar.md says what the parser does: every example there is parsed here."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from service.research.grammar import (
    FINNISH_ALIASES,
    LETTERS,
    ParsedNote,
    Severity,
    TaskOutcome,
    WarningCode,
    parse_notes,
)

DOCUMENT = (Path(__file__).parents[3] / "docs" / "notes-grammar.md").read_text(encoding="utf-8")
FIELDS = set(ParsedNote.__slots__)


def section(title: str) -> str:
    return DOCUMENT.split(f"## {title}\n")[1].split("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    table = [line for line in section(title).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in table[1:]]


EXAMPLES = [*rows("Examples"), *rows("Where a line could be read in two ways")]


def shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return value.value if isinstance(value, StrEnum) else str(value)


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row[0])
def test_an_example_of_the_document_is_read_as_it_says(row: list[str]) -> None:
    typed = row[0].strip("`")
    expected = dict(part.split("=", 1) for part in re.findall(r"`([^`]*)`", row[1]))
    notes = parse_notes(typed, task=2)
    [entry] = notes.entries
    assert expected.keys() <= FIELDS
    assert {name: shown(getattr(entry, name)) for name in expected} == expected
    warned = re.findall(r"`([^`]*)`", row[2]) if len(row) > 2 else []
    assert [str(warning.code) for warning in notes.warnings] == warned


def test_the_sample_session_is_read_without_a_warning() -> None:
    sample = DOCUMENT.split("```notes\n")[1].split("```")[0]
    notes = parse_notes(sample)
    assert notes.warnings == ()
    assert [entry.kind for entry in notes.entries] == [
        "header",
        "page",
        "task_start",
        *["observation"] * 4,
        "task_end",
    ]


def test_the_table_of_codes_is_the_parsers() -> None:
    cells = re.findall(r"\| `([^`]+)` \| `([a-z_]+)`", section("Grammar"))
    assert dict(cells) == {letter: code.value for letter, code in LETTERS.items()}


def test_the_finnish_letters_are_the_ready_aliases() -> None:
    text = section("Grammar").split("**Finnish letters.**")[1]
    listed = re.findall(r"`(\S)`\s+[a-zäö ]+?\s+\(`(\S+)`\)", text)
    assert {a: LETTERS[letter] for a, letter in listed} == dict(FINNISH_ALIASES)


def test_severities_and_outcomes_are_listed_by_the_names_that_are_stored() -> None:
    text = section("Grammar")
    named = dict(re.findall(r"`!([0-4])`\s+`([a-z_]+)`", text))
    assert named == {str(s.rank): s.value for s in Severity}
    outcomes = text.split("outcome      =")[1].split(";")[0]
    assert re.findall(r'"([a-z_]+)"', outcomes) == [outcome.value for outcome in TaskOutcome]


def test_every_warning_is_explained() -> None:
    assert [row[0].strip("`") for row in rows("Warnings")] == [code.value for code in WarningCode]
