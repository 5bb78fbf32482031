"""The baseline as a file for git: sorted, one line per barrier, and read back as it was."""

import json
import random

import pytest
from gate_words import finding, known, page, partial, verdict

from service.barriers.gate.baseline import BadBaseline, read_baseline, write_baseline

AWKWARD = finding("color-contrast", '<p title="a\u2028b\x85c">Hyvää “päivää” <b></p>', selector="p")
PAGES = [
    page("/b", finding(), AWKWARD),
    page("/a", finding("label", '<input id="q">')),
    page("/a", finding("label", '<input id="q">'), viewport=(320, 640)),
]


def test_a_file_has_one_line_per_barrier_after_its_head_and_reads_back_the_same():
    baseline = known(*PAGES)
    text = write_baseline(baseline)
    lines = text.splitlines()
    assert json.loads(lines[0]) == {"luiska_baseline": 1, "fingerprints": 1, "pages": ["/a", "/b"]}
    assert [json.loads(line)["rule"] for line in lines[1:]] == [
        "color-contrast", "image-alt", "label",
    ]  # fmt: skip
    again = read_baseline(text, name="before")
    assert again == baseline
    assert verdict(PAGES, again).new == ()


def test_the_order_of_a_scan_does_not_change_the_file():
    text = write_baseline(known(*PAGES))
    for _ in range(5):
        assert write_baseline(known(*random.sample(PAGES, len(PAGES)))) == text


def test_advisory_and_open_findings_and_pages_not_examined_in_full_are_not_known():
    baseline = known(
        page("/", finding(advisory=True), finding(outcome="cantTell")), partial(page("/p", AWKWARD))
    )
    assert (len(baseline.barriers), baseline.pages) == (1, frozenset({"/"}))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda lines: [], "b.jsonl, line 1: is not JSON"),
        (lambda lines: ["[]"], "b.jsonl, line 1: is not a JSON object"),
        (lambda lines: ["{}", *lines[1:]], "b.jsonl, line 1: is not a baseline of this version"),
        (
            lambda lines: [lines[0].replace('"fingerprints": 1', '"fingerprints": 0')],
            "b.jsonl, line 1: its fingerprints are of another version",
        ),
        (lambda lines: [*lines, lines[1]], "b.jsonl, line 5: this barrier is there twice"),
        (lambda lines: [*lines, "<<<<<<< HEAD"], "b.jsonl, line 5: is not JSON"),
        (lambda lines: [*lines, "{}"], "b.jsonl, line 5: is not a barrier"),
        (lambda lines: [*lines, '{"rule": 1}'], "b.jsonl, line 5: is not a barrier"),
    ],
)
def test_a_file_that_is_no_baseline_is_told_with_its_line(change, told):
    lines = write_baseline(known(*PAGES)).splitlines()
    with pytest.raises(BadBaseline) as error:
        read_baseline("\n".join(change(lines)), name="b.jsonl")
    assert str(error.value).startswith(told)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rule", None),
        ("impact", "blocker"),
        ("impact", 3),
        ("impact", ["minor"]),
        ("criteria", "1.1.1"),
        ("criteria", [1]),
        ("places", []),
        ("places", ["abcdef"]),
        ("places", [["/b", "large", "", "e1", "", "img"]]),
        ("places", [["/b", 5, "", "e1", "", "img"]]),
        ("places", [[5, "1280x1024", "", "e1", "", "img"]]),
        ("places", [["/b", "1280x1024", "", ["e1"], "", "img"]]),
        ("places", [["/b", "1280x1024", "", "e1", 7, "img"]]),
        ("places", [["/b", "1280x1024", "", "e1", "", None]]),
    ],
)
def test_a_barrier_with_a_part_that_cannot_be_is_told_with_its_line_and_that_part(field, value):
    lines = write_baseline(known(*PAGES)).splitlines()
    lines[2] = json.dumps({**json.loads(lines[2]), field: value})
    with pytest.raises(BadBaseline) as error:
        read_baseline("\n".join(lines), name="b.jsonl")
    assert str(error.value) == f"b.jsonl, line 3: {field} is not as it must be."


@pytest.mark.parametrize("value", ["/b", {"/b": 1}, None, [1]])
def test_a_head_whose_pages_are_no_list_is_told(value):
    lines = write_baseline(known(*PAGES)).splitlines()
    lines[0] = json.dumps({**json.loads(lines[0]), "pages": value})
    with pytest.raises(BadBaseline) as error:
        read_baseline("\n".join(lines), name="b.jsonl")
    assert str(error.value) == "b.jsonl, line 1: pages is not a list of texts."


def test_a_line_that_no_reader_can_follow_is_told():
    lines = write_baseline(known(*PAGES)).splitlines()
    with pytest.raises(BadBaseline) as error:
        read_baseline("\n".join([*lines, "[" * 100_000]), name="b.jsonl")
    assert str(error.value).startswith("b.jsonl, line 5: is not JSON")


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_reads_the_same():
    text = write_baseline(known(*PAGES))
    again = read_baseline("\ufeff" + text.replace("\n", "\r\n"), name="before")
    assert again == known(*PAGES)
