"""The small pure parts of the research side."""

from datetime import UTC, datetime, timedelta

import pytest

from service.research.addresses import page_url_problem
from service.research.attempts import AttemptBook
from service.research.grammar import parse_notes
from service.research.in_force import running_task
from service.research.ordering import is_at_or_before, line_ids
from service.research.repeats import ProblemsSoFar
from service.research.sessions import next_label
from service.research.tables import ResearchSession, Task
from service.research.technology import technology_class, technology_named
from service.research.wall import quotes_in, quoting_lines

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def test_ids_rise_with_the_lines_and_with_the_submissions():
    first = line_ids(NOW, None)
    ids = [first(n) for n in range(300)]
    assert ids == sorted(ids)
    assert {len(each) for each in ids} == {32}
    same_moment = line_ids(NOW, ids[-1])
    assert same_moment(0) > ids[-1]
    clock_went_back = line_ids(NOW - timedelta(days=1), same_moment(5))
    assert clock_went_back(0) > same_moment(999)


def test_two_ids_of_one_line_stand_at_the_same_place():
    make = line_ids(NOW, None)
    assert is_at_or_before(make(3), make(3))
    assert is_at_or_before(make(3), make(4))
    assert not is_at_or_before(make(4), make(3))


@pytest.mark.parametrize(
    ("taken", "label"),
    [
        ([], "S-001"),
        (["S-001", "S-002"], "S-003"),
        (["S-014", "pilot", "S-1x"], "S-015"),
        (["S-999"], "S-1000"),
    ],
)
def test_the_next_label_follows_the_highest(taken, label):
    assert next_label(taken) == label


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("NVDA/Firefox", ("screen-reader", "NVDA/Firefox")),
        ("VoiceOver", ("screen-reader", "VoiceOver")),
        ("ZoomText 2026", ("magnifier", "ZoomText 2026")),
        ("Screen Reader", ("screen-reader", "")),
        ("none", ("none", "")),
        ("Firefox + NVDA", ("other", "Firefox + NVDA")),
        ("…", ("other", "…")),
    ],
)
def test_plain_words_name_a_technology(words, known):
    named = technology_named(words)
    assert (named.technology_class, named.product) == known


def test_a_class_has_one_spelling():
    assert technology_class(" Screen_Reader ") == "screen-reader"
    assert technology_class("--") == ""


@pytest.mark.parametrize("url", ["/", "/haku?q=a b", "https://a.example", "http://[::1]:80/x"])
def test_pages_have_an_address_of_the_web_or_a_path(url):
    assert page_url_problem(url) is None


@pytest.mark.parametrize(
    "url", ["", "haku", "mailto:a@b.c", "https:///x", "//a/b", "http://[", "http://a:99999/"]
)
def test_other_addresses_are_no_pages(url):
    assert page_url_problem(url) is not None


@pytest.mark.parametrize(
    ("lines", "task"),
    [
        ([], None),
        ([b"T2 >\n"], 2),
        ([b"T2 >", b"01:00 T2 = failed\r\n"], None),
        ([b"T2 >\n", b"T3 = not_run\n"], 2),
        ([b"T2 >\n", b"T3 >\n", b"T2 = failed\n"], 3),
        ([b"  T2 > first line may be indented\n  and go on\n"], 2),
    ],
)
def test_the_running_task_is_the_last_one_begun_and_not_ended(lines, task):
    assert running_task(lines) == task


def test_a_repeat_means_the_latest_problem_with_its_tag():
    problems = ProblemsSoFar([("a", ["Haku"]), ("b", [])])
    assert problems.repeated_by(["haku"]) == "a"
    assert problems.repeated_by([]) == "b"
    problems.add("c", ["haku", "nappi"])
    assert problems.repeated_by(["other", "HAKU"]) == "c"
    assert ProblemsSoFar[str]().repeated_by(["haku"]) is None


def test_a_task_that_was_not_run_may_be_run_after_all():
    session = ResearchSession(
        study_id="s", participant_id="p", label="S-001", moderator="m", started_at=NOW,
        created_at=NOW,
    )  # fmt: skip
    task = Task(id="t", study_id="s", number=1, title="t", created_at=NOW)
    book = AttemptBook(session, {1: task}, [], NOW)
    for n, entry in enumerate(parse_notes("T1 = not_run\nT1 = failed\nT1 = failed").entries):
        book.read(entry, None, lambda n=n: f"id{n}")
    assert [(a.id, a.outcome) for a in book.added] == [("id0", "not_run"), ("id1", "failed")]
    assert [(d.line, d.code) for d in book.doubts] == [(3, "outcome-replaced")]


def test_a_quotation_mark_without_its_pair_began_a_quote():
    assert quotes_in("sanoi “en löydä” ja “miksi") == (("en löydä",), True)
    assert quotes_in('kesken "jäi') == ((), True)
    assert quotes_in('15" näyttö') == ((), False)
    notes = parse_notes('X a\nX "b"\nC "c\nX d ="nav > a"\n')
    assert quoting_lines(notes) == [2, 3]
