"""Closed shadow roots are found by asking Chromium, as no script can see them."""

import pytest
from visiting import Visit, verdicts


def _closed(visit: Visit, path: str) -> list[tuple[str, str]]:
    outcome = visit(path)
    assert outcome.artifacts is not None, outcome.error
    assert not outcome.partial
    return [(host.selector, host.html) for host in outcome.artifacts.closed_hosts]


def test_hosts_of_closed_shadow_roots_are_told_of_wherever_they_are(visit: Visit) -> None:
    assert _closed(visit, "/closed-shadow") == [
        ("pay-box", '<pay-box data-x="1">'),
        ("#plain", '<div id="plain">'),
        ("#opened >> #inside", '<span id="inside">'),
    ]


def test_hosts_in_a_frame_have_the_frames_step(visit: Visit) -> None:
    assert [selector for selector, _ in _closed(visit, "/closed-shadow-framed")] == [
        "iframe >>> pay-box",
        "iframe >>> #plain",
        "iframe >>> #opened >> #inside",
    ]


def test_one_among_many_candidates_is_found(visit: Visit) -> None:
    assert _closed(visit, "/closed-shadow-among-many") == [("#b57", '<div class="box" id="b57">')]


def test_a_host_is_found_whatever_it_shows_of_its_own_words(visit: Visit) -> None:
    assert _closed(visit, "/kept-back") == [
        ("#text", '<div id="text">'),
        ("#child", '<div id="child">'),
        ("#slotted", '<div id="slotted">'),
    ]


def test_a_host_is_described_like_any_element(visit: Visit) -> None:
    found = visit("/closed-shadow").artifacts
    assert found is not None
    assert [up.tag for up in found.closed_hosts[0].element.ancestors] == ["main", "body", "html"]


@pytest.mark.parametrize("path", ["/good", "/shadow", "/closed-shadow-look-alikes", "/sixty-boxes"])
def test_pages_without_one_have_none(visit: Visit, path: str) -> None:
    assert _closed(visit, path) == []


def test_what_is_asked_leaves_the_verdicts_as_they_are(visit: Visit) -> None:
    assert verdicts(visit("/closed-shadow")) == set()
