"""Each sentence of the note grammar, by example."""

import pytest

from service.research.grammar import (
    FINNISH_ALIASES,
    LETTERS,
    Actor,
    Code,
    Header,
    ParsedNote,
    Severity,
    TaskOutcome,
    alias_problem,
    parse_notes,
    write_note,
    write_notes,
)


def one(text: str | bytes, **options: object) -> ParsedNote:
    [entry] = parse_notes(text, **options).entries  # type: ignore[arg-type]
    return entry


def warned(text: str | bytes, **options: object) -> list[tuple[int, int, str]]:
    notes = parse_notes(text, **options)  # type: ignore[arg-type]
    return [(w.line, w.column, str(w.code)) for w in notes.warnings]


# The header


def test_the_first_line_with_a_session_and_a_participant_is_the_header() -> None:
    notes = parse_notes('# S-014 P03 obs=MK at="NVDA/Firefox 130" build=1.4.2\nC alku\n')
    assert notes.header == Header(
        session="S-014",
        participant="P03",
        fields=(("obs", "MK"), ("at", "NVDA/Firefox 130"), ("build", "1.4.2")),
    )
    assert [entry.kind for entry in notes.entries] == ["header", "observation"]


@pytest.mark.parametrize("line", ["# S-014", "# S-014 obs=MK", "# S-014 P03 ja muuta"])
def test_a_first_line_without_session_and_participant_is_text(line: str) -> None:
    notes = parse_notes(line)
    assert notes.header is None
    assert notes.entries[0].text == line
    assert warned(line) == [(1, 1, "not-a-header")]


def test_a_hash_line_further_down_is_text() -> None:
    notes = parse_notes("C alku\n# S-014 P03\n")
    assert notes.header is None
    assert notes.entries[1].text == "# S-014 P03"
    assert notes.entries[1].code is Code.NOTE


def test_an_indented_line_continues_the_header() -> None:
    notes = parse_notes("# S-014 P03\n  obs=MK\n")
    assert notes.header == Header(session="S-014", participant="P03", fields=(("obs", "MK"),))
    assert len(notes.entries) == 1


# Time


@pytest.mark.parametrize(
    ("typed", "offset_ms"),
    [
        ("00:00", 0),
        ("02:15", 135_000),
        ("99:59", 5_999_000),
        ("01:02:03", 3_723_000),
        ("[02:15]", 135_000),
        ("{01:02:03}", 3_723_000),
        ("#00:02:15.250#", 135_250),
    ],
)
def test_a_time_is_an_offset_from_the_start(typed: str, offset_ms: int) -> None:
    note = one(f"{typed} X jotain")
    assert (note.offset_ms, note.code, note.text) == (offset_ms, Code.PROBLEM, "jotain")
    assert note.time_inherited is False


@pytest.mark.parametrize(
    "typed", ["16:9", "00:75", "2:15", "002:15", "01:75:00", "02:15.5", "[02:15"]
)
def test_what_is_no_time_is_text_with_a_warning(typed: str) -> None:
    note = one(f"{typed} X jotain")
    assert note.offset_ms is None
    assert (note.code, note.text) == (Code.NOTE, f"{typed} X jotain")
    assert warned(f"{typed} X jotain") == [(1, 1, "not-a-time")]


@pytest.mark.parametrize("typed", ["13:07", "23:59:59", "00:00"])
def test_an_at_sign_and_a_time_of_day_is_wall_clock(typed: str) -> None:
    note = one(f"@{typed} X jotain")
    assert (note.wall_clock, note.offset_ms, note.code) == (typed, None, Code.PROBLEM)


def test_a_wall_clock_that_no_clock_shows_is_text() -> None:
    assert one("@25:00 X jotain").text == "@25:00 X jotain"
    assert warned("@25:00 X jotain") == [(1, 1, "unreadable-at")]


def test_a_wall_clock_counts_only_right_at_the_start_of_the_line() -> None:
    assert one("X @13:07 jotain").wall_clock is None
    assert one("X @13:07 jotain").text == "@13:07 jotain"


def test_a_line_without_a_time_inherits_the_one_above_and_is_flagged() -> None:
    first, second, third, fourth = parse_notes("C a\n02:15 C b\nC c\n@13:07 C d\n").entries
    assert (first.offset_ms, first.time_inherited) == (None, False)
    assert (second.offset_ms, second.time_inherited) == (135_000, False)
    assert (third.offset_ms, third.time_inherited) == (135_000, True)
    assert (fourth.offset_ms, fourth.wall_clock) == (None, "13:07")


# Codes


@pytest.mark.parametrize(("letter", "code"), LETTERS.items())
def test_every_letter_is_its_code(letter: str, code: Code) -> None:
    earlier = {0: ()}
    note = one(f"{letter} Jotain", problems=earlier)
    assert (note.code, note.text) == (code, "Jotain")
    assert warned(f"{letter} Jotain", problems=earlier) == []
    assert one(letter, problems=earlier).code is code


def test_a_line_without_a_code_is_a_note_and_no_reason_to_warn() -> None:
    assert one("katsoo logoa").code is Code.NOTE
    assert warned("katsoo logoa") == []


@pytest.mark.parametrize(
    "text", ["I think so", "I don’t know", "I can't see", "A user came", "A few"]
)
def test_an_english_sentence_is_no_code(text: str) -> None:
    assert (one(text).code, one(text).text) == (Code.NOTE, text)
    assert warned(text) == []


@pytest.mark.parametrize(
    ("text", "code"), [("I add a filter", Code.IDEA), ("A vihje valikosta", Code.ASSISTED)]
)
def test_in_doubt_the_letter_is_a_code_with_a_warning(text: str, code: Code) -> None:
    assert (one(text).code, one(text).text) == (code, text[2:])
    assert warned(f"02:15 {text}") == [(1, 7, "code-or-word")]


@pytest.mark.parametrize(
    "text", ["A M: vihje", "I !1 pienempi", "A näytti", 'I "think"', "I #haku"]
)
def test_what_no_english_sentence_goes_on_with_leaves_no_doubt(text: str) -> None:
    assert one(text).code in (Code.ASSISTED, Code.IDEA)
    assert warned(text) == []


def test_a_lower_case_letter_is_no_code() -> None:
    assert (one("x jotain").code, one("x jotain").text) == (Code.NOTE, "x jotain")


def test_a_letter_outside_the_list_is_text() -> None:
    assert one("O ongelma").text == "O ongelma"
    assert warned("O ongelma") == [(1, 1, "unknown-code")]


def test_a_study_sets_aliases_for_the_letters() -> None:
    assert one("O ei löydy", aliases=FINNISH_ALIASES).code is Code.PROBLEM
    assert one("X ei löydy", aliases=FINNISH_ALIASES).code is Code.PROBLEM
    assert one("O: katsoo", aliases=FINNISH_ALIASES).actor is Actor.OBSERVER
    assert one("B kaatui", aliases={"B": Code.HELP}).code is Code.HELP


def test_the_finnish_aliases_take_no_letter_of_another_code_or_actor() -> None:
    assert not set(FINNISH_ALIASES) & {*LETTERS, "P"}
    assert all(alias_problem(alias) is None for alias in FINNISH_ALIASES)


@pytest.mark.parametrize("alias", ["", "a b", "3", "@a", "#a", "=a", "^a", "!", "a:"])
def test_an_alias_that_could_be_something_else_is_refused(alias: str) -> None:
    assert alias_problem(alias) is not None
    assert parse_notes("X a", aliases={alias: Code.BUG}).entries[0].code is Code.PROBLEM


def test_two_exclamation_marks_and_a_digit_are_the_code_and_text() -> None:
    note = one("!!3")
    assert (note.code, note.severity, note.text) == (Code.SURPRISE, None, "3")
    assert warned("!!3") == [(1, 1, "glued-code")]


@pytest.mark.parametrize("text", ["-5 astetta", "+358 40", "-> seuraava", "--", "X!3 jotain"])
def test_a_symbol_that_is_part_of_a_word_is_no_code(text: str) -> None:
    assert (one(text).code, one(text).text) == (Code.NOTE, text)


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("02:15 X!3 jotain", (1, 7, "glued-code")),
        ("x!3 jotain", (1, 1, "glued-code")),
        ("x !3 jotain", (1, 3, "misplaced-severity")),
        ("X P: !3 jotain", (1, 6, "misplaced-severity")),
        ("02:15 nappi ei näy !2 #haku", (1, 20, "misplaced-severity")),
    ],
)
def test_what_looks_like_a_code_or_a_severity_out_of_its_place_is_warned_of(
    text: str, warning: tuple[int, int, str]
) -> None:
    assert warned(text) == [warning]
    assert one(text).severity is None


@pytest.mark.parametrize("text", ['X lukee "!3 tähteä"', "C hinta!3", "C jee !!", "z!3 jotain"])
def test_other_exclamation_marks_are_text_without_a_warning(text: str) -> None:
    assert warned(text) == []


def test_a_plus_without_its_space_is_the_code_with_a_warning() -> None:
    assert (one("+hyvä").code, one("+hyvä").text) == (Code.POSITIVE, "hyvä")
    assert warned("+hyvä") == [(1, 1, "glued-code")]


# Severity and actor


@pytest.mark.parametrize("severity", Severity)
def test_severity_is_stored_by_name(severity: Severity) -> None:
    assert one(f"X !{severity.rank} jotain").severity is severity
    assert one(f"!{severity.rank} jotain").severity is severity


def test_severities_rank_from_not_a_problem_to_catastrophe() -> None:
    names = ["not_a_problem", "cosmetic", "minor", "major", "catastrophe"]
    assert [severity.value for severity in Severity] == names
    assert [severity.rank for severity in Severity] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("text", ["!5 jotain", "!3jotain", "!33"])
def test_another_number_is_no_severity(text: str) -> None:
    assert (one(f"X {text}").severity, one(f"X {text}").text) == (None, text)
    assert warned(f"X {text}") == [(1, 3, "unknown-severity")]


@pytest.mark.parametrize(
    ("letter", "actor"),
    [("P", Actor.PARTICIPANT), ("M", Actor.MODERATOR), ("O", Actor.OBSERVER)],
)
def test_a_letter_with_a_colon_is_an_actor(letter: str, actor: Actor) -> None:
    assert (one(f"{letter}: tekee").actor, one(f"{letter}: tekee").text) == (actor, "tekee")
    assert one(f"X !2 {letter}: tekee").actor is actor
    assert one(f'{letter}:"sanoo"').quotes == ("sanoo",)


@pytest.mark.parametrize("text", ["huom: tärkeä", "A: mitä", "P:n mielestä", "Liisa: hei"])
def test_nothing_else_with_a_colon_is_an_actor(text: str) -> None:
    assert (one(text).actor, one(text).text, warned(text)) == (None, text, [])


def test_a_name_given_to_the_study_is_an_actor() -> None:
    assert one("02:15 C liisa m: hei", names=["Liisa M"]).actor == "Liisa M"
    assert one("Liisa M: hei", names=["Liisa M"]).text == "hei"


def test_an_at_sign_at_the_start_is_a_page_or_else_a_speaker() -> None:
    assert one("@https://a.example/b").url == "https://a.example/b"
    assert one("@/b").url == "/b"
    assert (one("@Liisa hei").actor, one("@Liisa hei").text) == ("Liisa", "hei")
    assert one("@Liisa: hei").actor == "Liisa"
    assert one("@P hei").actor is Actor.PARTICIPANT
    assert one("@https: hei").actor is None
    assert warned("@app:koti") == [(1, 1, "odd-scheme")]


def test_a_speaker_behind_the_code_needs_its_colon() -> None:
    assert one("02:15 V @Liisa: hei").actor == "Liisa"
    assert one("02:15 V @Liisa hei").text == "@Liisa hei"


def test_a_code_behind_the_actor_or_the_severity_is_text_with_a_warning() -> None:
    assert one("P: X jotain").code is Code.NOTE
    assert warned("P: X jotain") == [(1, 4, "misplaced-code")]
    assert warned("!3 X jotain") == [(1, 4, "misplaced-code")]
    assert warned("@Liisa X jotain") == [(1, 8, "misplaced-code")]


# Quotes and markers


def test_quoted_words_are_verbatim_quotes_and_stay_in_the_text() -> None:
    note = one('V P: "En löydä" sanoo, ”missä?” ja “why” „so“')
    assert note.quotes == ("En löydä", "missä?", "why", "so")
    assert note.text == '"En löydä" sanoo, ”missä?” ja “why” „so“'


def test_a_quote_goes_on_over_a_continued_line() -> None:
    note = one('V "En löydä\n   hakunappia #nyt"\n')
    assert note.quotes == ("En löydä hakunappia #nyt",)
    assert note.tags == ()


def test_markers_at_the_end_leave_the_text() -> None:
    note = one('X ei näy #haku #etusivu @/haku ="nav > a" ^2.4.7 ^luiska:target-size')
    assert (note.text, note.tags, note.url) == ("ei näy", ("haku", "etusivu"), "/haku")
    assert (note.selector, note.criterion) == ("nav > a", "2.4.7")
    assert (note.rule, note.rule_engine) == ("target-size", "luiska")


@pytest.mark.parametrize(
    "text", ["Item #3 ei toimi", "a = b", "klikkaa =>", "hauska =)", "C #", "^^"]
)
def test_what_only_resembles_a_marker_is_text(text: str) -> None:
    note = one(f"V {text}")
    assert (note.text, note.tags, note.selector, note.rule) == (text, (), None, None)


@pytest.mark.parametrize(
    ("typed", "selector"),
    [
        ("=#nappi", "#nappi"),
        ("=.a>.b", ".a>.b"),
        ('="nav > a"', "nav > a"),
        ('=[aria-label="Avaa haku"]', '[aria-label="Avaa haku"]'),
        ('="a[title=\\"Avaa haku\\"] b"', 'a[title="Avaa haku"] b'),
        ("=”nav > a”", "nav > a"),
    ],
)
def test_a_selector_is_kept_as_css_writes_it(typed: str, selector: str) -> None:
    assert (one(f"X ei {typed}").selector, one(f"X ei {typed}").text) == (selector, "ei")


def test_a_tag_with_spaces_is_quoted_and_a_comma_after_a_tag_is_dropped() -> None:
    assert one('X ei #"hidas haku" #a, #b').tags == ("hidas haku", "a", "b")
    assert one('X ei #"hidas haku"').quotes == ()


@pytest.mark.parametrize("typed", ["^9.9.9", "^2.4.14", "^1.3", "^Button", "^wave:x"])
def test_an_unknown_criterion_or_rule_stays_in_the_text(typed: str) -> None:
    note = one(f"X ei {typed} #haku")
    assert (note.criterion, note.rule, note.text) == (None, None, f"ei {typed}")
    assert note.tags == ("haku",)
    assert warned(f"X ei {typed} #haku") == [(1, 6, "unknown-marker")]


def test_the_last_of_two_selectors_counts() -> None:
    assert (one("X ei =a =b").selector, one("X ei =a =b").text) == ("b", "ei =a")
    assert warned("X ei =a =b") == [(1, 6, "second-marker")]


def test_every_continued_line_may_end_in_markers() -> None:
    note = one("02:15 X ei löydy #haku\n   etsii valikosta =nav\n\t#valikko ^2.4.5\n")
    assert (note.text, note.tags) == ("ei löydy etsii valikosta", ("haku", "valikko"))
    assert (note.selector, note.criterion) == ("nav", "2.4.5")


# Pages


def test_a_page_is_in_force_until_the_next_one() -> None:
    text = "C a\n@https://x.example/a\nC b\nC c @/d\nC e\n"
    urls = [entry.url for entry in parse_notes(text, url="/alku").entries]
    assert urls == ["/alku", "https://x.example/a", "https://x.example/a", "/d", "/d"]


def test_a_page_line_may_have_a_time() -> None:
    note = one("02:15 @/haku")
    assert (note.kind, note.offset_ms, note.url, note.code) == ("page", 135_000, "/haku", None)


# Tasks


def test_a_task_runs_from_its_start_to_its_end() -> None:
    text = "C a\n02:00 T2 > nyt haku\nC b\n05:10 T2 = assisted SEQ 3\nC c\n"
    notes = parse_notes(text)
    assert [entry.task for entry in notes.entries] == [None, 2, 2, 2, None]
    start, end = notes.entries[1], notes.entries[3]
    assert (start.kind, start.offset_ms, start.text) == ("task_start", 120_000, "nyt haku")
    assert (end.kind, end.outcome, end.seq) == ("task_end", TaskOutcome.ASSISTED, 3)
    assert notes.warnings == ()


def test_a_live_append_is_told_which_task_runs() -> None:
    first, _, third = parse_notes("C a\nT2 = failed\nC b\n", task=2).entries
    assert (first.task, third.task) == (2, None)


@pytest.mark.parametrize("outcome", TaskOutcome)
@pytest.mark.parametrize("seq", range(1, 8))
def test_every_outcome_and_every_seq_is_read(outcome: TaskOutcome, seq: int) -> None:
    note = one(f"@13:07 T12 = {outcome} SEQ {seq} huomautus #tag")
    assert (note.task, note.outcome, note.seq) == (12, outcome, seq)
    assert (note.text, note.tags, note.wall_clock) == ("huomautus", ("tag",), "13:07")


@pytest.mark.parametrize("seq", ["0", "8", "33", "3.5"])
def test_another_seq_stays_in_the_remark(seq: str) -> None:
    note = one(f"T2 = failed SEQ {seq}", task=2)
    assert (note.seq, note.text) == (None, f"SEQ {seq}")
    assert warned(f"T2 = failed SEQ {seq}", task=2) == [(1, 13, "unknown-seq")]


@pytest.mark.parametrize(
    ("line", "slug"),
    [("T2 = jotain", "unknown-outcome"), ("T2 =", "unreadable-task"), ("T0 >", "unreadable-task")],
)
def test_an_unreadable_task_line_is_a_note(line: str, slug: str) -> None:
    note = one(line)
    assert (note.kind, note.code, note.text) == ("observation", Code.NOTE, line)
    assert [code for _, _, code in warned(line)] == [slug]


def test_a_task_that_starts_or_ends_out_of_turn_is_read_with_a_warning() -> None:
    text = "T1 >\nT2 >\nT1 = failed\nC a\nT3 = not_run\n"
    assert warned(text) == [(2, 1, "task-still-running"), (3, 1, "task-not-running")]
    assert parse_notes(text).entries[3].task == 2


# Continuation


def test_an_indented_line_continues_the_one_above() -> None:
    first, second = parse_notes("X eka\n\ttoka\n  kolmas\nC neljäs\n").entries
    assert first.text == "eka toka kolmas"
    assert first.raw == b"X eka\n\ttoka\n  kolmas\n"
    assert (second.line, second.text) == (4, "neljäs")


def test_a_continued_line_is_only_text() -> None:
    note = one("X\n  !3 P: hei\n")
    assert (note.severity, note.actor, note.text) == (None, None, "!3 P: hei")


def test_the_first_line_of_a_submission_begins_anew() -> None:
    assert (one("   X jotain").code, one("   X jotain").text) == (Code.PROBLEM, "jotain")
    assert warned("   X jotain") == []


def test_an_indented_line_below_a_blank_one_begins_anew_with_a_warning() -> None:
    kinds = [(e.kind, e.text) for e in parse_notes("X a\n \n  C b\n").entries]
    assert kinds == [("observation", "a"), ("blank", ""), ("observation", "b")]
    assert warned("X a\n \n  C b\n") == [(3, 3, "nothing-to-continue")]


# The same problem again


def test_the_same_problem_is_the_latest_with_the_same_tag() -> None:
    notes = parse_notes("X a #haku\nX b #menu\nD c #Haku\nD d\nD e #muu\n")
    assert [e.refers_to for e in notes.entries] == [None, None, 1, 2, 2]
    assert {e.code for e in notes.entries[2:]} == {Code.SAME_PROBLEM}


def test_the_same_problem_without_a_problem_is_a_problem_with_a_warning() -> None:
    first, second = parse_notes("D a\nD b\n").entries
    assert (first.code, first.refers_to) == (Code.PROBLEM, None)
    assert (second.code, second.refers_to) == (Code.SAME_PROBLEM, 1)
    assert warned("D a\nD b\n") == [(1, 1, "no-earlier-problem")]


def test_a_live_append_is_told_of_earlier_problems() -> None:
    earlier = {-1: ["haku"], 0: ["menu"]}
    assert one("D a #haku", problems=earlier).refers_to == -1
    assert one("D a", problems=earlier).refers_to == 0


# Raw lines


def test_a_nul_and_bad_utf8_are_kept_in_the_raw_line_and_shown_as_replacement() -> None:
    note = one(b"X a\x00b \xe4 c\n")
    assert (note.raw, note.text) == (b"X a\x00b \xe4 c\n", "a\ufffdb \ufffd c")
    assert warned(b"X a\x00b\n") == [(1, 4, "nul-character")]
    assert warned(b"C a\nX \xe4\n") == [(2, 3, "not-utf8")]


def test_a_lone_surrogate_in_a_string_is_kept_too() -> None:
    note = one("X a\ud800")
    assert note.raw.decode("utf-8", "surrogatepass") == "X a\ud800"
    assert note.text == "a\ufffd\ufffd\ufffd"


def test_a_byte_order_mark_is_kept_and_not_read() -> None:
    notes = parse_notes(b"\xef\xbb\xbf# S-014 P03\r\nX a\r\n")
    assert notes.header == Header(session="S-014", participant="P03")
    assert [entry.raw for entry in notes.entries] == [b"\xef\xbb\xbf# S-014 P03\r\n", b"X a\r\n"]


def test_an_empty_submission_has_no_entries() -> None:
    assert parse_notes(b"") == parse_notes("")
    assert parse_notes("").entries == ()


def test_only_lf_crlf_and_cr_end_a_line() -> None:
    notes = parse_notes("C a\r\nC b\rC c\u2028d\x85e\x0bf\n")
    assert [entry.text for entry in notes.entries] == ["a", "b", "c\u2028d\x85e\x0bf"]


def test_a_warning_names_the_physical_line_and_the_column() -> None:
    assert warned("C a\nX b\n    c =a =b\n") == [(3, 7, "second-marker")]
    assert warned('X a\n  "b') == [(2, 3, "unclosed-quote")]


def test_a_time_alone_is_an_empty_note_with_a_warning() -> None:
    assert (one("02:15").code, one("02:15").text) == (Code.NOTE, "")
    assert warned("02:15") == [(1, 1, "empty-note")]


# Writing


def test_the_canonical_form_is_the_order_of_the_grammar() -> None:
    notes = parse_notes('[02:15]   X  !3 P:  "Ei"  ^2.4.7 =”nav > a” #haku\n   vielä @/haku\n')
    assert write_notes(notes).decode() == (
        '02:15 X !3 P: "Ei" vielä #haku @/haku ="nav > a" ^2.4.7\n'
    )


def test_text_that_would_be_taken_for_something_else_is_written_as_a_continuation() -> None:
    assert write_notes(parse_notes("X\n   !3 hei\n")) == b"X\n  !3 hei\n"


def test_the_spec_sample_is_written_as_it_stands() -> None:
    sample = (
        "# S-014 P03 obs=MK at=NVDA/Firefox build=1.4.2\n@https://astia.example/haku\nT2 >\n"
        '02:15 X !3 "En löydä hakunappia" #haku =#search-button ^2.4.7\n'
        "02:40 ?? P: selaa alas, palaa\n03:05 A M: vihje valikosta\n"
        "~ luulee logoa painikkeeksi\n05:10 T2 = assisted SEQ 3\n"
    )
    assert write_notes(parse_notes(sample)).decode() == sample


def test_a_note_that_was_never_text_has_a_canonical_form_or_is_refused() -> None:
    note = ParsedNote(kind="observation", line=1, code=Code.BUG, offset_ms=6_000_500, text="kaatui")
    assert write_note(note) == b"#01:40:00.500# B kaatui\n"
    stranger = ParsedNote(kind="observation", line=1, code=Code.BUG, actor="Liisa M", text="hei")
    assert write_note(stranger, names=["Liisa M"]) == b"B Liisa M: hei\n"
    with pytest.raises(ValueError, match="no line for this observation"):
        write_note(stranger)
