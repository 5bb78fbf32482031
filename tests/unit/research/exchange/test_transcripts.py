"""WebVTT and SubRip: who said what when, and what of a file is not taken over."""

import pytest

from service.research.exchange import Unreadable

VTT = """\
\ufeffWEBVTT - Haastattelu 3
Kind: captions

NOTE tehty koneella

STYLE
::cue { color: red }

intro
00:00:01.000 --> 00:00:04.000 align:start position:10%
<v.loud P03>En löydä <b>hakunappia</b> &amp; valikkoa.</v>
<v MK>Mitä <i>etsit</i>?</v>

01:05.500 --> 01:07.000
Liisa Ketola: no kun
sitä nappia

01:02:03.004 --> 01:02:04.000
- eka
- toka
"""


def said(interpreted):
    return [(e.offset_ms, str(e.actor) if e.actor else None, e.text) for e in interpreted.entries]


def doubts(imported):
    return [(each.line, each.code) for each in imported.doubts]


def test_cues_become_what_was_said_and_by_whom(read):
    imported, interpreted = read(VTT, format="vtt")
    assert said(interpreted) == [
        (1_000, "participant", '"En löydä hakunappia & valikkoa."'),
        (1_000, "moderator", "Mitä etsit?"),
        (65_500, "Liisa Ketola", '"no kun sitä nappia"'),
        (3_723_004, None, '"eka"'),
        (3_723_004, None, '"toka"'),
    ]
    assert doubts(imported) == [(1, "left-out"), (4, "left-out"), (6, "left-out")]
    assert interpreted.sources == (9, 9, 14, 18, 18)
    assert interpreted.quoting == (9, 14, 18)
    assert [(each.line, each.code) for each in interpreted.doubts] == [(3, "unknown-speaker")]


def test_a_voice_goes_on_over_the_lines_of_its_cue(read):
    vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v P03>eka\ntoka</v>\n<v MK>kolmas</v>\n"
    _, interpreted = read(vtt, format="vtt")
    assert said(interpreted) == [
        (1_000, "participant", '"eka toka"'),
        (1_000, "moderator", "kolmas"),
    ]


def test_a_subrip_file_is_read_with_its_numbers_and_markup_left_aside(read):
    srt = (
        "1\r\n00:00:01,000 --> 00:00:02,000 X1:10\r\n<i>Hei</i>\r\n{\\an8}moi\r\n\r\n"
        "2\r\n00:01:00,500 --> 00:01:02,000\r\nM: Mitä?\r\n"
    )
    imported, interpreted = read(srt, file_name="istunto.SRT")
    assert said(interpreted) == [(1_000, None, '"Hei moi"'), (60_500, "moderator", "Mitä?")]
    assert imported.taken.format == "srt"
    assert doubts(imported) == []


def test_words_that_lost_their_times_are_kept_with_a_doubt(read):
    imported, interpreted = read(
        "1\n00:00:01,000 --> 00:00:02,000\nHei\n\njatkoa tyhjän rivin jälkeen\n\n"
        "2\n00:99 --> x\nMoi\n",
        format="srt",
    )
    assert said(interpreted) == [
        (1_000, None, '"Hei"'),
        (None, None, '"jatkoa tyhjän rivin jälkeen"'),
        (None, None, '"Moi"'),
    ]
    assert doubts(imported) == [(5, "cue-without-time"), (8, "not-a-time")]


def test_a_cue_without_words_is_told(read):
    imported, _ = read(
        "WEBVTT\n\n00:01.000 --> 00:02.000\n\n00:03.000 --> 00:04.000\nhei\n", format="vtt"
    )
    assert doubts(imported) == [(3, "empty-cue")]


@pytest.mark.parametrize(
    "line",
    ["https://astia.example/haku", "Hän sanoi näin: ei", "klo 10:30 alkaen", "[musiikkia] hei"],
)
def test_what_only_looks_like_a_speaker_is_said(read, line):
    _, interpreted = read(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{line}\n", format="vtt")
    assert said(interpreted) == [(1_000, None, f'"{line}"')]


@pytest.mark.parametrize(
    "opening", ["Maija:", "@Maija:", "[Maija]", "Maija Meikäläinen:", "Speaker 2:"]
)
def test_a_speaker_opens_the_words(read, opening):
    _, interpreted = read(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{opening} hei\n", format="vtt")
    assert said(interpreted) == [(1_000, opening.strip("@[]:"), '"hei"')]


def test_words_that_hold_quotation_marks_stay_one_quote(read):
    _, interpreted = read(
        'WEBVTT\n\n00:01.000 --> 00:02.000\nSiinä luki "Hae" vain\n', format="vtt"
    )
    [entry] = interpreted.entries
    assert entry.text == '“Siinä luki "Hae" vain”'
    assert entry.quotes == ('Siinä luki "Hae" vain',)


@pytest.mark.parametrize(
    ("content", "format_", "problem"),
    [
        (
            "1\n00:00:01,000 --> 00:00:02,000\nHei\n",
            "vtt",
            "Line 1: A WebVTT file begins with the line WEBVTT",
        ),
        ("WEBVTT\n\nNOTE vain\n", "vtt", "There is no cue with words"),
        ("Hei\n", "srt", "Line 1: No line has the times of a cue"),
    ],
)
def test_what_is_no_transcript_is_refused_with_the_way_out(read, content, format_, problem):
    with pytest.raises(Unreadable) as refusal:
        read(content, format=format_)
    assert problem in refusal.value.detail
