"""CSV, Excel, Taguette and BORIS: columns, separators, encodings and parts."""

import io
import json
from datetime import time, timedelta

import pytest
from openpyxl import Workbook

from service.errors import TooLarge
from service.research.exchange import Unreadable, xlsx
from service.research.exchange.columns import Row
from service.research.exchange.taguette import codebook_of

NOTES = "aika{0}puhuja{0}teksti{0}koodi\n02:15{0}Maija{0}Nappi ei löydy{0}X\n"


def told(imported, interpreted):
    return (
        [(doubt.line, doubt.code) for doubt in imported.doubts],
        [(interpreted.sources[doubt.line - 1], doubt.code) for doubt in interpreted.doubts],
    )


@pytest.mark.parametrize(("sign", "name"), [(",", "comma"), (";", "semicolon"), ("\t", "tab")])
def test_the_separator_is_told_apart_and_told(read, sign, name):
    imported, interpreted = read(NOTES.format(sign), format="csv")
    assert imported.taken.separator == name
    assert (
        f"Cut at each {name}: 4 known columns, 100 % of the rows have 4." in imported.taken.because
    )
    [entry] = interpreted.entries
    assert (entry.text, entry.code, entry.actor, entry.offset_ms) == (
        "Nappi ei löydy", "problem", "Maija", 135_000,
    )  # fmt: skip


def test_a_header_that_can_be_cut_in_two_ways_is_said_to_be_so(read):
    imported, interpreted = read("text,a;text\nx,y;z\n", format="csv")
    assert told(imported, interpreted)[0][0] == (1, "separator-unclear")
    chosen, interpreted = read("text,a;text\nx,y;z\n", format="csv", separator="semicolon")
    assert told(chosen, interpreted)[0] == [(1, "column-left-out")]
    assert interpreted.entries[0].text == "z"


def test_the_first_line_of_excel_or_the_sender_decides(read):
    assert read("sep=;\nteksti;koodi\na, b;X\n", format="csv")[0].taken.separator == "semicolon"
    imported, interpreted = read("teksti|koodi\na, b; c|X\n", format="csv", separator="|")
    assert imported.taken.separator == "|"
    assert interpreted.entries[0].text == "a, b; c"
    with pytest.raises(Unreadable, match="one character, or one of: comma, semicolon, tab"):
        read("teksti\na\n", format="csv", separator="<>")


@pytest.mark.parametrize(
    ("encoded", "encoding", "doubted"),
    [
        ("utf-8", "utf-8", []),
        ("utf-8-sig", "utf-8", []),
        ("utf-16", "utf-16-le", []),
        ("utf-16-le", "utf-16-le", []),
        ("utf-16-be", "utf-16-be", []),
        ("cp1252", "windows-1252", [(2, "encoding-assumed")]),
    ],
)
def test_the_encoding_is_told_apart_and_told(read, encoded, encoding, doubted):
    imported, interpreted = read(NOTES.format(";").encode(encoded), format="csv")
    assert imported.taken.encoding == encoding
    assert interpreted.entries[0].text == "Nappi ei löydy"
    assert told(imported, interpreted)[0] == doubted


def test_an_encoding_that_was_asked_for_is_not_guessed_about(read):
    imported, interpreted = read(
        "teksti\nhyvä €\n".encode("iso-8859-15"), format="csv", encoding="ISO-8859-15"
    )
    assert interpreted.entries[0].text == "hyvä €"
    assert told(imported, interpreted) == ([], [])
    with pytest.raises(Unreadable, match="Line 2: The byte 0xe4 does not fit utf-8"):
        read("teksti\nhyvä\n".encode("cp1252"), format="csv", encoding="utf-8")
    with pytest.raises(Unreadable, match="Line 2: The byte 0x81 does not fit windows-1252"):
        read(b"teksti\nhyv\xe4 \x81\n", format="csv")
    with pytest.raises(Unreadable, match="No such encoding"):
        read(b"teksti\n", format="csv", encoding="rot13")


@pytest.mark.parametrize(
    "header",
    [
        "Time,Speaker,Code,Text,Tag,Severity,Task",
        "Aika,Puhuja,Koodi,Teksti,Tunniste,Vakavuus,Tehtävä",
        "Tid,Talare,Kod,Anteckning,Tagg,Allvarlighetsgrad,Uppgift",
    ],
)
def test_columns_are_known_by_their_names_in_three_languages(read, header):
    row = '1:02:03,P03,X,Ei löydy,"haku, nappi",3,Tehtävä 2'
    imported, interpreted = read(f"{header}\n{row}\n", format="csv")
    [entry] = interpreted.entries
    assert (entry.offset_ms, entry.actor, entry.code, entry.text) == (
        3_723_000, "participant", "problem", "Ei löydy",
    )  # fmt: skip
    assert (entry.tags, entry.severity, entry.task) == (("haku", "nappi"), "major", 2)
    assert told(imported, interpreted) == ([], [])


def test_what_a_row_says_and_makes_no_sense_is_left_out_with_a_doubt(read):
    imported, interpreted = read(
        "time,text,code,severity,task,criterion,mood\n"
        "00:75,eka,Z,9,7,9.9.9,:)\n"
        "00:05,toka,navigointi,,,,\n"
        ",kolmas,,,,,,liikaa\n"
        "00:09,,,,,,\n",
        format="csv",
    )
    assert [
        (e.text, e.code, e.severity, e.task, e.criterion, e.tags) for e in interpreted.entries
    ] == [
        ("eka", "note", None, None, None, ()),
        ("toka", "note", None, None, None, ("navigointi",)),
        ("kolmas", "note", None, None, None, ()),
    ]
    assert told(imported, interpreted) == (
        [(1, "column-left-out"), (2, "not-a-time"), (4, "extra-cells"), (5, "empty-row")],
        [
            (2, "unknown-task"),
            (2, "unread-criterion"),
            (2, "unread-code"),
            (2, "unread-severity"),
            (3, "code-as-tag"),
        ],
    )


def test_a_table_of_speakers_without_codes_is_a_transcript(read):
    imported, interpreted = read(
        "time,speaker,text\n0:05,P03,En tiedä\n0:07,MK,Jatka\n", format="csv"
    )
    assert imported.taken.spoken
    assert [entry.quotes for entry in interpreted.entries] == [("En tiedä",), ()]
    notes, interpreted = read("time,speaker,text\n0:05,P03,En tiedä\n", format="csv", spoken=False)
    assert not notes.taken.spoken
    assert interpreted.entries[0].quotes == ()


def test_a_guard_against_formulas_is_taken_off(read):
    _, interpreted = read("text\n'=1+1\n'@SUM\n'hei\n", format="csv")
    assert [entry.text for entry in interpreted.entries] == ["=1+1", "@SUM", "'hei"]


def test_rows_of_several_lines_keep_their_source(read):
    imported, _ = read('text,code\r\n"a\r\nb",X\r\nc,C\r\n', format="csv")
    assert [(item.line, item.raw) for item in imported.items] == [
        (2, '"a\r\nb",X\r\n'),
        (4, "c,C\r\n"),
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("a;b\n1;2\n", "Line 1: No column is known as the text of the notes: the header has a; b."),
        ('text\n"a\n', "Line 2: A quotation mark is opened here and never closed."),
        ('text,code\n"a"b,X\n', "Line 2: A quotation mark closes a cell and more words follow."),
        ("text\n", "Line 1: There is no row with words below the header."),
        ("\n\n", "Line 1: The file is empty."),
        ("tag,description\nhaku,x\n", "This is a codebook, not notes"),
    ],
)
def test_what_is_no_table_of_notes_is_refused_with_the_way_out(read, content, problem):
    with pytest.raises(Unreadable) as refusal:
        read(content, format="csv")
    assert problem in refusal.value.detail


def sheet(*rows, name="Muistiinpanot", others=()):
    book = Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(row)
    for other in others:
        book.create_sheet(other)
    return book


def saved(book):
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_sheet_is_read_as_it_shows_its_times(read):
    book = sheet(
        ["Aika", "Teksti", "Koodi"],
        [time(0, 2, 15), "eka", "X"],
        [timedelta(hours=1, seconds=5), "toka", None],
        ["03:10", "kolmas", 3],
        [time(4, 20), "neljäs", None],
    )  # fmt: skip
    book.active["A2"].number_format = "h:mm:ss"
    book.active["A5"].number_format = "h:mm"
    imported, interpreted = read(saved(book), format="xlsx")
    assert [entry.offset_ms for entry in interpreted.entries] == [
        135_000,
        3_605_000,
        190_000,
        260_000,
    ]
    assert interpreted.sources == (2, 3, 4, 5)
    assert told(imported, interpreted) == ([(5, "time-as-shown")], [(4, "unread-code")])


def test_the_first_sheet_is_read_or_the_one_that_is_named(read):
    book = sheet(["text"], ["eka"], others=["Toinen"])
    book["Toinen"].append(["text"])
    book["Toinen"].append(["toka"])
    content = saved(book)
    assert (
        "It is the first of 2 sheets; say ?sheet= for another."
        in read(content, format="xlsx")[0].taken.because
    )
    imported, interpreted = read(content, format="xlsx", sheet="Toinen")
    assert (imported.taken.part, interpreted.entries[0].text) == ("Toinen", "toka")
    with pytest.raises(Unreadable, match="There is no sheet of that name"):
        read(content, format="xlsx", sheet="Kolmas")


def test_a_sheet_that_is_too_long_is_refused(read, monkeypatch):
    monkeypatch.setattr(xlsx, "MAX_ROWS", 2)
    with pytest.raises(TooLarge, match="more than 2 rows"):
        read(saved(sheet(["text"], ["a"], ["b"])), format="xlsx")


def test_formulas_without_a_value_are_told_by_their_cells(read):
    book = sheet(["text", "code"], ["=CONCAT(A1, B1)", "X"], ["eka", "=B2"])
    imported, interpreted = read(saved(book), format="xlsx")
    [doubt] = imported.doubts
    assert (doubt.line, doubt.code) == (2, "formula-without-value")
    assert "The cells A2, B3 hold formulas" in doubt.detail
    assert [entry.text for entry in interpreted.entries] == ["", "eka"]


@pytest.mark.parametrize(("beyond", "named"), [(["GS3", "GZ2"], "GZ, GS"), (["ZZZ2"], "ALL")])
def test_columns_that_are_not_read_are_told(read, beyond, named):
    book = sheet(["text"], ["eka"], ["toka"])
    for cell in beyond:
        book.active[cell] = "kaukana"
    imported, interpreted = read(saved(book), format="xlsx")
    [doubt] = imported.doubts
    assert (doubt.line, doubt.code) == (2 if "GZ2" in beyond else 1, "column-left-out")
    assert doubt.detail.startswith("Only the first 200 columns are read. ")
    assert named in doubt.detail
    assert [entry.text for entry in interpreted.entries] == ["eka", "toka"]


def test_a_wide_sheet_whose_far_columns_are_empty_is_read_without_a_doubt(read):
    book = sheet(["text"], ["eka"])
    book.active["GZ1"].number_format = "h:mm"
    assert read(saved(book), format="xlsx")[0].doubts == ()


def test_highlights_of_several_tags_are_one_observation(read):
    csv = "id,document,tag,content\n1,a.docx,nav,eka\n1,a.docx,haku,eka\n2,a.docx,nav,toka\n"
    imported, interpreted = read(csv, media_type="text/csv")
    assert (imported.taken.format, imported.taken.part) == ("taguette", "a.docx")
    assert [(e.text, e.code, e.tags) for e in interpreted.entries] == [
        ('"eka"', "highlight", ("nav", "haku")),
        ('"toka"', "highlight", ("nav",)),
    ]


def test_a_document_of_several_is_chosen_by_name(read):
    csv = "id,document,tag,content\n1,a.docx,nav,eka\n2,b.docx,nav,toka\n"
    with pytest.raises(Unreadable) as refusal:
        read(csv, format="taguette")
    assert "say ?document= with one of: a.docx, b.docx" in refusal.value.detail
    _, interpreted = read(csv, format="taguette", document="b.docx")
    assert [entry.text for entry in interpreted.entries] == ['"toka"']


def test_a_codebook_tells_tags_and_what_they_mean():
    rows = [
        Row(line=1, cells=("tag", "description"), raw=""),
        Row(line=2, cells=("nav", "Valikot"), raw=""),
    ]
    [entry] = codebook_of(rows[0], rows[1:])
    assert (entry.line, entry.name, entry.definition) == (2, "nav", "Valikot")


BORIS = {
    "observations": {
        "istunto 1": {
            "time offset": 1.5,
            "events": [
                [2.5, "P", "X", "", ""],
                [3, "No focal subject", "hae", "hiiri|nappi", "katsoi", 7],
                ["x", "", "q"],
                [4],
            ],
        }
    },
    "behaviors_conf": {"0": {"code": "hae", "description": "Hakee"}},
}  # fmt: skip


def test_events_of_boris_become_notes(read):
    imported, interpreted = read(json.dumps(BORIS), media_type="application/json")
    assert [(e.offset_ms, e.actor, e.code, e.text, e.tags) for e in interpreted.entries] == [
        (4_000, "participant", "problem", "X", ("X",)),
        (4_500, None, "note", "katsoi", ("hae", "hiiri", "nappi")),
        (None, None, "note", "q", ("q",)),
    ]
    assert told(imported, interpreted)[0] == [(3, "not-a-time"), (4, "no-event")]
    assert "The observation's time offset of 1.5 s is added." in imported.taken.because


def test_an_observation_of_several_is_chosen_by_name(read):
    two = json.dumps({"observations": {"a": {"events": [[1, "", "x"]]}, "b": {"events": []}}})
    with pytest.raises(Unreadable) as refusal:
        read(two, format="boris")
    assert "say ?observation= with one of: a, b" in refusal.value.detail
    assert len(read(two, format="boris", observation="a")[1].entries) == 1
    with pytest.raises(Unreadable, match="The observation b has no events"):
        read(two, format="boris", observation="b")


def test_json_that_stops_being_json_is_refused_with_its_line(read):
    with pytest.raises(Unreadable, match="Line 2: This is no JSON"):
        read('{"observations":\n nope}', format="boris")
