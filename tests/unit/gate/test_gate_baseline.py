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
