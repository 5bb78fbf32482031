"""Notes as people write them who never saw the grammar: every line is kept, and read fairly.

The files were made here, in the style of field notes in English, messy Finnish notes with CRLF
and a byte order mark, and rows pasted from a Swedish spreadsheet.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from service.research.grammar import FINNISH_ALIASES, Code, Notes, parse_notes, write_notes

FOLDER = Path(__file__).parent / "notes_of_others"
ALIASES: Mapping[str, Mapping[str, Code]] = {"muistiinpanot_fi.txt": FINNISH_ALIASES}
FILES = sorted(path.name for path in FOLDER.iterdir())


def read(name: str) -> tuple[bytes, Notes]:
    content = (FOLDER / name).read_bytes()
    return content, parse_notes(content, aliases=ALIASES.get(name))


def told(name: str) -> list[tuple[int, int | None, str | None, str | None, str]]:
    return [
        (
            entry.line,
            None if entry.time_inherited else entry.offset_ms,
            entry.code and entry.code.value,
            str(entry.actor) if entry.actor else None,
            entry.text,
        )
        for entry in read(name)[1].entries
        if entry.kind == "observation"
    ]


def doubts(name: str) -> list[tuple[int, int, str]]:
    return [(w.line, w.column, str(w.code)) for w in read(name)[1].warnings]


@pytest.mark.parametrize("name", FILES)
def test_every_line_is_kept_byte_for_byte(name: str) -> None:
    content, notes = read(name)
    assert b"".join(entry.raw for entry in notes.entries) == content


@pytest.mark.parametrize("name", FILES)
def test_written_in_the_grammar_they_read_the_same(name: str) -> None:
    _, notes = read(name)
    written = write_notes(notes, aliases=ALIASES.get(name))
    again = parse_notes(written, aliases=ALIASES.get(name))
    assert [(e.kind, e.code, e.text, e.tags, e.quotes, e.offset_ms) for e in again.entries] == [
        (e.kind, e.code, e.text, e.tags, e.quotes, e.offset_ms) for e in notes.entries
    ]


def test_english_field_notes() -> None:
    assert told("field_notes_en.txt") == [
        (1, None, "note", None, "Session 7 / P12 / Tuesday afternoon"),
        (3, None, "note", None, "# Warm-up"),
        (4, None, "negative", None, 'uses the site "maybe twice a year"'),
        (5, None, "negative", None, "phone first, laptop only for forms"),
        (7, 42_000, "note", None, "opens the page, scrolls straight past the search"),
        (8, 75_000, "problem", "participant", "“Where do I even start?”"),
        (9, 75_000, "note", None, "x clicks the logo, nothing happens"),
        (10, None, "note", None, "1:40 tries the menu – gives up after 2 tries"),
        (11, None, "note", None, "(02:10) asks if this is the right site"),
        (12, 175_000, "assisted", "moderator", "pointed at the magnifier"),
        (13, 182_000, "note", None, "I would have expected a button here"),
        (14, 185_000, "idea", None, "a label under the icon"),
        (15, 200_000, "note", None, "A bit lost again"),
        (16, 211_000, "confusion", None, "the filter says 0 results (there are 12!)"),
        (17, 240_000, "surprise", None, "the page jumps to the top 😳"),
        (18, 250_000, "same_problem", None, "same jump"),
        (19, 270_000, "highlight", "participant", '"oh that\'s nice" 👍'),
        (20, None, "note", None, "5:00 done"),
        (22, None, "note", None, "Note to self: check analytics @Anna"),
        (23, None, "note", None, "https://astia.example/haku?x=1#tulokset was slow"),
    ]
    assert doubts("field_notes_en.txt") == [
        (10, 1, "not-a-time"),
        (14, 7, "code-or-word"),
        (20, 1, "not-a-time"),
        (21, 1, "task-not-running"),
    ]


def test_messy_finnish_notes() -> None:
    assert told("muistiinpanot_fi.txt") == [
        (1, None, "note", None, "Istunto 4, osallistuja P07"),
        (3, 10_000, "note", "observer", "P lukee etusivun ääneen"),
        (4, 25_000, "problem", None, "Valikko ei aukea napilla"),
        (5, 25_000, "problem", None, "Fokus ei näy"),
        (6, 40_000, "confusion", None, "ei ymmärrä sanaa ”asiointi” (toistaa kahdesti)"),
        (8, 65_000, "comment", None, '"No jaa."'),
        (9, 80_000, "gives_up", None, "luovuttaa, sulkee välilehden"),
        (10, None, "note", None, "tauko"),
        (12, None, "note", None, "14.20 jatkuu"),
        (13, None, "note", None, "01:90 outo aika"),
        (14, None, "note", None, "huom: tarkista"),
        (15, None, "note", None, "T: ehkä pelkää virhettä"),
        (16, None, "interpretation", None, "ehkä pelkää virhettä"),
        (17, None, "note", None, ">>> lainaus <<<"),
    ]
    assert doubts("muistiinpanot_fi.txt") == [(13, 1, "not-a-time")]


def test_rows_pasted_from_a_swedish_spreadsheet() -> None:
    assert told("anteckningar_sv.txt") == [
        (1, None, "note", None, "Tid\tKod\tAllv.\tVem\tAnteckning"),
        (2, 30_000, "problem", "participant", "Hittar inte ”sök”"),
        (3, 45_000, "comment", "participant", "tycker texten är för lång"),
        (4, 58_000, "confusion", None, "växlar flik tre gånger och tillbaka igen"),
        (6, 70_000, "assisted", "moderator", "visar menyn"),
        (7, 90_000, "gives_up", None, ""),
        (8, None, "note", None, "#2 räknas inte"),
        (9, None, "note", None, "10-20 sekunder …"),
    ]
    assert doubts("anteckningar_sv.txt") == []
