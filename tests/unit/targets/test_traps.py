"""Addresses without end are cut, pages of ordinary sites are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.scans.targets.traps import Variants

SITE = "https://library.example"


def kept(paths):
    """How many of these a crawl plans that meets them one after another."""
    variants = Variants()
    number = 0
    for path in paths:
        if not variants.is_trap(SITE + path):
            variants.add(SITE + path)
            number += 1
    return number


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/list?page={}", 500),
        ("/search?q={}&lang=fi", 50),
        ("/search?q={}&lang=fi&place=1", 10),
        ("/list?p{}=1", 20),
        ("/calendar?month={}", 10),
        ("/events?from=2026-01-{}", 10),
        ("/events?at={}.1.2026", 10),
        ("/shop?filter[color]={}", 10),
        ("/shop?sort={}&page=1", 10),
        ("/shop?page={}&sort=up", 10),
        ("/events/2031-{}", 24),
    ],
)
def test_each_kind_of_endless_address_is_cut_at_its_number(path, most):
    numbers = range(700) if most >= 50 else range(10, 100)
    assert kept(path.format(n) for n in numbers) == most


def test_a_calendar_in_the_path_is_cut_and_articles_by_date_are_not():
    months = [f"/events/{year}/{month}" for year in range(2000, 2010) for month in range(1, 13)]
    assert kept(months) == 24
    articles = [f"/news/2026/{n % 12 + 1:02}/article-{n}" for n in range(900)]
    assert kept(articles) == 900


def test_a_site_of_plain_paths_is_not_cut():
    assert kept(f"/books/{n // 100}/{n}" for n in range(10_000)) == 10_000


def test_every_filter_and_order_of_a_shop_comes_to_a_few_pages():
    names = ["color", "size", "brand", "price", "sort"]
    urls = [
        f"/shop?{'&'.join(f'{name}={n}' for name in names[:k])}"
        for k in range(1, 6)
        for n in range(200)
    ]
    assert kept(urls) == 200 + 50 + 10 + 10 + 10


@pytest.mark.parametrize(
    "path",
    [
        "/a/b/a/b/a/b", "/x/a/a/a", "/a/b/c/d/a/b/c/d/a/b/c/d/", "/" + "x" * 2000,
        "/" + "/".join(map(str, range(17))), "/?a=1&b=2&c=3&d=4&e=5&f=6&g=7",
        "/shop/?add-to-cart=7", "/post?replytocom=1", "/wiki?action=edit", "/wiki?oldid=12",
    ],
)  # fmt: skip
def test_endless_paths_and_deeds_are_cut_at_once(path):
    assert Variants().is_trap(SITE + path)


@pytest.mark.parametrize(
    "path",
    [
        "/", "/a/a", "/a/b/a/b", "/2026/2026/x", "/" + "/".join(map(str, range(16))),
        "/index.php?id=12", "/?a=1&b=2&c=3&d=4&e=5&f=6", "/wiki?action=view", "/?lang=sv",
    ],
)  # fmt: skip
def test_ordinary_addresses_are_not(path):
    assert not Variants().is_trap(SITE + path)


def test_what_a_page_leads_to_is_counted_on_top_of_what_is_planned():
    planned = Variants()
    for n in range(9):
        planned.add(f"{SITE}/x?sort={n}")
    looked = Variants(planned)
    looked.add(f"{SITE}/x?sort=9")
    assert looked.is_trap(f"{SITE}/x?sort=10")
    assert not planned.is_trap(f"{SITE}/x?sort=10")


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=4), st.integers(3, 4))
def test_a_run_that_is_repeated_three_times_is_endless(run, times):
    assert Variants().is_trap(f"{SITE}/x/{'/'.join(run * times)}")


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_any_address_gets_an_answer(text):
    assert isinstance(Variants().is_trap(f"{SITE}/{text}"), bool)
