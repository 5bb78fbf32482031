"""Markdown and Word: notes and transcripts that people write in documents."""

import io
import zipfile

import pytest

from service.errors import TooLarge
from service.research.exchange import Unreadable, archives

MARKDOWN = """\
---
title: Istunto 3
---
# Istunto 3

## Tehtävä 2: etsi kirja
- 02:15 X !3 "En löydä hakunappia" #haku
- [0:30] P: selaa
  ja palaa
* **Osallistuja:** katsoo *tarkasti*
1. {00:05:00} + löysi [haun](/haku)

[03:10] [Maija] etsii @/haku
00:03:20.500 --> 00:03:30.000 ~ luulee
> Missä se on?

| aika | teksti | koodi |
|---|---|---|
| 04:00 | ei löydy | X |

<!-- piilossa -->
"""
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STYLES = (
    f'<w:styles xmlns:w="{W}"><w:style w:styleId="Otsikko1"><w:name w:val="heading 1"/></w:style>'
    "</w:styles>"
)


def entries(interpreted):
    return [
        (source, e.offset_ms, str(e.code), str(e.actor) if e.actor else None, e.text)
        for source, e in zip(interpreted.sources, interpreted.entries, strict=True)
    ]


def document(body: str, **parts: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        )
        archive.writestr("word/styles.xml", STYLES)
        for name, part in parts.items():
            archive.writestr(f"word/{name}.xml", part)
    return content.getvalue()


def paragraph(text: str, style: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}<w:r><w:t>{text}</w:t></w:r></w:p>"


def test_notes_in_markdown_are_read_by_the_note_grammar(read):
    imported, interpreted = read(MARKDOWN, file_name="istunto.md")
    assert entries(interpreted) == [
        (7, 135_000, "problem", None, '"En löydä hakunappia"'),
        (8, 30_000, "note", "participant", "selaa ja palaa"),
        (10, 30_000, "note", "participant", "katsoo tarkasti"),
        (11, 300_000, "positive", None, "löysi [haun](/haku)"),
        (13, 190_000, "note", "Maija", "etsii"),
        (14, 200_500, "interpretation", None, "luulee"),
        (15, 200_500, "note", None, '"Missä se on?"'),
        (19, 240_000, "problem", None, "ei löydy"),
    ]
    first, *_ = interpreted.entries
    assert (first.tags, first.severity, first.task) == (("haku",), "major", 2)
    assert interpreted.entries[4].url == "/haku"
    assert [(each.line, each.code) for each in imported.doubts] == [
        (1, "left-out"),
        (4, "heading-left-out"),
        (6, "heading-task"),
        (21, "left-out"),
    ]
    assert interpreted.quoting == (7, 15)


def test_doubts_of_the_grammar_name_the_place_in_the_file(read):
    _, interpreted = read("eka\n\n- 02:15 Z jotain\n", format="markdown")
    [doubt] = interpreted.doubts
    assert (interpreted.sources[doubt.line - 1], doubt.column, doubt.code) == (3, 9, "unknown-code")


def test_lines_that_name_who_speaks_are_a_transcript(read):
    transcript = "Maija Mallikas   0:03\nHei kaikki\n\nMK   0:05\nNo hei\n"
    imported, interpreted = read(transcript, format="markdown")
    assert imported.taken.spoken
    assert entries(interpreted) == [
        (2, 3_000, "note", "Maija Mallikas", '"Hei kaikki"'),
        (5, 5_000, "note", "moderator", "No hei"),
    ]
    assert "2 of 4 lines name who speaks" in imported.taken.because[2]
    notes, _ = read(transcript, format="markdown", spoken=False)
    assert not notes.taken.spoken


@pytest.mark.parametrize("header", ["# S-014 P03 obs=MK", "# S-014 P03"])
def test_the_header_of_notes_counts_in_the_first_line_of_markdown(read, header):
    _, interpreted = read(f"{header}\n\nX jotain\n", format="markdown")
    assert interpreted.header is not None
    assert (interpreted.header.session, interpreted.header.participant) == ("S-014", "P03")
    assert [entry.kind for entry in interpreted.entries] == ["header", "observation"]


def test_a_word_document_is_read_in_the_order_of_its_words(read):
    table = (
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>aika</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>teksti</w:t></w:r></w:p></w:tc></w:tr>"
        "<w:tr><w:tc><w:p><w:r><w:t>04:00</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>ei</w:t><w:br/><w:t>löydy</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    body = (
        paragraph("Tehtävä 1", "Otsikko1")
        + "<w:p><w:r><w:t>02:15 X</w:t></w:r><w:ins><w:r><w:t> ei näy</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>poistettu</w:delText></w:r></w:del></w:p>"
        + "<w:p/>"
        + table
        + "<w:sdt><w:sdtContent>"
        + paragraph("05:00 V P: hymyilee")
        + "</w:sdtContent></w:sdt>"
    )
    imported, interpreted = read(document(body, comments="<c/>"), format="docx")
    assert entries(interpreted) == [
        (2, 135_000, "problem", None, "ei näy"),
        (4, 240_000, "note", None, "ei\nlöydy"),
        (5, 300_000, "highlight", "participant", "hymyilee"),
    ]
    assert [entry.task for entry in interpreted.entries] == [1, 1, 1]
    assert [(each.line, each.code) for each in imported.doubts] == [
        (1, "left-out"),
        (1, "heading-task"),
    ]


def test_a_document_that_unfolds_to_too_much_is_refused(read, monkeypatch):
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 1_000)
    with pytest.raises(TooLarge, match="unfolds to more than"):
        read(document(paragraph("a" * 2_000)), format="docx")


def test_entities_in_a_document_are_never_unfolded(read):
    bomb = '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><w>&b;</w>'
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("word/document.xml", bomb)
    with pytest.raises(Unreadable, match="XML that cannot be read"):
        read(content.getvalue(), format="docx")


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"no zip", "This is no Word document, or it is damaged."), (document(""), "no notes")],
)
def test_what_is_no_document_of_notes_is_refused(read, content, problem):
    with pytest.raises(Unreadable, match=problem):
        read(content, format="docx")
