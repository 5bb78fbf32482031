"""What in notes tells who somebody is, and how quoted words are taken out."""

import time

import pytest

from service.research.personal import find_personal
from service.research.redacting import raw_without_quotes, without_quotes


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("C kirjoittaa maija.m@example.fi kenttään", ["email"]),
        ("C soittaa 040 123 4567 ja odottaa", ["phone"]),
        ("C soittaa +358 9 310 1691", ["phone"]),
        ("C näppäilee 131052-308T", ["identity-code"]),
        ("C näppäilee 010594Y9032", ["identity-code"]),
        ("C näppäilee 131052–308T ja 131052\u2011308T", ["identity-code", "identity-code"]),
        ("C näppäilee 131052-308U", []),
        ("C näppäilee 991352-308T", []),
        ("02:15 X !3 haku #haku ^2.4.7", []),
        ("01:02:03 T2 = assisted SEQ 3", []),
        ("C versio 1.4.2, tilaus 2026-11-22, 1280x1024", []),
        ("C näytti tunteja 08.30-09.45", []),
        ("C @mk: katsoo sivua https://a.example/?id=123456", []),
    ],
)
def test_addresses_numbers_and_identity_codes_are_found(text, kinds):
    assert [each.kind for each in find_personal(text)] == kinds


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Virtanen tuli", ["Virtanen"]),
        ("puhui Virtasesta ja Virtaselle", ["Virtasesta", "Virtaselle"]),
        ("Maijan kone, maijallakin", ["Maijan", "maijallakin"]),
        ("soitin Pekalle", ["Pekalle"]),
        ("Kaisa ja Kai: kaikki hyvin, kaikilla", ["Kai"]),
        ("Maijalan koulu, virtaa", []),
        ("Svenssons dator", ["Svenssons"]),
        ("Maijan-kone, Leenan kone, Marja-Leenalle", ["Maijan-kone", "Leenan", "Marja-Leenalle"]),
    ],
)
def test_names_in_the_vault_are_found_in_their_forms(text, found):
    names = ["Maija Virtanen", "Pekka Kai", "Åsa Svensson", "Marja-Leena Aho"]
    assert [text[each.start : each.end] for each in find_personal(text, names)] == found


def test_a_line_without_end_is_looked_through_at_once():
    started = time.perf_counter()
    assert find_personal("x" * 500_000 + " a@b.example " + "1a." * 100_000, ["Maija"])
    assert time.perf_counter() - started < 20


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('P: "En löydä" ja ”missä se on” #haku', 'P: "…" ja ”…” #haku'),
        ('X nappi ="nav > a" puuttuu', 'X nappi ="nav > a" puuttuu'),
        ('X sanoi "en löydä', 'X sanoi "…'),
        ("X mitään ei sanottu", "X mitään ei sanottu"),
    ],
)
def test_quoted_words_are_taken_out_and_the_rest_stays(text, left):
    assert without_quotes(text) == left


def test_words_that_were_quoted_elsewhere_are_taken_out_without_marks_as_well():
    assert without_quotes("P03: en löydä nappia", ["en löydä"]) == "P03: … nappia"


def test_a_quote_is_found_in_capitals_and_over_lines_and_a_short_word_only_by_itself():
    assert without_quotes("P: EN LÖYDÄ\n  nappia", ["en löydä"]) == "P: …\n  nappia"
    assert without_quotes("en\n  löydä nappiakaan", ["En löydä nappia"]) == "…kaan"
    assert without_quotes("sanoi no, not now", ["no"]) == "sanoi …, not now"


def test_an_item_stays_json_and_bytes_that_are_no_text_stay_bytes():
    item = raw_without_quotes(b'{"code":"X","text":"\\"en\\" #a"}', (), is_item=True)
    assert item == '{"code":"X","text":"\\"…\\" #a"}'.encode()
    assert raw_without_quotes(b'X \xff "en" a', (), is_item=False) == 'X \udcff "…" a'.encode(
        "utf-8", "surrogateescape"
    )
