"""What holds of the readers for any file at all."""

import io
import json
import time
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from service.errors import TooLarge
from service.research.exchange import (
    FORMATS,
    Choices,
    Imported,
    People,
    Room,
    Unreadable,
    as_quote,
    formats,
    interpret,
    read_file,
)
from service.research.exchange.encodings import ENCODINGS
from service.research.wall import quotes_in

SNIPPETS = (
    *["WEBVTT", "NOTE x", "00:01.000 --> 00:02.000", "00:00:01,000 --> 00:00:02,500 X1:3", "-->"],
    *["1", "<v P03>", "</v>", "<v.a Maija M>", "&amp;", "<b>", "{\\an8}", "- ", "[Maija]", "P: "],
    *["text", "teksti", "aika", "puhuja", "koodi", "document", "tag", "content", ",", ";", "\t"],
    *[
        '"',
        '""',
        "sep=;",
        "'=1+1",
        "X",
        "D",
        "!3",
        "Z",
        "02:15",
        "[0:30]",
        "#00:00:01.250#",
        "1:75",
    ],
    *[
        "# S-014 P03 a=b",
        "## Task 2",
        "- [x] ",
        "| a | b |",
        "|---|---|",
        "> ",
        "```",
        "---",
        "***",
    ],
    *["T2 >", "T2 = assisted SEQ 3", "@/haku", "#haku", "=#a", "^2.4.7", "„", "”", "“", "\\", "ä"],
    *["\n", "\n\n", "\r\n", "\r", " ", "    ", "\0", "\ufeff", "\u2028", "\x1d", "\ud800"],
)
SHAPED = st.lists(st.sampled_from(SNIPPETS), max_size=40).map("".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=6)
        | st.dictionaries(
            st.sampled_from(["events", "a", "time offset", "code"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)
BORIS = st.builds(
    lambda events, offset, conf: json.dumps(
        {"observations": {"o": {"events": events, "time offset": offset}}, "behaviors_conf": conf}
    ).encode(),
    st.lists(st.lists(JSON, max_size=6) | JSON, max_size=6),
    JSON,
    JSON,
)
LUISKA = st.lists(
    st.dictionaries(
        st.sampled_from(["session", "text", "kind", "code", "offset_ms", "task", "tags", "seq"]),
        JSON,
    )
    | JSON,
    max_size=5,
).map(
    lambda entries: json.dumps({"format": "luiska-observations", "observations": entries}).encode()
)
ANY_BYTES = (
    st.binary(max_size=300)
    | SHAPED.map(lambda text: text.encode("utf-8", "surrogatepass"))
    | SHAPED.map(lambda text: text.encode("utf-16", "surrogatepass"))
    | SHAPED.map(lambda text: text.encode("cp1252", "replace"))
    | BORIS
    | LUISKA
)
ROOM = Room(
    people=People.of(pseudonym="P03", moderator="MK", names=["Matti"]),
    names=["Matti"],
    tasks={2: None},  # type: ignore[dict-item]
    problems={0: ("haku",), -1: ()},
)
QUIET = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def office(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def book() -> bytes:
    made = Workbook()
    made.active.append(["time", "text"])
    made.active.append(["00:01", "a"])
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


BOOK = book()


def read_or_refused(content: bytes, choices: Choices) -> Imported | None:
    try:
        read = read_file(content, choices)
    except (Unreadable, TooLarge):
        return None
    interpreted = interpret(read, ROOM)
    assert len(interpreted.entries) == len(interpreted.sources) == len(read.items)
    for number, entry in enumerate(interpreted.entries, start=1):
        assert entry.line == number
        strings = [entry.text, *entry.quotes, *entry.tags, entry.url, entry.selector, entry.actor]
        for string in filter(None, strings):
            assert "\0" not in string
            string.encode()
    for doubt in interpreted.doubts:
        assert 1 <= doubt.line <= len(read.items)
        assert doubt.column >= 1
    return read


@QUIET
@given(
    ANY_BYTES,
    st.sampled_from(FORMATS),
    st.sampled_from([None, *ENCODINGS]),
    st.none() | st.booleans(),
)
def test_any_bytes_are_read_or_refused_by_name(
    content: bytes, format_: str, encoding: str | None, spoken: bool | None
) -> None:
    read_or_refused(content, Choices(format=format_, encoding=encoding, spoken=spoken))


@QUIET
@given(st.binary(max_size=200), st.sampled_from(["document", "styles"]))
def test_any_bytes_inside_a_word_document_are_read_or_refused_by_name(
    part: bytes, where: str
) -> None:
    parts = {"word/document.xml": b"<document/>", f"word/{where}.xml": part}
    read_or_refused(office(parts), Choices(format="docx"))


@QUIET
@given(st.integers(0, len(BOOK) - 1), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_is_read_or_refused_by_name(place: int, wrong: bytes) -> None:
    content = BOOK[:place] + wrong + BOOK[place + len(wrong) :]
    read_or_refused(content, Choices(format="xlsx"))


@QUIET
@given(st.text(min_size=1).filter(lambda text: bool(text.strip())))
def test_any_words_can_be_quoted(words: str) -> None:
    quotes, is_quoting = quotes_in(as_quote(words))
    assert is_quoting
    assert len(quotes) == 1


@QUIET
@given(SHAPED)
def test_every_word_of_a_markdown_line_is_an_item_or_a_doubt(text: str) -> None:
    read = read_or_refused(text.encode("utf-8", "replace"), Choices(format="markdown"))
    if read is not None:
        assert all(item.raw and item.text for item in read.items if not item.fields)


@pytest.mark.parametrize("format_", FORMATS)
def test_an_empty_file_is_refused(format_: str) -> None:
    with pytest.raises(Unreadable, match="It is empty"):
        read_file(b"", Choices(format=format_))


@pytest.mark.parametrize("format_", ["vtt", "srt", "csv", "markdown"])
@pytest.mark.parametrize(
    "piece",
    ["[", "*", "_", "<v ", "</", "{\\", "`", "(", "|a|", "> ", "- ", '"', "Maija ", "[0:", "@"],
)
def test_what_is_never_closed_takes_linear_time(format_: str, piece: str) -> None:
    """The bound is ten times what it takes and more: it catches a blow-up and nothing else."""
    heads = {"vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\n", "srt": "00:00:01,000 --> 00:00:02,000\n"}
    content = heads.get(format_, "text\n") + piece * (40_000 // len(piece))
    began = time.process_time()
    read_or_refused(content.encode(), Choices(format=format_))
    assert time.process_time() - began < 5


def test_a_file_of_too_many_entries_is_refused() -> None:
    content = b"text\n" + b"a\n" * (formats.MAX_ITEMS + 1)
    with pytest.raises(TooLarge, match="more than 10000 entries"):
        read_file(content, Choices(format="csv"))
