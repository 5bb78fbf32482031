"""Which links of a page are new pages of the crawl."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import Link
from service.scans.targets import Frontier
from service.scans.targets.links import page_of, site_and_key
from service.scans.values import Crawl, LeftOut

SITE = "https://library.example"


def frontier(*, start=f"{SITE}/", **limits):
    made = Frontier(Crawl(start=start, **limits))
    made.remember(start, 0)
    return made


def found(made, *hrefs, depth=0, allows=lambda url: True):
    """New pages as paths of the site, and what was left out."""
    links = [each if isinstance(each, Link) else Link(url=_absolute(each)) for each in hrefs]
    discovery = made.discover(links, depth, allows=allows)
    return [url.removeprefix(SITE) for url in discovery.pages], dict(discovery.left_out)


def pages(made, *hrefs, **more):
    return found(made, *hrefs, **more)[0]


def _absolute(href):
    return SITE + href if href.startswith("/") else href


def test_new_pages_come_in_the_order_of_their_links_each_once():
    made = frontier()
    assert pages(made, "/b", "/a", "/b", "/", "/a#main") == ["/b", "/a"]


def test_one_page_has_many_spellings():
    made = frontier()
    same = ["/b/", "/b", "/b?utm_source=mail", "/b;jsessionid=1F.node2", "/b?PHPSESSID=2", "/b#top",
            "http://library.example/b", "https://LIBRARY.example:443/b", "/%62"]  # fmt: skip
    for first in same:
        assert len(pages(made, first, *same)) == 1, first
    assert pages(made, "/b?utm_source=mail&x=2#top") == ["/b?x=2"]
    assert pages(made, "/b?x=1&y=2", "/b?y=2&x=1") == ["/b?x=1&y=2"]


def test_pages_with_different_queries_letters_or_routes_are_different():
    different = ["/b", "/B", "/b?x=1", "/b?x=2", "/b/c", "/b#/route", "/b#!route"]
    assert pages(frontier(), *different) == different


@pytest.mark.parametrize(
    "href",
    [
        "mailto:staff@library.example", "tel:+3581234", "javascript:void(0)", "data:text/html,x",
        "ftp://library.example/x", "https://user:secret@library.example/x", "https://[::1",
        "/opening-hours.pdf", "/all.ZIP", "/a/cover.jpg?size=2", "/feed.xml", "/me.vcf",
        "about:blank", "/x\ud800", "https://library.example:99999/",
    ],
)  # fmt: skip
def test_what_is_no_page_is_passed_over(href):
    assert found(frontier(), href) == ([], {})


@pytest.mark.parametrize(
    "href", ["/v1.2", "/example.com", "/index.php", "/a.html", "/.well", "/a."]
)
def test_a_dot_in_a_path_makes_no_file_of_a_page(href):
    assert pages(frontier(), href) == [href]


def test_other_sites_are_passed_over_also_another_port_or_a_sister_host():
    others = ["https://elsewhere.example/", "https://library.example:8443/", "https://cdn.example/x",
              "https://www.library.example/", "https://library.example.evil.example/"]  # fmt: skip
    assert found(frontier(), *others) == ([], {})


def test_where_the_start_was_redirected_to_is_the_same_site():
    made = frontier(start="http://library.example/")
    moved = "https://www.library.example/welcome"
    made.landed("http://library.example/", 0, final_url=moved, canonical=None)
    assert pages(made, moved, "https://www.library.example/a", "/a", "/b") == [
        "https://www.library.example/a", "/b",
    ]  # fmt: skip


def test_a_later_redirect_to_another_site_does_not_widen_the_crawl():
    made = frontier()
    made.remember(f"{SITE}/out", 1)
    made.landed(f"{SITE}/out", 1, final_url="https://elsewhere.example/in", canonical=None)
    assert pages(made, "https://elsewhere.example/x", "/in") == ["/in"]


def test_every_page_that_was_named_is_a_start():
    made = frontier()
    made.remember("https://sister.example/", 0)
    made.remember(f"{SITE}/named", 0)
    assert pages(made, "https://sister.example/a", "/named") == ["https://sister.example/a"]


def test_where_a_redirect_led_is_not_visited_again():
    made = frontier()
    made.remember(f"{SITE}/old", 1)
    made.landed(f"{SITE}/old", 1, final_url=f"{SITE}/new/?utm_source=x", canonical=None)
    assert pages(made, "/new", "/old") == []


def test_a_page_that_names_a_tidier_address_of_itself_is_that_page():
    made = frontier()
    made.remember(f"{SITE}/b?ref=menu", 1)
    made.landed(f"{SITE}/b?ref=menu", 1, final_url=f"{SITE}/b?ref=menu", canonical=f"{SITE}/b/")
    assert pages(made, "/b", "/b?ref=foot") == ["/b?ref=foot"]


@pytest.mark.parametrize("canonical", [f"{SITE}/c", "https://elsewhere.example/b", "no URL", ""])
def test_a_canonical_address_of_another_page_takes_nothing_away(canonical):
    made = frontier()
    made.remember(f"{SITE}/b", 1)
    made.landed(f"{SITE}/b", 1, final_url=f"{SITE}/b", canonical=canonical)
    assert pages(made, "/c") == ["/c"]


def test_links_beyond_the_depth_are_counted_and_not_followed():
    made = frontier(max_depth=2)
    assert found(made, "/a", depth=1) == (["/a"], {})
    assert found(made, "/a", "/b", "/b", "/", depth=2) == ([], {LeftOut.MAX_DEPTH: 2})


def test_only_the_start_is_examined_at_depth_0():
    assert found(frontier(max_depth=0), "/a") == ([], {LeftOut.MAX_DEPTH: 1})


def test_links_beyond_the_number_of_pages_are_counted():
    made = frontier(max_pages=3)
    assert found(made, "/a", "/b", "/c", "/d") == (["/a", "/b"], {LeftOut.MAX_PAGES: 2})
    made.remember(f"{SITE}/a", 1)
    made.remember(f"{SITE}/b", 1)
    assert found(made, "/a", "/e") == ([], {LeftOut.MAX_PAGES: 1})


def test_robots_txt_is_not_asked_about_what_there_is_no_room_for():
    asked = []
    full = frontier(max_pages=2)
    found(full, "/a", "/b", "/c", allows=lambda url: asked.append(url) or True)
    assert asked == [f"{SITE}/a"]


def test_what_robots_txt_disallows_is_counted_and_asked_about_only_when_new():
    asked = []

    def allows(url):
        asked.append(url)
        return "hidden" not in url

    assert found(frontier(), "/", "/hidden", "/a", "/a", "/x.pdf", allows=allows) == (
        ["/a"], {LeftOut.ROBOTS: 1},
    )  # fmt: skip
    assert asked == [f"{SITE}/hidden", f"{SITE}/a"]


def test_include_and_exclude_are_patterns_of_paths():
    made = frontier(include=("/services/*", "/hours"), exclude=("*/print", "/services/old/*"))
    wanted = ["/services/", "/services/a/b", "/hours", "/hours?lang=sv"]
    unwanted = ["/services", "/news", "/hours/x", "/services/a/print", "/services/old/x"]
    assert found(made, *unwanted, *wanted) == (wanted, {})


def test_nofollow_is_followed_unless_it_has_a_query():
    links = [Link(url=f"{SITE}/a", nofollow=True), Link(url=f"{SITE}/a?x=1", nofollow=True)]
    assert found(frontier(), *links) == (["/a"], {LeftOut.TRAPS: 1})


def test_looking_changes_nothing():
    made = frontier()
    first = found(made, "/a", *(f"/x?p={n}" for n in range(600)))
    assert found(made, "/a", *(f"/x?p={n}" for n in range(600))) == first
    assert first[1] == {LeftOut.TRAPS: 100}


@given(st.lists(st.text(st.characters(), max_size=30), max_size=10))
def test_any_links_give_addresses_of_the_site_each_new_to_it(texts):
    made = frontier()
    links = [Link(url=url) for text in texts for url in (text, SITE + text, f"{SITE}/{text}")]
    new = made.discover(links, 0, allows=lambda url: True).pages
    for url in new:
        made.remember(url, 1)
        assert site_and_key(url)[0] == "library.example"
        assert page_of(url) == url
    assert made.discover(links, 0, allows=lambda url: True).pages == ()
    assert made.discover([Link(url=url) for url in new], 0, allows=lambda url: True).pages == ()
