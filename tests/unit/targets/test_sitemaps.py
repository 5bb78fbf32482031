"""The pages of a whole sitemap: indexes, robots.txt, other sites, loops."""

import pytest
from fixed_web import Web, answer, index, packed, urlset

from service.scans.targets import SitemapPages, TargetsUnreadable
from service.scans.values import LeftOut

SITE = "https://library.example"
MAP = f"{SITE}/sitemap.xml"


def pages(web, address=MAP, is_ours=None):
    return list(SitemapPages(web, address, is_ours=is_ours))


def fault(web, address=MAP):
    with pytest.raises(TargetsUnreadable) as caught:
        pages(web, address)
    return str(caught.value)


def test_an_index_is_followed_in_its_order_packed_files_too():
    web = Web(
        {
            MAP: index(f"{SITE}/2.xml.gz", f"{SITE}/1.xml"),
            f"{SITE}/1.xml": urlset(f"{SITE}/a"),
            f"{SITE}/2.xml.gz": packed(urlset(f"{SITE}/b", f"{SITE}/c")),
        }
    )
    assert pages(web) == [f"{SITE}/b", f"{SITE}/c", f"{SITE}/a"]


def test_the_sitemaps_that_robots_txt_names_are_read_each_once():
    robots = f"{SITE}/robots.txt"
    web = Web(
        {
            robots: f"Sitemap: {MAP}\nUser-agent: *\nDisallow: /\nsitemap: /b.txt\nSITEMAP: {MAP}",
            MAP: urlset(f"{SITE}/a"),
            f"{SITE}/b.txt": f"{SITE}/b",
        }
    )
    assert pages(web, robots) == [f"{SITE}/a", f"{SITE}/b"]
    assert web.asked == [robots, MAP, f"{SITE}/b.txt"]


def test_a_robots_txt_that_names_no_sitemap_says_so():
    robots = f"{SITE}/robots.txt"
    assert fault(Web({robots: "User-agent: *"}), robots) == (
        f"{robots} names no sitemap; name the sitemap itself, or crawl the site."
    )
    assert fault(Web({}), robots).startswith(f"{robots} names no sitemap")
    assert fault(Web({robots: 503}), robots).startswith(f"{robots} answers 503.")


def test_a_loop_of_indexes_ends():
    web = Web({MAP: index(MAP, f"{SITE}/2"), f"{SITE}/2": index(MAP, f"{SITE}/2", f"{SITE}/3"),
               f"{SITE}/3": urlset(f"{SITE}/a")})  # fmt: skip
    assert pages(web) == [f"{SITE}/a"]
    assert web.asked == [MAP, f"{SITE}/2", f"{SITE}/3"]


def test_indexes_without_end_are_refused():
    class Endless(Web):
        def __call__(self, url):
            return answer(url, index(f"{url}x"))

    assert fault(Endless({})) == (
        f"The sitemap {MAP}xxx is an index more than 3 deep; list the sitemaps in one index."
    )


@pytest.mark.parametrize(
    ("web", "words"),
    [
        ({MAP: 404}, f"The sitemap {MAP} answers 404."),
        ({MAP: 500}, f"The sitemap {MAP} answers 500."),
        ({MAP: 0}, f"The sitemap {MAP} cannot be read: connection refused."),
        ({MAP: index(f"{SITE}/gone.xml")}, f"The sitemap {SITE}/gone.xml answers 404."),
        ({MAP: index("file:///etc/passwd")}, f"{MAP} names the sitemap 'file:///etc/passwd'"),
        ({MAP: index("http://[")}, f"{MAP} names the sitemap 'http://['"),
        ({MAP: "<html>Not found</html>"}, f"The sitemap {MAP} is an HTML page;"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(web, words):
    assert fault(Web(web)).startswith(words)


def test_only_pages_on_the_sitemaps_own_host_count_and_the_others_are_told():
    listed = urlset(
        f"{SITE}/a", "http://library.example/b", "https://elsewhere.example/c", "/d",
        "ftp://library.example/e", "https://user:secret@library.example/f", f"{SITE}/{'g' * 4000}",
    )  # fmt: skip
    walk = SitemapPages(Web({MAP: listed}), MAP)
    assert list(walk) == [f"{SITE}/a", "http://library.example/b"]
    assert walk.left_out == {LeftOut.OTHER_SITE: 1, LeftOut.NO_ADDRESS: 4}


def test_a_redirected_sitemap_speaks_for_the_host_that_it_was_redirected_to():
    moved = answer(
        "https://www.library.example/sitemap.xml", urlset("https://www.library.example/")
    )
    assert pages(Web({MAP: moved})) == ["https://www.library.example/"]


def test_a_projects_own_origins_decide_where_there_are_some():
    web = Web({MAP: urlset(f"{SITE}/a", "https://preview.example/b")})
    walk = SitemapPages(web, MAP, is_ours=lambda url: url.startswith("https://preview.example"))
    assert list(walk) == ["https://preview.example/b"]
    assert walk.left_out == {LeftOut.OTHER_SITE: 1}


def test_when_there_is_enough_no_other_file_is_read_and_that_is_told():
    web = Web({MAP: index(f"{SITE}/1", f"{SITE}/2", f"{SITE}/3"),
               f"{SITE}/1": urlset(f"{SITE}/a", f"{SITE}/b")})  # fmt: skip
    walk = SitemapPages(web, MAP)
    seen = []
    for page in walk:
        seen.append(page)
        walk.enough()
    assert seen == [f"{SITE}/a", f"{SITE}/b"]
    assert walk.left_out == {LeftOut.SITEMAPS: 2}
    assert web.asked == [MAP, f"{SITE}/1"]
