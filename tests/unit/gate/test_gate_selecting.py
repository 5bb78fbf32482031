"""What a suppression's selector and pattern of paths cover."""

import pytest

from service.barriers.gate.selecting import (
    BadSelector,
    can_be_told,
    covers,
    read_selector,
    url_fits,
)

PATH = r"html>body.home.wide>div#\31 23.legacy-banner>ul.md\:flex"
HTML = '<a class="link big" href="/x" data-x="1">Go</a>'
OWN = ".legacy-banner li:nth-child(2) > a"


@pytest.mark.parametrize(
    "selector",
    [
        ".legacy-banner *", "a", "a.link", "body .legacy-banner a", "ul > a", r".md\:flex > a",
        r"#\31 23 a", "p, a", ":is(.legacy-banner, .x) a", "a:not(.small)", "[href='/x']",
        "a[data-x]", OWN,
    ],
)  # fmt: skip
def test_a_selector_covers_the_element(selector):
    assert covers(selector, found=OWN, html=HTML, path=PATH)


@pytest.mark.parametrize(
    "selector",
    [".legacy-banner", "div > a", "button", ".legacy-banner > a", "a:not(.big)", "[data-x='2']"],
)
def test_a_selector_does_not_cover_the_element(selector):
    assert not covers(selector, found=OWN, html=HTML, path=PATH)


@pytest.mark.parametrize(
    "selector", ["li + a", "p ~ a", "a:nth-child(1)", "div[role=banner] a", "div:has(a)", "a:hover"]
)
def test_what_a_finding_does_not_keep_covers_only_what_is_named_word_for_word(selector):
    assert not can_be_told(selector)
    assert not covers(selector, found=OWN, html=HTML, path=PATH)
    assert covers(selector, found=selector, html=HTML, path=PATH)


def test_without_a_path_only_the_finding_s_own_selector_covers_it():
    assert not covers("a", found=OWN, html=HTML, path="")
    assert covers(OWN, found=OWN, html=HTML, path="")


def test_what_is_no_selector_is_told():
    with pytest.raises(BadSelector):
        read_selector(".legacy-banner >> *")


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("/arkisto/*", True), ("/arkisto/1", True), ("/arkisto/1?s=2", True), ("/arkisto", False),
        ("https://site.example/arkisto/*", True), ("/haku*", False),
    ],
)  # fmt: skip
def test_a_pattern_of_paths(pattern, fits):
    assert url_fits(pattern, "https://site.example/arkisto/1?s=2") is fits
