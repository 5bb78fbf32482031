"""Patterns of paths."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.scans.targets.patterns import fits

SITE = "https://library.example"


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/archive/*", "/archive/"), ("/archive/*", "/archive/a/b"), ("*", "/"), ("/", ""),
        ("*/print", "/a/b/print"), ("/a*z", "/az"), ("/a*b*c", "/abbc"), ("/a.b", "/a.b"),
        ("/haku?sana=*", "/haku?sana=x&y"), ("/haku", "/haku?sana=x"), ("*?*lang=sv", "/x?lang=sv"),
        ("/hän*", "/h%C3%A4n/x"), ("/h%C3%A4n", "/hän"), ("/a b", "/a%20b"), ("/**b", "/b"),
    ],
)  # fmt: skip
def test_it_fits(pattern, path):
    assert fits(pattern, SITE + path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/archive/*", "/archive"), ("/archive", "/archive/a"), ("/a*a", "/a"), ("/a.b", "/axb"),
        ("/Archive/*", "/archive/a"), ("/haku?sana=*", "/haku"), ("archive", "/archive"),
        ("/a*b*b", "/ab"), ("/[a]", "/a"),
    ],
)  # fmt: skip
def test_it_does_not_fit(pattern, path):
    assert not fits(pattern, SITE + path)


def test_no_pattern_is_slow():
    started = time.perf_counter()
    assert not fits("/" + "*a" * 249 + "b", f"{SITE}/{'a' * 2000}")
    assert time.perf_counter() - started < 1


@given(st.text("ab*", max_size=8), st.text("ab", max_size=10))
def test_a_star_stands_for_any_characters_and_for_none(pattern, text):
    expected = re.fullmatch(re.escape("/" + pattern).replace(r"\*", ".*"), "/" + text)
    assert fits("/" + pattern, f"{SITE}/{text}") == (expected is not None)
