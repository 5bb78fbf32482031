"""robots.txt: what it allows, and what it means when it cannot be read."""

import pytest
from fixed_web import Web, answer
from hypothesis import given
from hypothesis import strategies as st

from service.scans.targets import TargetsUnreadable, read_robots, robots_address

SITE = "https://library.example"
AT = f"{SITE}/robots.txt"


def robots(content):
    return read_robots(Web({AT: content}), AT)


def test_it_stands_at_the_root_of_the_origin():
    assert robots_address(f"{SITE}:8443/a/b?c#d") == f"{SITE}:8443/robots.txt"


def test_the_group_for_this_crawler_goes_before_the_group_for_all():
    rules = robots(
        "User-agent: *\nDisallow: /\n\nUser-agent: luiska\nDisallow: /admin\nAllow: /admin/help\n"
        "Disallow: /*?sort=\nDisallow: /*.old$\n"
    )
    allowed = ["/", "/haku", "/admin/help", "/x?page=2", "/a.old/b"]
    assert [path for path in allowed if not rules.allows(SITE + path)] == []
    assert not any(rules.allows(SITE + path) for path in ("/admin", "/x?sort=up", "/a.old"))


def test_without_such_a_group_the_group_for_all_counts():
    rules = robots("User-agent: other\nDisallow: /\n\nUser-agent: *\nDisallow: /hidden\n")
    assert rules.allows(f"{SITE}/")
    assert not rules.allows(f"{SITE}/hidden/x")


@pytest.mark.parametrize("content", [404, 401, 403, 410, "", "<html>Not found</html>", b"\xff\x00"])
def test_no_rules_allow_everything(content):
    assert robots(content).allows(f"{SITE}/any")


@pytest.mark.parametrize(
    ("content", "words"),
    [(500, "answers 500"), (503, "answers 503"), (429, "answers 429"), (0, "cannot be read: ")],
)
def test_while_it_cannot_be_read_nothing_may_be_crawled(content, words):
    with pytest.raises(TargetsUnreadable) as caught:
        robots(content)
    assert str(caught.value).startswith(f"{AT} {words}")
    assert "nothing may be crawled (RFC 9309)" in str(caught.value)


def test_more_rules_than_can_be_judged_for_every_link_are_not_followed_by_halves():
    few = "User-agent: *\n" + "Disallow: /*a\n" * 5000
    assert robots(few).allows(f"{SITE}/b")
    with pytest.raises(TargetsUnreadable, match=r"has 5001 rules, more than 5000\."):
        robots(few + "allow : /b\n")


def test_only_the_first_500_kib_are_read_and_no_half_line():
    filler = "# comment\n" * 51_199
    rules = robots("User-agent: *\nDisallow: /a\n" + filler + "Disallow: /b\nDisallow: /c\n")
    assert not rules.allows(f"{SITE}/a")
    assert rules.allows(f"{SITE}/b")
    assert rules.allows(f"{SITE}/c")


def test_a_byte_order_mark_hides_no_rule():
    assert not robots("\ufeffUser-agent: *\nDisallow: /a\n").allows(f"{SITE}/a")


def test_relative_sitemaps_are_read_from_where_the_file_was():
    moved = answer("https://www.library.example/robots.txt", "Sitemap: /map.xml\n")
    assert robots(moved).sitemaps == ("https://www.library.example/map.xml",)
    assert robots(404).sitemaps == ()


def test_the_delay_that_it_asks_for_is_known():
    assert robots("User-agent: *\nCrawl-delay: 7\n").crawl_delay_s == 7
    assert robots("User-agent: *\nDisallow:\n").crawl_delay_s is None
    assert robots(404).crawl_delay_s is None


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_give_an_answer(body, path):
    rules = robots(body)
    assert rules.allows(f"{SITE}/{path.encode('ascii', 'xmlcharrefreplace').decode()}") in {
        True, False,
    }  # fmt: skip
    assert isinstance(rules.sitemaps, tuple)
