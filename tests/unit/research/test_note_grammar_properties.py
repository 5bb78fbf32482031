"""What holds of the note parser for any input at all."""

import time
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from service.research.grammar import FINNISH_ALIASES, Notes, ParsedNote, parse_notes, write_notes

NAMES = ("Matti", "Anna-Liisa K")
SNIPPETS = (
    *["02:15", "00:75", "16:9", "01:02:03", "@13:07", "@25:00", "[02:15]", "#00:02:15.250#"],
    *["X", "D", "V", "+", "-", "??", "!!", "!!3", "~", "A", "I", "O", "Z", "think", "user"],
    *["!3", "!9", "P:", "M:", "Matti:", "@Matti", "@Liisa:", "Anna-Liisa K:", "huom:"],
    *["T2 >", "T2 = assisted", "T3 = jotain", "SEQ 3", "SEQ 9", "# S-014 P03", 'a="b c"'],
    *["#haku", "#3", '#"kaksi sanaa"', "@/haku", "@https://x.example/a", '@"/a b"', "@app:x"],
    *["=#nappi", '="nav > a"', '=[a="b c"]', '="a[b=\\"c d\\"]"', "=>", "=)", "^2.4.7", "^9.9.9"],
    *["^axe:button-name", "^button-name", '"', '"sana"', "”hei”", "“hei”", "„", '15"', "teksti"],
    *[" ", "  ", "\t", "\u00a0", "\n", "\n  ", "\r\n", "\r", "\n\n", "\ufeff", "\\", "ä", "\x00"],
)
GRAMMAR_SHAPED = st.lists(st.sampled_from(SNIPPETS), max_size=25).map(" ".join) | st.lists(
    st.sampled_from(SNIPPETS), max_size=25
).map("".join)
ANY_INPUT = (
    st.binary()
    | st.text(alphabet=st.characters(exclude_categories=()))
    | GRAMMAR_SHAPED
    | st.tuples(GRAMMAR_SHAPED.map(str.encode), st.binary(max_size=4)).map(b"".join)
)


def readings(notes: Notes) -> tuple[object, list[ParsedNote]]:
    """Everything but line numbers, raw bytes and warnings; a `D` refers by position."""
    position = {entry.line: index for index, entry in enumerate(notes.entries)}
    return notes.header, [
        replace(
            entry,
            line=0,
            raw=b"",
            refers_to=None if entry.refers_to is None else position[entry.refers_to],
        )
        for entry in notes.entries
    ]


@settings(deadline=None)
@given(ANY_INPUT)
def test_no_input_is_refused_and_the_raw_lines_joined_are_the_input(data: bytes | str) -> None:
    notes = parse_notes(data, aliases=FINNISH_ALIASES, names=NAMES)
    raw = b"".join(entry.raw for entry in notes.entries)
    assert raw == (data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)


@settings(deadline=None)
@given(ANY_INPUT)
def test_every_physical_line_belongs_to_exactly_one_entry(data: bytes | str) -> None:
    notes = parse_notes(data)
    line = 1
    for entry in notes.entries:
        assert entry.line == line
        line += len(entry.raw.splitlines())
    raw = b"".join(entry.raw for entry in notes.entries)
    assert line - 1 == len(raw.splitlines())


@settings(deadline=None)
@given(ANY_INPUT)
def test_every_warning_points_into_an_existing_line(data: bytes | str) -> None:
    notes = parse_notes(data, names=NAMES)
    lines = b"".join(entry.raw for entry in notes.entries).splitlines()
    for warning in notes.warnings:
        assert 1 <= warning.line <= len(lines)
        text = lines[warning.line - 1].decode("utf-8", "surrogateescape")
        assert 1 <= warning.column <= len(text) + 1


@settings(deadline=None)
@given(ANY_INPUT)
def test_readings_can_always_be_stored_and_sent(data: bytes | str) -> None:
    for entry in parse_notes(data, aliases=FINNISH_ALIASES, names=NAMES).entries:
        strings = [entry.text, *entry.quotes, *entry.tags, entry.url, entry.selector, entry.actor]
        for string in filter(None, strings):
            assert "\x00" not in string
            string.encode("utf-8")


@settings(deadline=None)
@given(ANY_INPUT)
def test_only_an_observation_has_a_code(data: bytes | str) -> None:
    for entry in parse_notes(data).entries:
        assert (entry.code is not None) == (entry.kind == "observation")


@settings(deadline=None)
@given(ANY_INPUT)
def test_notes_written_back_read_the_same(data: bytes | str) -> None:
    notes = parse_notes(data, aliases=FINNISH_ALIASES, names=NAMES)
    written = write_notes(notes, aliases=FINNISH_ALIASES, names=NAMES)
    assert readings(parse_notes(written, aliases=FINNISH_ALIASES, names=NAMES)) == readings(notes)


@settings(deadline=None)
@given(ANY_INPUT)
def test_writing_twice_changes_nothing(data: bytes | str) -> None:
    once = write_notes(parse_notes(data))
    assert write_notes(parse_notes(once)) == once


def test_ten_thousand_lines_are_read_while_one_waits() -> None:
    """The bound is ten times what it takes and more: it catches a blow-up and nothing else."""
    entry = (
        '02:15 X !3 "En löydä" #haku ="nav > a" ^2.4.7\n  jatkuu #muu\n?? P: selaa\nD sama @/a\n'
    )
    began = time.process_time()
    notes = parse_notes(entry * 2500)
    assert time.process_time() - began < 5
    assert len(notes.entries) == 7500


def test_a_long_line_of_anything_takes_linear_time() -> None:
    for snippet in SNIPPETS:
        began = time.process_time()
        parse_notes("X " + snippet * (50_000 // len(snippet)))
        assert time.process_time() - began < 5
